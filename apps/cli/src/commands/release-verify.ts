import { verifiedReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits } from '../exits.ts';
import { resolveRelease } from '../releases.ts';

export const run: CommandAction = async (shell, [release = '']) => {
  const client = connectTo(shell);
  const verified = await client.verify(await resolveRelease(client, release));
  return {
    document: verified,
    text: verifiedReport(verified, shell.paint),
    exit: verified.ok ? exits.done : exits.failed,
  };
};
