import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningProcess } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostElsewhere } from './client.ts';
import { down } from './down.ts';
import { connectHost, startHost } from './launch.ts';
import { answerOf, hostPid, lives, serverSpec, temporaryHome, unmount, until } from './testing.ts';

const run = promisify(execFile);
const node = process.execPath;
const program = join(import.meta.dirname, 'host-main.ts');
let home: ReturnType<typeof temporaryHome>;

beforeEach(() => {
  home = temporaryHome();
});
afterEach(() => home.end());

const start = () => startHost(home.path, { node });
const kill = (pid: number | null) => process.kill(pid as number, 'SIGKILL');

async function killHost(): Promise<void> {
  const pid = hostPid(home.path);
  kill(pid);
  await until(() => !lives(pid));
}

async function now(name: string): Promise<RunningProcess> {
  const found = (await (await start()).list()).find((process_) => process_.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

describe('the host', () => {
  it('starts a process, gives it a port, and is asked for the same one again', async () => {
    const host = await start();
    const spec = serverSpec('a');
    const running = await host.ensure(spec);
    expect(running).toMatchObject({ name: 'a', state: 'healthy', restarts: 0 });
    expect((await answerOf(running.port)).pid).toBe(running.pid);
    expect((await host.ensure({ ...spec, args: [...spec.args] })).pid).toBe(running.pid);
    expect(await host.list()).toEqual([expect.objectContaining({ name: 'a', pid: running.pid })]);
  });

  it('keeps its home to itself', async () => {
    const host = await start();
    await host.ensure(serverSpec('a'));
    for (const path of [home.path, join(home.path, 'host'), join(home.path, 'logs')]) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
    for (const file of ['host.json', 'host/a.json', 'logs/a.log']) {
      expect(statSync(join(home.path, file)).mode & 0o777).toBe(0o600);
    }
    expect((await fetch(`${host.url}/processes`)).status).toBe(401);
    expect((await fetch(`${host.url}/processes`, { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it('is found by its file alone where its process is not seen, and so is the next one', async () => {
    const elsewhere = hostElsewhere(home.path);
    await start();
    const running = await elsewhere.ensure(serverSpec('a'));
    expect((await answerOf(running.port)).pid).toBe(running.pid);
    await killHost();
    const listed = elsewhere.list();
    await start();
    expect(await listed).toEqual([expect.objectContaining({ name: 'a', pid: running.pid })]);
    await elsewhere.stop('a');
    expect(await elsewhere.list()).toEqual([]);
  });

  it('starts again what was killed, on the same port', async () => {
    const running = await (await start()).ensure(serverSpec('a'));
    kill(running.pid);
    await until(async () => (await now('a')).restarts === 1 && (await now('a')).state === 'healthy');
    const again = await now('a');
    expect(again.port).toBe(running.port);
    expect(again.pid).not.toBe(running.pid);
    expect((await answerOf(again.port)).pid).toBe(again.pid);
  });

  it('after kill -9 of the host the processes live on, and the next host adopts them and starts what died', async () => {
    const host = await start();
    const [a, b] = [await host.ensure(serverSpec('a')), await host.ensure(serverSpec('b'))];
    await killHost();
    expect((await answerOf(a.port)).pid).toBe(a.pid);
    kill(b.pid);
    expect(await connectHost(home.path)).toBeNull();
    await start();
    await until(async () => (await now('b')).state === 'healthy' && (await now('a')).state === 'healthy');
    expect(await now('a')).toMatchObject({ pid: a.pid, port: a.port, startedAt: a.startedAt });
    expect((await now('b')).pid).not.toBe(b.pid);
    // An adopted process is watched like any other.
    kill(a.pid);
    await until(async () => lives((await now('a')).pid) && (await now('a')).pid !== a.pid);
  });

  it('SIGTERM of the host leaves the processes to the next; a client outlasts the change', async () => {
    const host = await start();
    const spec = serverSpec('a');
    const a = await host.ensure(spec);
    process.kill(hostPid(home.path), 'SIGTERM');
    await until(() => !existsSync(join(home.path, 'host.json')));
    const next = await start();
    expect(next.pid).not.toBe(host.pid);
    expect((await host.ensure(spec)).pid).toBe(a.pid);
  });

  it('is replaced when it hangs', async () => {
    const host = await start();
    const a = await host.ensure(serverSpec('a'));
    process.kill(host.pid, 'SIGSTOP');
    const next = await start();
    expect(next.pid).not.toBe(host.pid);
    expect(lives(host.pid)).toBe(false);
    expect((await now('a')).pid).toBe(a.pid);
  });

  it('is one for each home, however many are started at once', async () => {
    const hosts = await Promise.all(Array.from({ length: 4 }, () => start()));
    expect(new Set(hosts.map(({ pid }) => pid)).size).toBe(1);
  });

  it('takes a free port near a taken one', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { readonly port: number };
    const running = await (await start()).ensure(serverSpec('a', { port }));
    expect(running.port).toBeGreaterThan(port);
    expect(running.port).toBeLessThan(port + 50);
    // Two processes that wish for the same one.
    const other = await (await start()).ensure(serverSpec('b', { port: running.port ?? 0 }));
    expect(other.port).not.toBe(running.port);
    taken.close();
  });

  it('replaces a process whose spec changed, and no other', async () => {
    const host = await start();
    const spec = serverSpec('a');
    const [a, b] = [await host.ensure(spec), await host.ensure(serverSpec('b'))];
    const changed = await host.ensure({ ...spec, env: { ...spec.env, A: '2' } });
    expect(await answerOf(changed.port)).toEqual({ pid: changed.pid, a: '2' });
    expect(changed.port).toBe(a.port);
    expect(lives(a.pid)).toBe(false);
    expect((await now('b')).pid).toBe(b.pid);
  });

  it('amends the env of the next start, and not of the process that runs', async () => {
    const host = await start();
    const spec = serverSpec('a');
    const a = await host.ensure(spec);
    await host.amend('a', { A: '2' });
    expect(await answerOf(a.port)).toEqual({ pid: a.pid, a: '1' });
    const amended = { ...spec, env: { ...spec.env, A: '2' } };
    expect((await host.ensure(amended)).pid).toBe(a.pid);
    await killHost();
    await start();
    await until(async () => (await now('a')).state === 'healthy');
    expect((await now('a')).pid).toBe(a.pid);
    kill(a.pid);
    await until(async () => (await now('a')).restarts === 1 && (await now('a')).state === 'healthy');
    expect((await answerOf(a.port)).a).toBe('2');
    await expect(host.amend('nobody', {})).rejects.toMatchObject({ code: 'process-unknown' });
  });

  it('says why a process does not become healthy, with the end of its log', async () => {
    const host = await start();
    const crashes = serverSpec('crashes', {}, 'console.error("no such table"); process.exit(7)');
    const start_ = performance.now();
    await expect(host.ensure(crashes)).rejects.toMatchObject({
      code: 'process-unhealthy',
      message: expect.stringMatching(/exit code 7[\s\S]*no such table/),
    });
    expect(performance.now() - start_).toBeLessThan(8_000);
    await expect(host.ensure(serverSpec('missing', { command: '/no/such/program' }))).rejects.toMatchObject({
      code: 'process-not-started',
      message: expect.stringContaining('ENOENT'),
    });
    const health = { url: 'http://127.0.0.1:{port}/', withinMs: 600 };
    const deaf = serverSpec('deaf', {
      health,
      args: ['-e', 'console.log("I listen nowhere"); setInterval(() => 0, 1000)'],
    });
    await expect(host.ensure(deaf)).rejects.toMatchObject({
      code: 'process-unhealthy',
      message: expect.stringMatching(/600 ms[\s\S]*I listen nowhere/),
    });
    await expect(host.ensure({ ...deaf, name: '../x' })).rejects.toMatchObject({ code: 'bad-spec' });
  });

  it('records the end of what runs once, and starts it again when asked', async () => {
    const host = await start();
    const spec = { name: 'once', command: '/bin/sh', args: ['-c', 'sleep 0.3'], env: {}, restart: 'never' } as const;
    const first = await host.ensure(spec);
    await until(async () => (await now('once')).state === 'ended');
    expect((await now('once')).reason).toContain('exit code 0');
    expect((await host.ensure(spec)).pid).not.toBe(first.pid);
  });

  it('stops the whole group, by SIGKILL when asking is not enough, and only what it started', async () => {
    const bystander = spawn('/bin/sleep', ['60']);
    const host = await start();
    const file = join(home.path, 'grandchild');
    const args = ['-c', `trap "" TERM; /bin/sleep 61 & echo $! > ${file}; while :; do sleep 0.05; done`];
    const spec = { name: 'stubborn', command: '/bin/sh', args, env: {}, restart: 'always', stopWithinMs: 300 } as const;
    const running = await host.ensure(spec);
    const grandchild = Number(readFileSync(file, 'utf8'));
    expect(lives(grandchild)).toBe(true);
    await host.stop('stubborn');
    expect([running.pid, grandchild].map(lives)).toEqual([false, false]);
    await host.stop('stubborn');
    expect(await host.list()).toEqual([]);
    expect(lives(bystander.pid ?? null)).toBe(true);
    bystander.kill('SIGKILL');
  });

  it('reaps what a killed process leaves behind before it starts the next', async () => {
    const host = await start();
    const more = `require('child_process').spawn('/bin/sleep', ['62'], { stdio: 'inherit', detached: true })`;
    const running = await host.ensure(serverSpec('a', {}, more));
    const sleeper = await childOf(running.pid ?? 0);
    kill(running.pid);
    await until(async () => (await now('a')).state === 'healthy' && (await now('a')).restarts === 1);
    expect(lives(sleeper)).toBe(false);
  });

  it('when its home is removed by hand, ends all, so that a new host finds nothing of the old', async () => {
    const host = await start();
    const running = await host.ensure(serverSpec('a'));
    rmSync(home.path, { recursive: true });
    const next = await start();
    expect(next.pid).not.toBe(host.pid);
    // The home that is made anew is another home: its host does not wait for the end of the old one.
    await until(async () => ![running.pid, host.pid].some(lives));
    expect(await next.list()).toEqual([]);
  });

  it('refuses on a full disk what it could not remember, and says so', async ({ skip }) => {
    const small = join(dirname(home.path), 'small');
    mkdirSync(small);
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]).catch(() => null);
    if (mounted === null) return skip('only root may mount a small disk');
    try {
      const host = await startHost(small, { node });
      const spec = serverSpec('a');
      const running = await host.ensure(spec);
      await run('dd', ['if=/dev/zero', `of=${join(small, 'filler')}`, 'bs=4k']).catch(() => undefined);
      await expect(host.ensure(serverSpec('b'))).rejects.toMatchObject({ code: 'disk-full' });
      expect((await host.list()).map(({ name }) => name)).toEqual(['a']);
      kill(running.pid);
      await until(async () => (await host.list())[0]?.state === 'healthy' && (await host.list())[0]?.restarts === 1);
      rmSync(join(small, 'filler'));
      const again = (await host.list())[0];
      await until(() => readFileSync(join(small, 'host/a.json'), 'utf8').includes(`"pid":${again?.pid},`));
      await down(small, { purge: false });
      expect(lives(again?.pid ?? null)).toBe(false);
    } finally {
      await unmount(small);
    }
  });
});

describe('down', () => {
  const order = (file: string, name: string) =>
    `process.on('SIGTERM', () => { require('fs').appendFileSync('${file}', '${name} '); process.exit() })`;

  it('ends the initial one first, then what was started last, then the host', async () => {
    const file = join(dirname(home.path), 'order');
    const host = await start();
    const spec = (name: string) => serverSpec(name, {}, order(file, name));
    const first = await host.ensureInitial(spec('control-plane'));
    const running = [first];
    for (const name of ['postgres', 'account', 'edge']) running.push(await host.ensure(spec(name)));
    await host.down();
    expect(readFileSync(file, 'utf8')).toBe('control-plane edge account postgres ');
    expect([...running.map(({ pid }) => pid), host.pid].map(lives)).toEqual(running.map(() => false).concat(false));
    expect(await connectHost(home.path)).toBeNull();
  });

  it('is followed by an up in which whoever keeps its port has it again, in whichever order they come', async () => {
    const [host, port] = [await start(), 21_000 + Math.floor(Math.random() * 5_000)];
    const keeper = (name: string) => serverSpec(name, { port, keepsPort: true });
    const ports: (number | null)[] = [];
    for (const name of ['a', 'b', 'c']) ports.push((await host.ensure(keeper(name))).port);
    await host.down();
    // One that goes down before all of them came back takes nothing from the others.
    const second = await start();
    expect((await second.ensure(keeper('c'))).port).toBe(ports[2]);
    await second.down();
    const third = await start();
    expect(ports).not.toContain((await third.ensure(serverSpec('new', { port }))).port);
    for (const [at, name] of [...['a', 'b', 'c'].entries()].reverse())
      expect((await third.ensure(keeper(name))).port).toBe(ports[at]);
  });

  it('is followed by an up in which one that had to give way has the port again that it wished for', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { readonly port: number };
    const host = await start();
    expect((await host.ensure(serverSpec('a', { port }))).port).toBeGreaterThan(port);
    taken.close();
    await once(taken, 'close');
    await host.down();
    expect((await (await start()).ensure(serverSpec('a', { port }))).port).toBe(port);
  });

  it('ends the orphans of a host that was killed, by the records it left', async () => {
    const host = await start();
    const running = [await host.ensure(serverSpec('a')), await host.ensure(serverSpec('b'))];
    await killHost();
    await down(home.path, { purge: false });
    expect(running.map(({ pid }) => lives(pid))).toEqual([false, false]);
    expect(existsSync(join(home.path, 'logs/a.log'))).toBe(true);
  });

  it('is carried out when who asked for it is killed, and a start meanwhile waits for its end', async () => {
    const host = await start();
    // It ends half a second after it was told to.
    const slow = await host.ensure(serverSpec('a', {}, `process.on('SIGTERM', () => setTimeout(process.exit, 500))`));
    const asking = request(`${host.url}/down`, { method: 'POST', headers: { authorization: `Bearer ${host.token}` } });
    asking.on('error', () => undefined);
    asking.end();
    const health = async () => (await (await fetch(`${host.url}/health`)).json()) as { readonly leaving: boolean };
    await until(async () => (await health()).leaving);
    asking.destroy();
    expect(await connectHost(home.path)).toBeNull();
    const next = await start();
    expect([slow.pid, host.pid].map(lives)).toEqual([false, false]);
    expect((await next.ensure(serverSpec('b'))).state).toBe('healthy');
  });

  it('finds nothing to do in silence', async () => {
    await down(home.path, { purge: true });
    await start();
    await down(home.path, { purge: false });
    await down(home.path, { purge: false });
    await down(home.path, { purge: true });
    expect(existsSync(home.path)).toBe(false);
  });

  it('removes no directory that is not a home', async () => {
    mkdirSync(home.path);
    writeFileSync(join(home.path, 'package.json'), '{}');
    await expect(down(home.path, { purge: true })).rejects.toMatchObject({ code: 'not-a-home' });
    rmSync(join(home.path, 'package.json'));
  });
});

describe('the program', () => {
  it('starts the host with its first process, prints one line, and ends it', async () => {
    const file = join(dirname(home.path), 'spec.json');
    writeFileSync(file, JSON.stringify(serverSpec('control-plane')));
    const first = await run(node, [program, '--home', home.path, '--initial', file]);
    expect(first.stdout.trim().split('\n')).toHaveLength(1);
    const line = JSON.parse(first.stdout);
    expect(line).toMatchObject({ pid: hostPid(home.path), initial: { name: 'control-plane', state: 'healthy' } });
    const second = await run(node, [program, '--home', home.path, '--initial', file]);
    expect(JSON.parse(second.stdout)).toEqual(line);
    await run(node, [program, '--home', home.path, '--down', '--purge']);
    expect([line.pid, line.initial.pid].map(lives)).toEqual([false, false]);
    expect(existsSync(home.path)).toBe(false);
    expect(await run(node, [program, '--home', home.path, '--down'])).toEqual({ stdout: '', stderr: '' });
  });

  it('says what is wrong, in the usage and in the first process', async () => {
    await expect(run(node, [program])).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('usage') });
    await expect(run(node, [program, '--home', 'x', '--purge'])).rejects.toMatchObject({ code: 2 });
    const file = join(dirname(home.path), 'spec.json');
    const spec = serverSpec('control-plane', {}, 'console.error("no settings"); process.exit(1)');
    writeFileSync(file, JSON.stringify(spec));
    const failed = await run(node, [program, '--home', home.path, '--initial', file]).catch((error) => error);
    expect(failed.code).toBe(3);
    expect(JSON.parse(failed.stderr).error).toMatchObject({
      code: 'process-unhealthy',
      message: expect.stringContaining('no settings'),
    });
  });
});

async function childOf(pid: number): Promise<number> {
  let child = 0;
  await until(() => {
    child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
    return child > 0;
  });
  return child;
}
