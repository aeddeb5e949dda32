import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment, root } from './cli.ts';

const run = promisify(execFile);

/** A service that is not ours, in a repository of its own. */
export interface ForeignService {
  readonly directory: string;
  /** Replaces a text in a file, once, and commits it. A change that does not apply any more fails. */
  change(file: string, from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * A copy of `tests/services/<name>` with one commit. One that has a lockfile is installed by `npm ci`; of any other, what its package.json asks for, as npm
 * would, from the packages of this repository.
 */
export async function foreignService(name: string): Promise<ForeignService> {
  const directory = await mkdtemp(join(tmpdir(), `soundbite-${name}-`));
  await cp(join(root, 'tests/services', name), directory, { recursive: true });
  if (existsSync(join(directory, 'package-lock.json')))
    // Without what `npm run` says of this repository's own configuration to whatever it starts.
    await run('npm', ['ci', '--prefer-offline'], { cwd: directory, env: cleanEnvironment() });
  else await linkPackages(directory);
  if (!existsSync(join(directory, '.gitignore'))) await writeFile(join(directory, '.gitignore'), 'node_modules/\n');
  const git = (...args: string[]) =>
    run('git', ['-C', directory, '-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      // Fixed, so that two copies of one service have the same commit.
      env: { ...process.env, GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' },
    });
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The service');
  return {
    directory,
    async change(file, from, to) {
      const path = join(directory, file);
      const text = await readFile(path, 'utf8');
      if (text.split(from).length !== 2) throw new Error(`${file} does not have exactly one place that reads: ${from}`);
      await writeFile(
        path,
        text.replace(from, () => to),
      );
      await git('commit', '--quiet', '--all', '--message', `${to} instead of ${from}`);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

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
