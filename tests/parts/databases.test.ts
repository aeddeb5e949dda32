import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { checkDatabase } from '@soundbite/engine';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../packages/engine/src/store/database.ts';
import { type CliRun, cli } from '../support/cli.ts';
import { temporaryHome } from '../support/home.ts';
import { temporaryPostgres } from './engine/database.ts';

/** Databases that cannot be used, that are silent, and that records move into: a team's Postgres, and the CLI over a home with its own. */

let postgres: Awaited<ReturnType<typeof temporaryPostgres>>;
const servers: Server[] = [];

/** What a database is, the URL that leads there, and how it is told. */
type Case = readonly [what: string, url: () => string | Promise<string>, code: string, message: RegExp];

/** A URL of the server with something changed. */
function changed(change: (url: URL) => void): string {
  const url = new URL(postgres.url);
  change(url);
  return url.href;
}

async function sql(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

const of = (database: string) => changed((url) => (url.pathname = `/${database}`));

const onServer = (text: string, database = 'soundbite') => sql(of(database), text);

/** A server that says something to whoever knocks; empty: nothing, ever. */
async function listening(words: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => words && socket.end(words));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `postgres://ana:s3cret@127.0.0.1:${(server.address() as { port: number }).port}/team`;
}

async function refusal(url: string): Promise<{ code: string; message: string; hint: string }> {
  const found = await checkDatabase(url, 700).catch((error: unknown) => error);
  const { code, message, hint } = found as { code: string; message: string; hint: string };
  // One sentence, a hint, and nobody's password.
  expect(message, JSON.stringify(found)).toMatch(/^[^\n]+$/);
  expect(hint).toMatch(/^[^\n]+$/);
  expect(message + hint).not.toMatch(/s3cret|\bat .*:\d+:\d+/);
  return { code, message, hint };
}

beforeAll(async () => {
  postgres = await temporaryPostgres();
  for (const name of ['kept', 'newer', 'fresh', 'team']) await onServer(`create database ${name}`);
  await onServer(`create role guest login password 'guest'`);
  await openDatabase(of('kept'), () => undefined).then(({ close }) => close());
  await onServer(`insert into soundbite.environments (name) values ('staging')`, 'kept');
  const version = "SoundBite 9.1.0 (commit 0123456789ab), o'clock";
  await openDatabase(of('newer'), () => undefined, version).then(({ close }) => close());
  await onServer(`insert into soundbite.kysely_migration values ('0099-later', now()::text)`, 'newer');
});
afterAll(async () => {
  for (const server of servers) server.close();
  await postgres?.stop();
});

describe('a database', () => {
  it('that can be used is told, and nothing is made there', async () => {
    const place = expect.stringMatching(/^soundbite@127\.0\.0\.1:\d+\/fresh$/);
    const empty = { place, installation: null, holdsRecords: false, movedTo: null };
    expect(await checkDatabase(of('fresh'))).toEqual(empty);
    expect(await checkDatabase(of('fresh'))).toEqual(empty);
    expect(await checkDatabase(of('kept'))).toEqual({
      ...empty,
      place: expect.stringMatching(/kept$/),
      installation: expect.any(String),
      holdsRecords: true,
    });
  });

  it.each<Case>([
    ['no URL', () => 'nonsense', 'database-unusable', /^DATABASE_URL is no URL$/],
    ['an impossible URL', () => 'postgres://ana:s3cret@host:99999/x', 'database-unusable', /^DATABASE_URL is no URL$/],
    ['another kind of URL', () => 'mysql://ana:s3cret@host/x', 'database-unusable', /begins with mysql:, not/],
    [
      'an unknown host',
      () => 'postgres://ana:s3cret@nowhere.invalid/x',
      'database-down',
      /ana@nowhere\.invalid:5432\/x/,
    ],
    ['a closed port', () => changed((url) => (url.port = '9')), 'database-down', /nobody listens there/],
    [
      'a wrong password',
      () => changed((url) => (url.password = 's3cret')),
      'database-unusable',
      /refuses this user or its password/,
    ],
    [
      'an unknown user',
      () => changed((url) => (url.username = 'nobody')),
      'database-unusable',
      /refuses this user or its password/,
    ],
    [
      'no password',
      () => changed((url) => (url.password = '')),
      'database-unusable',
      /refuses this user or its password/,
    ],
    ['a missing database', () => of('nosuch'), 'database-unusable', /^there is no database soundbite@/],
    [
      'no encryption',
      () => changed((url) => (url.search = '?sslmode=verify-full')),
      'database-unusable',
      /offers no encrypted connection/,
    ],
    [
      'a missing certificate',
      () => changed((url) => (url.search = '?sslmode=verify-full&sslrootcert=/nosuch.pem')),
      'database-unusable',
      /nosuch\.pem/,
    ],
    ['a web server', () => listening('HTTP/1.1 400 Bad Request\r\n\r\n'), 'database-unusable', /is not Postgres$/],
    [
      'a server of another protocol',
      () => listening('-ERR unknown command\r\n'),
      'database-unusable',
      /is not Postgres$/,
    ],
    ['a server that is silent', () => listening(''), 'database-down', /no answer in time/],
  ])('that is %s is told in one sentence', async (_what, url, code, message) => {
    expect(await refusal(await url())).toEqual({
      code,
      message: expect.stringMatching(message),
      hint: expect.anything(),
    });
  });

  it('in which its user may make no schemas is told in one sentence', async () => {
    const guest = (database: string) =>
      changed((url) => Object.assign(url, { username: 'guest', password: 'guest', pathname: `/${database}` }));
    expect(await refusal(guest('fresh'))).toMatchObject({
      code: 'database-unusable',
      message: expect.stringMatching(/^the user of guest@.*\/fresh lacks rights: may not create the schemas/),
    });
    expect(await refusal(guest('kept'))).toMatchObject({
      code: 'database-unusable',
      message: expect.stringContaining('lacks rights'),
    });
  });

  it('that a newer version has migrated is refused with that version, and stays as it is', async () => {
    expect(await refusal(of('newer'))).toEqual({
      code: 'database-newer',
      message: expect.stringMatching(
        /newer were migrated by SoundBite 9\.1\.0 \(commit 0123456789ab\), o'clock \(migration 0099-later\); this one is older and changes nothing$/,
      ),
      hint: 'git checkout 0123456789ab, or a newer commit',
    });
  });
});

