import { blockReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { resolveRelease } from '../releases.ts';

export const run: CommandAction = async (shell, [typed = ''], { reason }) => {
  const client = connectTo(shell);
  const release = await resolveRelease(client, typed);
  const block = await client.unblock(release, typeof reason === 'string' ? reason : undefined);
  return { document: block, text: blockReport(block) };
};
