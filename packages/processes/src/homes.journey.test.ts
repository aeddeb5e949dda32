import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { down } from './down.ts';
import { connectHost, startHost } from './launch.ts';
import { answerOf, hostPid, lives, serverSpec, temporaryHome, unmount, until } from './testing.ts';

/** One home under two names, two homes that were one, and a home that went elsewhere. */

const run = promisify(execFile);
const node = process.execPath;
let home: ReturnType<typeof temporaryHome>;
let other: string;

beforeEach(() => {
  home = temporaryHome();
  other = join(dirname(home.path), 'other');
});
afterEach(async () => {
  await down(other, { purge: true });
  await home.end();
});

const start = (path = home.path) => startHost(path, { node });
const stateOf = async (path: string, name: string) =>
  (await (await start(path)).list()).find((process_) => process_.name === name);

async function killHost(path: string): Promise<void> {
  const pid = hostPid(path);
  process.kill(pid, 'SIGKILL');
  await until(() => !lives(pid));
}

/** Ways to get a second home out of one. */
const copies: readonly (readonly [string, (from: string, to: string) => Promise<unknown>])[] = [
  ['cp -a', (from, to) => run('cp', ['-a', from, to])],
  ['cp -al, which shares the files themselves', (from, to) => run('cp', ['-al', from, to])],
  [
    'tar, unpacked elsewhere',
    async (from, to) => {
      mkdirSync(to);
      await run('sh', ['-c', `tar -C '${from}' -cf - . | tar -C '${to}' -xpf -`]);
    },
  ],
];

describe('a copied home', () => {
  it.each(copies)('made by %s is another home, with processes and ports of its own', async (_how, copy) => {
    const spec = serverSpec('a');
    const host = await start();
    const original = await host.ensure(spec);
    await copy(home.path, other);

    expect(await connectHost(other)).toBeNull();
    const second = await start(other);
    expect(second.pid).not.toBe(host.pid);
    // Nothing of the original is known here: neither adopted nor started a second time.
    expect(await second.list()).toEqual([]);
    const copied = await second.ensure(spec);
    expect(copied.pid).not.toBe(original.pid);
    expect(copied.port).not.toBe(original.port);
    expect((await answerOf(original.port)).pid).toBe(original.pid);

    await down(other, { purge: true });
    expect(existsSync(other)).toBe(false);
    expect(await stateOf(home.path, 'a')).toMatchObject({ pid: original.pid, port: original.port, restarts: 0 });
    expect(hostPid(home.path)).toBe(host.pid);
  });

  it('of a home whose host was killed leaves the processes to the original', async () => {
    const original = await (await start()).ensure(serverSpec('a'));
    await killHost(home.path);
    await run('cp', ['-a', home.path, other]);
    await down(other, { purge: false });
    await start(other);
    await down(other, { purge: true });
    expect((await answerOf(original.port)).pid).toBe(original.pid);
    expect(await stateOf(home.path, 'a')).toMatchObject({ pid: original.pid });
  });

  it('is another home also in the directory in which the original was, and stops nothing of it elsewhere', async () => {
    const host = await start();
    const original = await host.ensure(serverSpec('a'));
    renameSync(home.path, other);
    await run('cp', ['-a', other, home.path]);
    const second = await start();
    expect(second.pid).not.toBe(host.pid);
    await down(home.path, { purge: true });
    expect(lives(host.pid)).toBe(true);
    expect(await stateOf(other, 'a')).toMatchObject({ pid: original.pid, port: original.port });
  });

  it('keeps its own records when those of another home are copied into it', async () => {
    const original = await (await start()).ensure(serverSpec('a'));
    const mine = await (await start(other)).ensure(serverSpec('b'));
    await down(other, { purge: false });
    for (const path of ['host/a.json', 'host.json']) cpSync(join(home.path, path), join(other, path));
    await down(other, { purge: false });
    expect((await (await start(other)).list()).map(({ name }) => name)).toEqual([]);
    await down(other, { purge: true });
    expect(lives(mine.pid)).toBe(false);
    expect((await answerOf(original.port)).pid).toBe(original.pid);
    expect(await stateOf(home.path, 'a')).toMatchObject({ pid: original.pid });
  });
});

