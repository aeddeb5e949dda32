import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { resolveRelease } from '../releases.ts';

export const run: CommandAction = async (shell, [release = '']) => {
  const client = connectTo(shell);
  const verified = await client.verify(await resolveRelease(client, release));
  return {
    document: verified,
    text: `${verified.release} is unchanged since the cut: ${verified.files} files and their manifest`,
  };
};
