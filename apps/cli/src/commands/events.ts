import type { EventLine } from '@soundbite/client';
import { eventText } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { isInterrupt, untilUnread } from '../interrupt.ts';
import type { Shell } from '../shell.ts';

/** With `--json` each is a document on a line of its own. */
export const run: CommandAction = async (shell, _args, { after, follow }) => {
  const options = { ...numberOf(after), follow: follow !== false };
  const client = connectTo(shell);
  try {
    await untilUnread(shell.host, async (signal) => {
      for await (const line of client.events({ ...options, signal })) {
        await write(shell, line);
        signal.throwIfAborted();
      }
    });
  } catch (error) {
    if (!isInterrupt(error)) throw error;
  }
  return { document: null, text: '', said: true };
};

/** Waits for a slow reader. Where it begins is no event: people hear of it beside them. */
function write({ host: { stdout, stderr }, json, paint }: Shell, line: EventLine): Promise<void> {
  if (json) stdout.write(`${JSON.stringify(line)}\n`);
  else ('subject' in line ? stdout : stderr).write(`${eventText(line, paint)}\n`);
  return stdout.room();
}

function numberOf(typed: unknown): { readonly after?: number } {
  if (typed === undefined) return {};
  if (typeof typed === 'string' && /^\d{1,15}$/.test(typed)) return { after: Number(typed) };
  throw usageError(`--after ${String(typed)} is not the number of an event`, 'soundbite events --after 0');
}
