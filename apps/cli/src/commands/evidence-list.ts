import { evidenceListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { resolveRelease } from '../releases.ts';

/** A whole digest needs no release that is still in the store. */
export const run: CommandAction = async (shell, [typed = '']) => {
  const client = connectTo(shell);
  const list = await client.evidenceOf(await resolveRelease(client, typed));
  return { document: list, text: evidenceListReport(list.evidence, shell.paint) };
};
