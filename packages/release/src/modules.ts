import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SoundBiteError } from '@soundbite/model';
import type { Lockfile } from './lockfile.ts';
import { packageOf } from './package-place.ts';

/** One module that a release was made of, and the module that asked for it. Paths are relative to the source, as they were found. */
export interface UsedModule {
  readonly path: string;
  readonly importer: string;
}

/**
 * Holds modules against the lockfile: each comes from the place where the lockfile has that package for its importer, and what is there
 * says the locked name and version of itself. Answers the places of the packages.
 * Error: `dependencies-differ`, naming the module, what was found and what is locked.
 */
export async function holdAgainstLock(
  source: string,
  used: readonly UsedModule[],
  lockfile: Lockfile,
): Promise<string[]> {
  const places = new Map<string, UsedModule>();
  for (const module of used) {
    const place = packageOf(module.path);
    if (place === null) {
      refuseOutside(module);
      continue;
    }
    if (place !== packageOf(module.importer)) {
      const locked = lockedFor(module.importer, nameOf(place), lockfile);
      if (locked !== place) throw await elsewhere(source, module, place, locked, lockfile);
    }
    if (!places.has(place)) places.set(place, module);
  }
  await Promise.all([...places].map(([place, module]) => holdPackage(source, place, module, lockfile)));
  return [...places.keys()].sort();
}

/** The place of a package for an importer, as Node looks for it and the lockfile has it. */
function lockedFor(importer: string, name: string, lockfile: Lockfile): string | null {
  for (let directory = dirname(importer); ; directory = dirname(directory)) {
    const place = directory === '.' ? `node_modules/${name}` : `${directory}/node_modules/${name}`;
    if (!directory.endsWith('node_modules') && lockfile[place]) return place;
    if (directory === '.' || directory === '/' || directory.endsWith('..')) return null;
  }
}

const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Modules outside of packages are inputs; the snapshot has no others. */
function refuseOutside({ path, importer }: UsedModule): void {
  if (!path.startsWith('../') && !path.startsWith('/')) return;
  throw differ(`${importer} takes ${path}, which is not part of the source`, path);
}

async function elsewhere(
  source: string,
  { importer }: UsedModule,
  place: string,
  locked: string | null,
  lockfile: Lockfile,
): Promise<SoundBiteError> {
  const { version } = await installed(source, place).catch(() => ({ version: 'an unknown version' }));
  const wanted = locked ? `says ${lockfile[locked]?.version} from ${locked}` : 'has none for it';
  return differ(`${importer} takes ${nameOf(place)} ${version} from ${place}, but package-lock.json ${wanted}`, place);
}

async function holdPackage(source: string, place: string, { importer }: UsedModule, lockfile: Lockfile): Promise<void> {
  const locked = lockfile[place];
  if (locked?.link)
    throw differ(`${importer} takes ${place}, which is a workspace and no package of the lockfile`, place);
  const target = await realpath(join(source, place));
  // A link to another installation is one; a link to somebody's working directory (`npm link`) is not.
  if (!target.endsWith(`/node_modules/${nameOf(place)}`))
    throw differ(`${place} is a link to ${target}, which npm did not install`, place);
  const { name, version } = await installed(source, place).catch((cause) => {
    throw differ(`${place} has no package.json that can be read: ${cause.message}`, place);
  });
  const wanted = `${locked?.name ?? nameOf(place)} ${locked?.version}`;
  if (`${name} ${version}` !== wanted)
    throw differ(`${place} is ${name} ${version}, but package-lock.json says ${wanted}`, place);
}

interface Installed {
  readonly name: string;
  readonly version: string;
}

async function installed(source: string, place: string): Promise<Installed> {
  return JSON.parse(await readFile(join(source, place, 'package.json'), 'utf8')) as Installed;
}

/** The installation differs from the lockfile. */
export const differ = (message: string, path: string, hint = 'npm ci') =>
  new SoundBiteError('dependencies-differ', message, { hint, path });
