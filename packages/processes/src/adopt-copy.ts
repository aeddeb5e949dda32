import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HomeMark } from '@soundbite/model/home-mark.ts';
import { isClusterWhole } from './cluster.ts';
import type { HomePaths } from './home.ts';
import { homeAt, makeDirectories } from './home.ts';
import { outsideFor, outsideNamedIn, recordOutside } from './outside.ts';
import { homeStanding, mark, newHomeId } from './standing.ts';

/** Files that say where the original runs, its permissions and its tokens: none of them apply to a copy. */
const ofTheOriginal = ['host.json', 'control-plane.json', 'outside.json', 'started', 'host', 'secrets'];
/** Files that the original's processes write, or that name their ports. */
const ofItsProcesses = ['logs', 'edge'];
/** Files that depend on the database; the password last, since it shows that there was one. */
const ofItsDatabase = ['accounts', 'versions', 'postgres', 'postgres.password'];

/**
 * Makes a copied home a home of its own, under its lock. Nothing of the original's records is kept. The copied database is used if it was shut
 * down when it was copied; one that ran may be torn. Without it all that stands on it is put aside too, and the home starts anew with the
 * releases. Repeatable whole: the new mark is written last. Errors: `disk-full`.
 */
export function adoptCopy(home: HomePaths, original: HomeMark): HomeMark {
  const id = newHomeId();
  const database = databaseFor(home, original);
  for (const name of ofTheOriginal) rmSync(join(home.path, name), { recursive: true, force: true });
  if (database.outside !== null) copyOutside(home, database.outside, id);
  const aside = putAside(home, database.usable ? ofItsProcesses : [...ofItsProcesses, ...ofItsDatabase]);
  makeDirectories(home);
  return mark(home, { id, copied: { of: original.path, aside, fresh: !database.usable } });
}

interface CopiedDatabase {
  readonly usable: boolean;
  /** As root, the directory from which it still has to be copied. */
  readonly outside: string | null;
}

function databaseFor(home: HomePaths, original: HomeMark): CopiedDatabase {
  // It was a team's, by DATABASE_URL: nothing of it is here.
  if (!existsSync(join(home.path, 'postgres.password'))) return { usable: true, outside: null };
  if (process.getuid?.() !== 0) {
    return { usable: isClusterWhole(join(home.path, 'postgres/data')), outside: null };
  }
  // The original may have gone on since it was copied: its database is this home's only if there is no original any more.
  const outside = isGone(original) ? outsideNamedIn(home, original.id) : null;
  return outside !== null && isClusterWhole(join(outside, 'data'))
    ? { usable: true, outside }
    : { usable: false, outside: null };
}

function isGone(original: HomeMark): boolean {
  if (!existsSync(original.path)) return true;
  const now = homeStanding(homeAt(original.path));
  return now.kind !== 'own' || now.mark.id !== original.id;
}

/** A copy of it: the original may have been moved and not been used since, and then comes back for its own. */
function copyOutside(home: HomePaths, from: string, id: string): void {
  const to = outsideFor(id);
  recordOutside(home, to);
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

function putAside(home: HomePaths, names: readonly string[]): string | null {
  const present = names.filter((name) => existsSync(join(home.path, name)));
  if (present.length === 0) return null;
  const aside = join(home.path, `set-aside-${new Date().toISOString().replaceAll(':', '')}`);
  for (const name of present) {
    const to = join(aside, name);
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    renameSync(join(home.path, name), to);
  }
  return aside;
}
