import { pushedReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { resolveRelease } from '../releases.ts';

export const run: CommandAction = async (shell, [release = '']) => {
  const client = connectTo(shell);
  const pushed = await client.push(await resolveRelease(client, release));
  return { document: pushed, text: pushedReport(pushed) };
};
