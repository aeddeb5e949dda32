import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { homeMarkName } from '@soundbite/model/home-mark.ts';
import type { Shell } from './shell.ts';

const fileIn = (home: string): string => join(home, 'runtime-compose');

/** The runtime of all environments of a home that was begun with `up --runtime`; null: each has the declared one. */
export const runtimeOfHome = (home: string): 'compose' | null => (existsSync(fileIn(home)) ? 'compose' : null);

/**
 * Begins a home whose environments run as containers, whatever is declared. One that has begun otherwise stays as it is: what runs there would be another thing without
 * a release that says so. Errors: `runtime-in-place`, `usage`.
 */
export function beginWithRuntime({ home }: Pick<Shell, 'home'>, runtime: string): void {
  if (runtime !== 'compose')
    throw new SoundBiteError('usage', `--runtime is "${runtime}"; it can be compose`, { hint: 'soundbite up --help' });
  if (runtimeOfHome(home) === runtime) return;
  if (existsSync(join(home, homeMarkName)))
    throw new SoundBiteError('runtime-in-place', `${home} was begun with the runtimes of environments.yaml`, {
      hint: 'begin another home: SOUNDBITE_HOME=<empty directory> soundbite up --runtime compose; or declare runtime: compose in environments.yaml, in the place of process',
    });
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(fileIn(home), 'begun by up --runtime compose\n', { mode: 0o600 });
}
