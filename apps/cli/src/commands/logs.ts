import type { LogLine } from '@soundbite/client';
import { printable } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { isInterrupt, untilUnread } from '../interrupt.ts';

/** With `--json` one document of all lines; `--follow` never ends, so it has none. */
export const run: Run = async (shell, [environment = ''], options) => {
  const follow = options.follow === true;
  if (follow && shell.json)
    throw usageError('--follow never ends, so it has no one document; leave --json away', 'soundbite logs --help');
  const sinceMs = sinceOf(options.since, Date.now());
  const client = connectTo(shell);
  const lines: LogLine[] = [];
  try {
    await untilUnread(shell.host, async (signal) => {
      for await (const line of client.logs(environment, { sinceMs, follow, signal })) {
        if (shell.json) lines.push(line);
        else shell.host.stdout.write(`${line.at} ${line.source}  ${printable(line.text)}\n`);
        await shell.host.stdout.room();
        signal.throwIfAborted();
      }
    });
  } catch (error) {
    if (!isInterrupt(error)) throw error;
  }
  return { document: { environment, lines }, text: '' };
};

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h`, `1d` before `now`, or an ISO time, as ms since 1970. */
export function sinceOf(typed: unknown, now: number): number {
  if (typed === undefined) return now - 600_000;
  const text = String(typed);
  const span = text.match(/^(\d+)([smhd])$/);
  if (span) return now - Number(span[1]) * (units[span[2] ?? ''] ?? 0);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw usageError(`--since ${text} is no time; give 10m, 2h, or 2026-01-31T12:00Z`, 'soundbite logs --help');
  return at;
}
