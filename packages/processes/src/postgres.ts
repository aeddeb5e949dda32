import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ProcessSpec, Supervisor } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import { makeHome } from './home.ts';
import type { Account } from './postgres-account.ts';
import { postgresAccount } from './postgres-account.ts';
import type { Binaries } from './postgres-binaries.ts';
import { usableBinaries } from './postgres-binaries.ts';
import { postgresPlace } from './postgres-place.ts';

const run = promisify(execFile);

const user = 'soundbite';
const database = 'soundbite';
const majorVersion = '18';
const wishedPort = 9432;
/** No locale of the machine: the same order of texts everywhere. */
const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** One developer's load in little memory, and nothing but loopback. Durable as it comes: fsync stays on. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '32MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  huge_pages: 'off',
  jit: 'off',
  // Helpers that this load does not need are processes that this machine need not hold.
  io_method: 'sync',
  max_worker_processes: '2',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  log_checkpoints: 'off',
} as const;

/** A Postgres of the home, ready to be supervised. */
export interface Postgres {
  readonly spec: ProcessSpec;
  /** Connection URL of the database `soundbite`, at the port that the supervisor picked. */
  url(port: number): string;
}

/**
 * Prepares the home's own Postgres: programs, user, password (kept in `<home>/postgres.password`) and, once, an empty cluster with the
 * database `soundbite`. Idempotent, also while it runs.
 * Errors: `postgres-missing`, `no-postgres-user`, `postgres-version`, `postgres-failed`.
 */
export async function postgres(path: string): Promise<Postgres> {
  const home = makeHome(path);
  const account = await postgresAccount();
  const base = await postgresPlace(home, account, existsSync(passwordFile(home)));
  const binaries = await usableBinaries(base, account);
  const password = passwordOf(home);
  const data = join(base, 'data');
  if (!existsSync(data)) await makeCluster(binaries, account, base, password);
  mustBeVersion(data);
  return {
    spec: specOf(binaries, account, data),
    url: (port) => postgresUrl(password, port),
  };
}

export const postgresUrl = (password: string, port: number): string =>
  `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/** Prepares it, has it supervised, waits until it takes connections (after a crash it first repairs itself), and gives its URL. */
export async function ensurePostgres(supervisor: Supervisor, path: string): Promise<string> {
  const { spec, url } = await postgres(path);
  const { port } = await supervisor.ensure(spec);
  const found = url(port ?? wishedPort);
  await takesConnections(found, 60_000);
  return found;
}

function specOf(binaries: Binaries, account: Account | null, data: string): ProcessSpec {
  return {
    name: 'postgres',
    command: binaries.postgres,
    args: [
      '-D',
      data,
      '-p',
      '{port}',
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    cwd: data,
    env,
    port: wishedPort,
    restart: 'always',
    // Fast shutdown: it ends the connections and writes a checkpoint.
    stopSignal: 'SIGINT',
    stopWithinMs: 20_000,
    pidFile: 'postmaster.pid',
    ...account,
  };
}

const passwordFile = (home: HomePaths) => join(home.path, 'postgres.password');

/** The password; made once, and only one of two that start at the same time makes it. */
function passwordOf(home: HomePaths): string {
  const file = passwordFile(home);
  if (!existsSync(file)) {
    const mine = `${file}.${process.pid}`;
    writeWhole(mine, randomBytes(24).toString('base64url'));
    try {
      linkSync(mine, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(mine);
    }
  }
  return readFileSync(file, 'utf8');
}

/** In a directory beside, then renamed: a start that is cut off leaves no half cluster. */
async function makeCluster(binaries: Binaries, account: Account | null, base: string, password: string): Promise<void> {
  const work = join(base, `new-${process.pid}-${randomBytes(4).toString('hex')}`);
  const passwordHere = join(work, 'password');
  const data = join(work, 'data');
  try {
    mkdirSync(work, { mode: 0o700 });
    writeFileSync(passwordHere, password, { mode: 0o600 });
    if (account !== null) for (const path of [work, passwordHere]) chownSync(path, account.uid, account.gid);
    const options = { cwd: work, env, ...account };
    await initdb(binaries, data, passwordHere, options);
    const single = run(binaries.postgres, ['--single', '-D', data, 'postgres'], options);
    single.child.stdin?.end(`CREATE DATABASE ${database} OWNER ${user}\n`);
    await single;
    renameSync(data, join(base, 'data'));
  } catch (error) {
    // Somebody else made it meanwhile: theirs is as good.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw failed(error);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function initdb(binaries: Binaries, data: string, passwordHere: string, options: object): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const sizes = ['--set=max_connections=60', '--set=shared_buffers=32MB'];
  const access = ['--auth=scram-sha-256', `--pwfile=${passwordHere}`, `--username=${user}`];
  await run(binaries.initdb, ['-D', data, ...access, ...locale, ...sizes, '--no-instructions'], options);
}

function failed(cause: unknown): SoundBiteError {
  const said = (cause as { readonly stderr?: string }).stderr?.trim().split('\n').slice(-5).join('\n');
  return new SoundBiteError(
    'postgres-failed',
    `cannot create a database cluster: ${said || (cause as Error).message}`,
    {
      hint: 'check that the disk has room, or set DATABASE_URL to your own Postgres',
      cause,
    },
  );
}

function mustBeVersion(data: string): void {
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (version === majorVersion) return;
  throw new SoundBiteError('postgres-version', `${data} was written by Postgres ${version}; this is ${majorVersion}`, {
    hint: `go back to the commit that used Postgres ${version}, or remove all state: \`soundbite down --purge\``,
  });
}

export async function takesConnections(url: string, withinMs: number): Promise<void> {
  const { default: pg } = await import('pg');
  const end = performance.now() + withinMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    // A disconnect is reported here and to the waiting query; the latter is enough.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      const code = (cause as { readonly code?: string }).code ?? '';
      if (!startingUp.has(code) || performance.now() > end) {
        throw new SoundBiteError('postgres-failed', `Postgres accepts no connections: ${(cause as Error).message}`, {
          hint: 'read the log of postgres in the logs of the home',
          cause,
        });
      }
      await delay(50);
    }
  }
}

/** It starts, repairs itself, or is being started again. */
const startingUp = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET', '57P01', '57P02']);
