import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPackaged } from '@soundbite/model/programs.ts';
import { cacheDirectory } from './cache-directory.js';
import type { Shell } from './shell.ts';

/** What the emulator's Python has, in which versions. */
export const requirementsOf = ({ installation }: Pick<Shell, 'installation'>): string =>
  join(installation, 'packages/clouds/emulator/requirements.txt');

/** The Python that has the emulator: the repository's own, or that of the npm package, one for all repositories that need the same. It may not be there yet. */
export function emulatorPython(shell: Pick<Shell, 'installation' | 'host'>): string {
  return join(isPackaged ? sharedPython(shell) : join(shell.installation, '.venv'), 'bin/python');
}

/** The virtual environment of the npm package; its name says what is in it. */
export function sharedPython(shell: Pick<Shell, 'installation' | 'host'>): string {
  const digest = createHash('sha256')
    .update(readFileSync(requirementsOf(shell)))
    .digest('hex');
  return join(cacheDirectory(shell.host.env), `python-${digest.slice(0, 12)}`);
}
