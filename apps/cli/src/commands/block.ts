import { blockReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { resolveRelease } from '../releases.ts';

export const run: CommandAction = async (shell, [typed = ''], { reason }) => {
  if (typeof reason !== 'string' || !reason.trim()) throw usageError('a block has a reason', 'add --reason "why"');
  const client = connectTo(shell);
  const block = await client.block(await resolveRelease(client, typed), reason);
  return { document: block, text: blockReport(block) };
};
