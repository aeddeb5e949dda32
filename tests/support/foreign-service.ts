import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './cli.ts';
import { type Repository, repositoryIn } from './repository.ts';

const run = promisify(execFile);

/**
 * A copy of `tests/services/<name>`, a service that is not ours, with one commit. One that has a lockfile is installed by `npm ci`; of any other, what its package.json asks for, as npm
 * would, from the packages of this repository.
 */
export async function foreignService(name: string): Promise<Repository> {
  const directory = await mkdtemp(join(tmpdir(), `soundbite-${name}-`));
  await cp(join(root, 'tests/services', name), directory, { recursive: true });
  if (existsSync(join(directory, 'package-lock.json')))
    await run('npm', ['ci', '--prefer-offline'], { cwd: directory, env: withoutNpm(process.env) });
  else await linkPackages(directory);
  if (!existsSync(join(directory, '.gitignore'))) await writeFile(join(directory, '.gitignore'), 'node_modules/\n');
  return repositoryIn(directory, 'The service');
}

/** Without what `npm run` says of this repository's own configuration to whatever it starts. How the network is reached stays. */
const withoutNpm = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/^npm_/i.test(name)));

interface Package {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Package>>;

/** Links the packages, and writes the lockfile that npm would write for them. */
async function linkPackages(directory: string): Promise<void> {
  const own = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Package;
  const { packages, ...lock } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Packages;
  };
  const wanted = packagesOf(packages, Object.keys({ ...own.dependencies, ...own.devDependencies }));
  const installed = Object.fromEntries(Object.entries(packages).filter(([place]) => wanted.has(topOf(place))));
  const text = (more: Packages) => JSON.stringify({ ...lock, packages: { ...more, ...installed } }, null, 2);
  await writeFile(join(directory, 'package-lock.json'), text({ '': own }));
  for (const place of wanted) {
    await mkdir(dirname(join(directory, place)), { recursive: true });
    await symlink(join(root, place), join(directory, place));
  }
  await writeFile(join(directory, 'node_modules/.package-lock.json'), text({}));
}

/** The places of packages and of all that they need; what lies in a package comes with it. */
function packagesOf(packages: Packages, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const take = (name: string) => {
    const place = `node_modules/${name}`;
    const { dependencies } = packages[place] ?? {};
    if (!packages[place] || found.has(place)) return;
    found.add(place);
    Object.keys(dependencies ?? {}).forEach(take);
  };
  names.forEach(take);
  return found;
}

/** `node_modules/a/node_modules/b` lies in `node_modules/a`. */
const topOf = (place: string): string => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(place)?.[0] ?? '';