describe('the database of a home', () => {
  let home: string;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ home, remove } = await temporaryHome());
  });
  afterAll(() => remove?.());

  const soundbite = (words: string, databaseUrl?: string): Promise<CliRun> =>
    cli(words.split(' '), { home, ...(databaseUrl === undefined ? {} : { env: { DATABASE_URL: databaseUrl } }) });
  const controlPlane = () => JSON.parse(readFileSync(join(home, 'control-plane.json'), 'utf8')).pid as number;
  const own = () => {
    const { run } = JSON.parse(readFileSync(join(home, 'host/postgres.json'), 'utf8'));
    const password = readFileSync(join(home, 'postgres.password'), 'utf8');
    return { pid: run.identity.pid as number, url: `postgres://soundbite:${password}@localhost:${run.port}/soundbite` };
  };

  /** One sentence and one hint, as people see it. */
  function said({ code, stdout, stderr }: CliRun, exit: number, message: RegExp, hinted: RegExp): void {
    expect({ code, stdout: stdout.replace(/^(moving .*| +[\d.]+ s {2}the control plane runs)\n/, '') }).toEqual({
      code: exit,
      stdout: '',
    });
    const [error = '', hint = '', ...rest] = stderr.trimEnd().split('\n');
    expect({ error, hint, rest }).toEqual({
      error: expect.stringMatching(message),
      hint: expect.stringMatching(hinted),
      rest: [],
    });
  }

  async function finding(name: string, databaseUrl?: string): Promise<unknown> {
    const { findings } = (await soundbite('doctor dev-localstack --json', databaseUrl)).json<{
      findings: { name: string }[];
    }>();
    return findings.find((one) => one.name === name);
  }

  it('that is wrong from the beginning starts nothing', async () => {
    const wrong = changed((url) => (url.password = 's3cret'));
    for (const run of await Promise.all(['up', '--standalone release list'].map((words) => soundbite(words, wrong))))
      said(run, 2, /refuses this user or its password/, /→ give DATABASE_URL a user/);
    expect(existsSync(join(home, 'host'))).toBe(false);
  });

  it('is not left for one that is wrong, empty or newer: what runs goes on', async () => {
    const up = await soundbite('up dev-localstack --no-promote');
    expect(up.code, up.stderr).toBe(0);
    const pid = controlPlane();
    const [missing, newer, empty, found] = await Promise.all([
      soundbite('up', of('nosuch')),
      soundbite('up', of('newer')),
      soundbite('up', of('team')),
      finding('database', of('team')),
    ]);
    said(missing, 2, /^error: there is no database/, /createdb/);
    said(newer, 2, /migrated by SoundBite 9\.1\.0/, /git checkout 0123456789ab/);
    const left = /the records of this home are in this home's own database, and .*\/team is empty/;
    said(empty, 2, left, /soundbite database move/);
    expect(found).toMatchObject({
      ok: false,
      detail: expect.stringMatching(left),
      hint: expect.stringContaining('soundbite database move'),
    });
    expect(controlPlane()).toBe(pid);
  });

  it('that a newer version has migrated meanwhile stays with the control plane that runs', async () => {
    const pid = controlPlane();
    await sql(own().url, `insert into soundbite.kysely_migration values ('0099-later', now()::text)`);
    said(
      await soundbite('up'),
      2,
      /migrated by SoundBite \d.* \(migration 0099-later\); this one is older/,
      /→ (git checkout|check out)/,
    );
    expect(controlPlane()).toBe(pid);
    await sql(own().url, `delete from soundbite.kysely_migration where name = '0099-later'`);
  });

  it('that is stopped is told by whoever only reads, at once, and is well again after', async () => {
    const { pid } = own();
    const stopped = [pid];
    try {
      // First the one that makes all others: no more of them begin.
      signal(pid, 'SIGSTOP');
      stopped.push(...childrenOf(pid));
      for (const child of stopped) signal(child, 'SIGSTOP');
      const start = performance.now();
      const reading = await Promise.all(
        ['status', 'history', 'plan staging', 'release list'].map((words) => soundbite(words)),
      );
      for (const run of reading)
        said(run, 3, /^error: the database soundbite@.* does not answer: no answer in time$/, /doctor/);
      expect(performance.now() - start).toBeLessThan(30_000);
      expect(await finding('process postgres')).toMatchObject({ ok: false, hint: `kill -CONT ${pid}` });
    } finally {
      for (const one of stopped) signal(one, 'SIGCONT');
    }
    expect((await soundbite('status --json')).code).toBe(0);
  });

  it('does not move into itself, nor into one that holds records: the control plane goes on', async () => {
    const pid = controlPlane();
    await sql(own().url, `insert into soundbite.environments (name) values ('staging')`);
    said(await soundbite('database move', own().url), 2, /is this home's own database/, /that your team shares/);
    said(
      await soundbite('database move', of('kept')),
      1,
      /holds the records of another installation/,
      /an empty database/,
    );
    expect(controlPlane()).toBe(pid);
  });

  it('stays what it was when a move is killed in its middle', async () => {
    const before = controlPlane();
    const holder = new pg.Client({ connectionString: of('team') });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query(`select pg_advisory_lock(hashtextextended('soundbite-start', 0))`);
    const moving = soundbite('database move', of('team'));
    await until(() => !existsSync(`/proc/${before}`));
    const [mover] = processesThat('apps/control-plane/src/move-main.ts', home);
    if (mover === undefined) throw new Error(`nothing moves: ${JSON.stringify(await moving)}`);
    process.kill(mover, 'SIGKILL');
    const { code, stderr } = await moving;
    await holder.end();
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/^error: .*move-main\.ts/m) });
    expect((await soundbite('status --json')).json()).toMatchObject({ controlPlane: { pid: controlPlane() } });
    expect(await checkDatabase(own().url)).toMatchObject({ movedTo: null, holdsRecords: true });
  });

  it('moves with all records, once however often, and is asked for from then on', async () => {
    const { installation } = await checkDatabase(own().url);
    const moved = await soundbite('database move --json', of('team'));
    expect(moved.code, moved.stdout + moved.stderr).toBe(0);
    const pid = controlPlane();
    expect(moved.json()).toMatchObject({ installation, to: expect.stringMatching(/^127\.0\.0\.1:\d+\/team$/) });
    expect(await checkDatabase(of('team'))).toMatchObject({ installation, holdsRecords: true });
    expect((await soundbite('database move --json', of('team'))).stdout).toBe(moved.stdout);
    said(await soundbite('up'), 2, /are in .*\/team, and DATABASE_URL is not set/, /set DATABASE_URL/);
    expect(controlPlane()).toBe(pid);
    expect((await soundbite('status --json')).code).toBe(0);
  });
});

/** Backends of Postgres come and go. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(parent: number): number[] {
  return processes().filter((pid) => read(pid, 'stat').split(') ').at(-1)?.split(' ')[1] === String(parent));
}

const processesThat = (run: string, home: string): number[] =>
  processes().filter((pid) => read(pid, 'cmdline').includes(run) && read(pid, 'environ').includes(home));

const processes = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (performance.now() > end) throw new Error('it did not come to hold');
}
