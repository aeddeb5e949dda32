import { releaseReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { resolveRelease } from '../releases.ts';

export const run: CommandAction = async (shell, [release = '']) => {
  const client = connectTo(shell);
  const view = await client.release(await resolveRelease(client, release));
  return { document: view, text: releaseReport(view) };
};
