import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SoundBiteError } from '@soundbite/model/errors.ts';

const run = promisify(execFile);

/** The user that Postgres runs as when we are root; null: we are not root, it runs as we do. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const existing = 'postgres';
const made = 'soundbite-postgres';

/**
 * Postgres refuses to run as root. As root: the machine's `postgres` user if there is one, else a system user `soundbite-postgres`,
 * which is made at the first start (no home, no shell) and stays. Errors: `no-postgres-user`.
 */
export async function postgresAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  return (await lookUp(existing)) ?? (await lookUp(made)) ?? (await make());
}

async function lookUp(user: string): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user])));
    const account = { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
    return account.uid > 0 ? account : null;
  } catch {
    // `id` says by its exit code that there is no such user.
    return null;
  }
}

async function make(): Promise<Account> {
  try {
    await run('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', '--user-group', made]);
  } catch (cause) {
    // Two first starts at once: the other one has made it.
    const account = await lookUp(made);
    if (account === null) throw noUser(cause);
  }
  const account = await lookUp(made);
  if (account === null) throw noUser(undefined);
  return account;
}

function noUser(cause: unknown): SoundBiteError {
  return new SoundBiteError('no-postgres-user', `Postgres cannot run as root, and the user ${made} cannot be created`, {
    hint: `run \`useradd --system ${made}\`, or run SoundBite as a normal user, or set DATABASE_URL`,
    cause,
  });
}
