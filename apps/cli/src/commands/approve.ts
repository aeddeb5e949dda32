import type { CommandAction } from '../command-entry.ts';
import { decided } from '../decided.ts';

export const run: CommandAction = (shell, [which = ''], { reason }) => decided(shell, which, 'yes', reason);