describe('a home under two names', () => {
  it('is one home behind a symbolic link', async () => {
    const running = await (await start()).ensure(serverSpec('a'));
    symlinkSync(home.path, other);
    expect((await start(other)).pid).toBe(hostPid(home.path));
    expect(await stateOf(other, 'a')).toMatchObject({ pid: running.pid });
    // The link is the user's, and leads to an empty home for the next `up`.
    await down(other, { purge: true });
    expect(lives(running.pid)).toBe(false);
    expect(await (await start(other)).list()).toEqual([]);
    await down(other, { purge: true });
    rmSync(other);
  });

  it('is one home where it is mounted a second time, and its processes are found there', async ({ skip }) => {
    const host = await start();
    const spec = serverSpec('a');
    const running = await host.ensure(spec);
    mkdirSync(other);
    const mounted = await run('mount', ['--bind', home.path, other]).catch(() => null);
    if (mounted === null) return skip('only root may mount a directory a second time');
    try {
      expect((await start(other)).pid).toBe(host.pid);
      await killHost(home.path);
      // By its log, too: a process that no record names.
      rmSync(join(home.path, 'host/a.json'));
      const next = await start(other);
      const again = await next.ensure(spec);
      expect(again.pid).not.toBe(running.pid);
      expect(lives(running.pid)).toBe(false);
      await down(other, { purge: false });
      expect(lives(again.pid)).toBe(false);
    } finally {
      await unmount(other);
      rmSync(other, { recursive: true });
    }
  });
});

describe('a home that is moved', () => {
  const inHome = (name: string) => serverSpec(name, { env: { PORT: '{port}', A: join(home.path, 'state') } }, '');

  it('while it runs stays itself: its host and processes go on, what names the old path is started anew at the new one', async () => {
    const host = await start();
    const [plain, inside] = [await host.ensure(serverSpec('a')), await host.ensure(inHome('b'))];
    renameSync(home.path, other);
    expect((await start(other)).pid).toBe(host.pid);
    await until(async () => (await answerOf(inside.port).catch(() => null))?.a === join(other, 'state'));
    expect(await stateOf(other, 'a')).toMatchObject({ pid: plain.pid, port: plain.port, restarts: 0 });
    expect(await stateOf(other, 'b')).toMatchObject({ port: inside.port, log: join(other, 'logs/b.log') });
    expect(lives(inside.pid)).toBe(false);
    expect(existsSync(home.path)).toBe(false);
    await down(other, { purge: true });
    expect([host.pid, plain.pid].map(lives)).toEqual([false, false]);
  });

  it('after its host was killed finds its processes and its ports', async () => {
    const host = await start();
    const [plain, inside] = [await host.ensure(serverSpec('a')), await host.ensure(inHome('b'))];
    await killHost(home.path);
    renameSync(home.path, other);
    await start(other);
    await until(async () => (await answerOf(inside.port).catch(() => null))?.a === join(other, 'state'));
    expect(await stateOf(other, 'a')).toMatchObject({ pid: plain.pid, port: plain.port });
    expect(lives(inside.pid)).toBe(false);
    expect(existsSync(home.path)).toBe(false);
  });

  it('makes room for a new one at its old path, which has nothing of it', async () => {
    const running = await (await start()).ensure(serverSpec('a'));
    renameSync(home.path, other);
    const second = await start();
    expect(await second.list()).toEqual([]);
    await down(home.path, { purge: true });
    expect(await stateOf(other, 'a')).toMatchObject({ pid: running.pid });
  });

  it('leaves nothing behind when it was removed instead', async () => {
    const host = await start();
    const running = await host.ensure(serverSpec('a'));
    rmSync(home.path, { recursive: true });
    await until(() => !lives(host.pid));
    expect(lives(running.pid)).toBe(false);
    expect(readdirSync(dirname(home.path))).toEqual([]);
  });
});

it('a home that was restored after a restart of the machine touches no process that has its pids now', async () => {
  const host = await start();
  const running = await host.ensure(serverSpec('a'));
  await killHost(home.path);
  const file = join(home.path, 'host/a.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  // Somebody else's process has the pid by now.
  const bystander = spawn('/bin/sleep', ['60']);
  const identity = { ...record.run.identity, pid: bystander.pid, boot: 'the boot before' };
  writeFileSync(file, JSON.stringify({ ...record, run: { ...record.run, identity } }));
  process.kill(running.pid as number, 'SIGKILL');
  await start();
  await until(async () => (await stateOf(home.path, 'a'))?.state === 'healthy');
  await down(home.path, { purge: true });
  expect(lives(bystander.pid ?? null)).toBe(true);
  bystander.kill('SIGKILL');
});
