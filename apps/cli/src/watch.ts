import { setTimeout as pause } from 'node:timers/promises';
import { isConnectionError, type Status } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { statusLines, statusReport } from '@soundbite/reports';
import { isInterrupt, untilUnread } from './interrupt.ts';
import type { Shell } from './shell.ts';

const everyMs = 1_000;
/** How long a control plane that went away is waited for. */
const patienceMs = 60_000;

/** One look: the status, and by promotion the environments that it continues to. */
export interface Look {
  readonly status: Status;
  readonly rest: ReadonlyMap<string, readonly string[]>;
}

/**
 * Shows every change until Ctrl-C: a terminal is drawn over, without one the lines that changed are printed, and with --json each change is the
 * whole status on one line. A control plane that is being restarted is waited for.
 */
export async function watchStatus(shell: Shell, look: (signal: AbortSignal) => Promise<Look>): Promise<void> {
  const show = shell.json ? documentsOn(shell) : shell.progress.terminal ? drawingOn(shell) : linesOn(shell);
  let lastSeen: number | null = null;
  try {
    await untilUnread(shell.host, async (signal) => {
      for (;;) {
        try {
          show(await look(signal), null);
          lastSeen = performance.now();
        } catch (error) {
          signal.throwIfAborted();
          const trouble = troubleOf(error);
          if (lastSeen === null || trouble === null || performance.now() - lastSeen > patienceMs) throw error;
          show(null, trouble);
        }
        await shell.host.stdout.room();
        await pause(everyMs, undefined, { signal });
      }
    });
  } catch (error) {
    if (!isInterrupt(error)) throw error;
  }
}

/** An error that may pass by itself; null: it will not. */
function troubleOf(error: unknown): string | null {
  if (isConnectionError(error)) return 'the control plane went away; trying to reach it again';
  return error instanceof SoundBiteError && error.code === 'database-down' ? `${error.message}; trying again` : null;
}

type Show = (look: Look | null, trouble: string | null) => void;

/** One line for each status that differs from the one before. */
function documentsOn({ host }: Shell): Show {
  let before = '';
  return (look) => {
    if (!look) return;
    const line = JSON.stringify(look.status);
    if (line !== before) host.stdout.write(`${line}\n`);
    before = line;
  };
}

/** The lines of the environments that changed; trouble once. */
function linesOn({ host }: Shell): Show {
  let before: readonly string[] = [];
  let troubled = false;
  return (look, trouble) => {
    if (trouble && !troubled) host.stderr.write(`${trouble}\n`);
    troubled = trouble !== null;
    if (!look) return;
    const lines = statusLines(look.status, look.rest);
    const changed = lines.filter((line) => !before.includes(line));
    if (changed.length > 0) host.stdout.write(`${changed.join('\n')}\n`);
    before = lines;
  };
}

/** Over what was drawn before, in one piece and only when it changed: nothing flickers. Lines are cut at the width: a broken one would be two. */
function drawingOn({ host: { stdout }, paint }: Shell): Show {
  let before: readonly string[] = [];
  let report: readonly string[] = [];
  return (look, trouble) => {
    if (look) report = statusReport(look.status, paint, look.rest).split('\n');
    const lines = [...report, ...(trouble ? ['', paint('warn', trouble)] : [])]
      .slice(0, Math.max(1, (stdout.rows ?? 24) - 1))
      .map((line) => cut(line, stdout.columns || 80));
    if (lines.join('\n') === before.join('\n')) return;
    const up = before.length > 0 ? `\u001b[${before.length}A` : '';
    stdout.write(`${up}\r${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
    before = lines;
  };
}

/** Cuts a painted line: what colours it has no width. */
function cut(line: string, width: number): string {
  let left = width;
  const take = (text: string) => {
    const kept = text.slice(0, left);
    left -= kept.length;
    return kept;
  };
  const [first = '', ...painted] = line.split('\u001b[');
  return painted.reduce((kept, part) => {
    const end = part.indexOf('m') + 1;
    return `${kept}\u001b[${part.slice(0, end)}${take(part.slice(end))}`;
  }, take(first));
}
