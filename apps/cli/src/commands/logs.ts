import type { LogLine } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isAtLeast, type LogLevel, logLevels } from '@soundbite/model/logs/levels.ts';
import { count, printable } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { isInterrupt, untilUnread } from '../interrupt.ts';
import { chosen } from '../names.ts';
import type { Shell } from '../shell.ts';

/** With `--json` one document of all lines; `--follow` never ends, so it has none. */
export const run: CommandAction = async (shell, args, options) => {
  const follow = options.follow === true;
  if (follow && shell.json)
    throw usageError('--follow never ends, so it has no single document; drop --json', 'soundbite logs --help');
  const sinceMs = sinceOf(options.since, Date.now());
  const least = levelGiven(options.level);
  const { names, one } = await chosen(shell, args);
  const isAll = args.every((name) => name === undefined);
  const client = connectTo(shell);
  let unlevelled = 0;
  const said = names.map((environment) => ({ environment, lines: [] as LogLine[] }));
  const read = async ({ environment, lines }: Said, signal: AbortSignal): Promise<void> => {
    for await (const line of client.logs(environment, { sinceMs, follow, signal })) {
      if (least !== null && line.level === null) unlevelled++;
      if (least !== null && (line.level === null || !isAtLeast(line.level, least))) continue;
      // Lines of several that have an end are put into one order first.
      if (shell.json || (one === null && !follow)) lines.push(line);
      else await write(shell, line, one === null ? environment : null);
      signal.throwIfAborted();
    }
  };
  try {
    await untilUnread(shell.host, async (signal) => {
      await together(signal, said, (each, until) =>
        read(each, until).catch((error) => {
          // Without names, environments without a stack are skipped.
          if (!isAll || !isStackMissing(error)) throw error;
          shell.host.stderr.write(`${each.environment} has no stack, so it has no logs\n`);
        }),
      );
      if (!shell.json) await writeInOrder(shell, said, signal);
    });
  } catch (error) {
    if (!isInterrupt(error)) throw error;
  }
  if (unlevelled > 0) shell.host.stderr.write(`${count(unlevelled, 'line')} without a level left out\n`);
  return { document: one === null ? { environments: said } : said[0], text: '' };
};

/** What an environment said. */
interface Said {
  readonly environment: string;
  readonly lines: LogLine[];
}

/** All side by side; the first that fails ends the others, which may have no end of their own. */
async function together<T>(
  signal: AbortSignal,
  all: readonly T[],
  work: (one: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const until = AbortSignal.any([signal, controller.signal]);
  try {
    await Promise.all(all.map((one) => work(one, until)));
  } finally {
    controller.abort();
  }
}

const isStackMissing = (error: unknown) => error instanceof SoundBiteError && error.code === 'stack-missing';

async function writeInOrder(shell: Shell, said: readonly Said[], signal: AbortSignal): Promise<void> {
  const all = said.flatMap(({ environment, lines }) =>
    lines.map((line) => ({ environment, line, at: Date.parse(line.at) })),
  );
  for (const { environment, line } of all.toSorted((a, b) => a.at - b.at)) {
    await write(shell, line, environment);
    signal.throwIfAborted();
  }
}

/** One line, behind the name of its environment where several are shown; waits for a slow reader. */
function write({ host: { stdout } }: Shell, { at, source, text }: LogLine, environment: string | null): Promise<void> {
  stdout.write(`${at} ${environment === null ? '' : `${environment} `}${source}  ${printable(text)}\n`);
  return stdout.room();
}

/** The least bad level that is shown; null: every line is. Error: `usage`. */
function levelGiven(typed: unknown): LogLevel | null {
  if (typed === undefined) return null;
  const level = logLevels.find((one) => one === String(typed).toLowerCase());
  if (level) return level;
  throw usageError(`--level ${String(typed)} is none of ${logLevels.join(', ')}`, 'soundbite logs --help');
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h`, `1d` before `now`, or an ISO time, as ms since 1970. */
export function sinceOf(typed: unknown, now: number): number {
  if (typed === undefined) return now - 600_000;
  const text = String(typed);
  const span = text.match(/^(\d+)([smhd])$/);
  if (span) return now - Number(span[1]) * (units[span[2] ?? ''] ?? 0);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw usageError(`--since ${text} is not a time; use 10m, 2h, or 2026-01-31T12:00Z`, 'soundbite logs --help');
  return at;
}
