import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { edgeClient } from './client.ts';
import { edgeSpec } from './spec.ts';
import type { Upstream } from './testing.ts';
import { call, freePort, http, routeTo, startUpstream, temporaryDirectory, until } from './testing.ts';

const home = temporaryDirectory();
const token = 'a token of this test';
const spec = edgeSpec(home.path, join(import.meta.dirname, '../../..'), process.execPath, token);
let upstream: Upstream;
let admin = '';
let child: ChildProcess;

async function startEdge(): Promise<void> {
  const port = String(await freePort());
  admin = `http://127.0.0.1:${port}`;
  const env = Object.fromEntries(Object.entries(spec.env).map(([key, value]) => [key, value.replace('{port}', port)]));
  child = spawn(spec.command, spec.args, { env, stdio: 'inherit' });
  await until(() =>
    call(admin, '/health').then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  return (await exit)[0];
}

beforeAll(async () => {
  mkdirSync(join(home.path, 'edge'));
  upstream = await startUpstream('a');
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
});
afterAll(async () => {
  await upstream.close();
  home.end();
});

describe('the edge process', () => {
  it('after kill -9 serves the same routes on the same ports, with nobody else alive, and knows its requests', async () => {
    await startEdge();
    const wished = await freePort();
    const { url } = await edgeClient(admin, token).setRoute(routeTo(wished, [http(upstream, 1)], 3));
    expect((await call(url, '/before')).status).toBe(200);
    // What is younger than 0.2 s may be lost: wait until it is on disk.
    const file = join(home.path, 'edge/records/staging.ndjson');
    await until(() => readFileSync(file, { encoding: 'utf8', flag: 'a+' }).includes('/before'));
    await end('SIGKILL');
    await expect(call(url, '/')).rejects.toThrow(/ECONNREFUSED/);

    await startEdge();
    expect((await call(url, '/after')).status).toBe(200);
    const edge = edgeClient(admin, token);
    expect(await edge.routes()).toMatchObject([{ environment: 'staging', generation: 3, url }]);
    await until(async () => (await edge.requests('staging', { time: 0 })).records.length === 2);
    expect((await edge.requests('staging', { time: 0 })).records.map(({ route }) => route)).toEqual([
      '/before',
      '/after',
    ]);
    await expect(edge.setRoute(routeTo(wished, [], 2))).rejects.toMatchObject({ code: 'generation-old' });
  });

  it('drains on SIGTERM: what is in flight ends, and it exits with 0', async () => {
    let finish = () => {};
    const slow = await startUpstream('b', (_, response) => {
      finish = () => response.end('whole');
    });
    await startEdge();
    const { url } = await edgeClient(admin, token).setRoute(routeTo(await freePort(), [http(slow, 1)], 4));
    const inFlight = call(url, '/');
    await until(() => slow.seen.length === 1);
    const exit = end('SIGTERM');
    await until(() => refusesConnections(url));
    finish();
    expect((await inFlight).text).toBe('whole');
    expect(await exit).toBe(0);
    await slow.close();
  });

  it('lets nobody in without its token and refuses garbage', async () => {
    await startEdge();
    expect((await call(admin, '/routes')).status).toBe(401);
    await expect(edgeClient(admin, 'wrong').routes()).rejects.toMatchObject({ code: 'no-token' });
    const headers = { authorization: `Bearer ${token}` };
    for (const body of ['', 'nonsense', '{"environment":"x"}', '[]', 'null']) {
      const { status, text } = await call(admin, '/routes/x', { method: 'PUT', headers, body });
      expect([status, JSON.parse(text).error.code]).toEqual([400, 'route-bad']);
    }
    expect((await call(admin, '/nothing', { headers })).status).toBe(404);
  });

  // What a request costs in time is the bench's to say.
  it('has less than 40 MB of its own after some hundred requests', async () => {
    await startEdge();
    const { url } = await edgeClient(admin, token).setRoute(routeTo(await freePort(), [http(upstream, 1)], 5));
    const agent = new Agent({ keepAlive: true });
    for (let n = 0; n < 400; n += 1) await call(url, '/', { agent });
    agent.destroy();
    expect(anonymousMiB(child.pid ?? 0)).toBeLessThan(40);
  });

  it('says that it is down when it is', async () => {
    await startEdge();
    await end('SIGKILL');
    await expect(edgeClient(admin, token).routes()).rejects.toMatchObject({ code: 'edge-down' });
  });
});

/** Memory that no other process shares. */
function anonymousMiB(pid: number): number {
  const [, kB] = /Pss_Anon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kB) / 1024;
}

/** A bare connection: a request could slip in before the door closes, and would then have to be waited for. */
function refusesConnections(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
