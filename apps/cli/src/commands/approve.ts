import type { CommandAction } from '../command-entry.ts';
import { decided, linked } from '../decided.ts';
import { usageError } from '../exits.ts';

export const run: CommandAction = async (shell, [which = ''], { reason, link, for: person }) => {
  if (link === true && reason !== undefined)
    throw usageError('--reason is said on the page that the link leads to', `soundbite approve ${which} --link`);
  if (link !== true && person !== undefined)
    throw usageError('--for is about a link', `soundbite approve ${which} --link --for <e-mail>`);
  return link === true ? linked(shell, which, person) : decided(shell, which, 'yes', reason);
};
