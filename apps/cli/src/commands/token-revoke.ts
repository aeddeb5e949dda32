import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

/** Twice is once. */
export const run: CommandAction = async (shell, [name = '']) => {
  const revoked = await connectTo(shell).revokeToken(name);
  return { document: revoked, text: `${name} is revoked: nothing can be asked for with it any more` };
};
