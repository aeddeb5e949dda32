import type { CommandAction } from '../command-entry.ts';
import { stopHost } from '../host.ts';

export const run: CommandAction = async (shell, _args, options) => {
  const purge = options.purge === true;
  const original = await stopHost(shell, purge);
  return {
    document: { stopped: true, purged: purge, ...(original === null ? {} : { copyOf: original }) },
    text: original === null ? ended(purge) : copyEnded(shell.home, original, purge),
  };
};

const ended = (purge: boolean) =>
  purge
    ? 'everything is stopped, and its state removed'
    : 'everything is stopped; its state is kept: soundbite up starts it again';

const copyEnded = (home: string, original: string, purge: boolean) =>
  `nothing ran here: ${home} is a copy of ${original}, which is left alone${purge ? '; the copy is removed' : ''}`;
