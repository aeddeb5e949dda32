import { existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { answers, hostClient } from './client.ts';
import { removeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import { homeAt, makeHome } from './home.ts';
import { Host } from './host.ts';
import { identityOf, livingHost } from './host-file.ts';
import { isAlive, signal } from './identity.ts';
import { takeLock } from './lock.ts';
import { outsideDirectories } from './outside.ts';

/**
 * Ends everything that a home's host started, also when the host itself was killed. Nothing there: a quiet success.
 * `purge` then removes the home and what belongs to it elsewhere. Errors: `not-a-home`, `process-unkillable`.
 */
export async function down(path: string, options: { readonly purge: boolean }): Promise<void> {
  if (!existsSync(path)) return;
  if (options.purge) mustBeHome(path);
  const home = homeAt(path);
  if (existsSync(home.records)) await endAll(makeHome(path));
  if (!options.purge) return;
  for (const directory of outsideDirectories(home)) rmSync(directory, { recursive: true, force: true });
  removeWhole(home.path);
  // A link to a home on another disk stays.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) mkdirSync(home.path, { mode: 0o700 });
}

async function endAll(home: HomePaths): Promise<void> {
  const file = livingHost(home);
  if (file !== null && (await answers(file, 3_000))) return await hostClient(home, file).down();
  if (file !== null) {
    signal(identityOf(file), 'SIGKILL');
    while (isAlive(identityOf(file))) await delay(10);
  }
  const lock = await takeLock(home);
  if (lock === null) {
    // A host that is just starting has the lock before it answers.
    await delay(50);
    return await endAll(home);
  }
  // The host was killed: its records say what it left.
  await new Host(home, () => undefined).down();
  rmSync(home.hostFile, { force: true });
  lock.close();
}

/** A wrong path given to --purge must not cost anybody their files. */
function mustBeHome(path: string): void {
  const looksForeign = ['.git', 'package.json', '.ssh'].some((name) => existsSync(join(path, name)));
  const real = homeAt(path).path;
  const isOurs = lstatSync(real).uid === process.getuid?.();
  if (looksForeign || !isOurs || real === homedir() || dirname(real) === real) {
    throw new SoundBiteError('not-a-home', `${real} is not a SoundBite home; it is not removed`, {
      hint: 'pass the directory that holds host/ and logs/',
    });
  }
}
