import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HomePaths } from './home.ts';
import { noteOwner, outsideDirectories, outsideFor, recordOutside } from './outside.ts';
import { ownerOf } from './pid-file.ts';
import type { Account } from './postgres-account.ts';
import { homeId } from './standing.ts';
import { stopProcess } from './stop.ts';

/**
 * The directory for Postgres' data (and programs, if copied), made and given to its user, mode 0700: `<home>/postgres`, or as root
 * `/var/lib/soundbite-<first digits of the home's identity>`, since Postgres' user may not enter the home. That one is recorded in the home and
 * goes with it at `down --purge`; a home that was moved keeps it, a copy gets another.
 */
export async function postgresPlace(home: HomePaths, account: Account | null, hasPassword: boolean): Promise<string> {
  const inside = join(home.path, 'postgres');
  if (account === null) {
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    return inside;
  }
  const id = homeId(home);
  const base = outsideDirectories(home)[0] ?? outsideFor(id);
  // Without the password, which somebody removed by hand, the data cannot be used.
  if (!hasPassword && existsSync(base)) await clear(base);
  recordOutside(home, base);
  mkdirSync(base, { recursive: true, mode: 0o700 });
  noteOwner(base, home, id);
  chmodSync(base, 0o700);
  chownSync(base, account.uid, account.gid);
  return base;
}

async function clear(base: string): Promise<void> {
  await stopProcess(ownerOf(join(base, 'data/postmaster.pid'), join(base, 'data')), {
    signal: 'SIGINT',
    withinMs: 10_000,
    log: join(base, 'none'),
  });
  rmSync(base, { recursive: true, force: true });
}
