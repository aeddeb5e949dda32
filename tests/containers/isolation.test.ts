import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContainerNetwork, Relay } from '../../packages/model/src/index.ts';
import { type HostClient, startHost } from '../../packages/processes/src/index.ts';
import { testEngine } from './test-engine.ts';

const engine = testEngine();
const account = createServer((_, response) => response.end('the data of production'));
let root: string;
let host: HostClient;
let networks: Record<'staging' | 'production', ContainerNetwork>;
let relay: Relay;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-isolation-'));
  host = await startHost(join(root, 'home'), { node: process.execPath });
  await new Promise<void>((resolve) => account.listen(0, '127.0.0.1', resolve));
  const containers = engine.containers(host);
  networks = { staging: await containers.network('staging'), production: await containers.network('production') };
  const { port } = account.address() as AddressInfo;
  relay = await containers.relay('production', networks.production, { account: port });
});
afterAll(async () => {
  await engine.dispose();
  account.close();
  await host.down();
  await rm(root, { recursive: true, force: true });
});

/** What a container of an environment gets from an address, having said this first. */
const got = (environment: keyof typeof networks, at: { readonly host: string; readonly port: number }, said: string) =>
  engine.docker(
    ...['run', '--rm', '--init', '--network', networks[environment].name, engine.base, 'node', '-e'],
    `const socket = require('net').connect(${at.port}, ${JSON.stringify(at.host)});
     let got = '';
     const end = (what) => { console.log(what); process.exit(); };
     socket.on('connect', () => socket.write(${JSON.stringify(`${said}GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)}));
     socket.on('data', (data) => { got += data; });
     socket.on('error', () => end('nothing'));
     socket.on('close', () => end(got || 'nothing'));
     setTimeout(end, 5000, 'nothing');`,
  );

it('a container reaches the data of its environment by the relay, and one of another environment does not, even with the token', async () => {
  expect(await got('production', relay, `${relay.token} account\n`)).toContain('the data of production');
  expect(await got('production', relay, 'another account\n')).toBe('nothing');
  expect(await got('staging', relay, `${relay.token} account\n`)).toBe('nothing');
  expect(await got('staging', { ...relay, host: networks.staging.gateway ?? '' }, `${relay.token} account\n`)).toBe(
    'nothing',
  );
});

it('nor does one reach what listens on this machine for itself, nor a container beside it', async () => {
  const { port } = account.address() as AddressInfo;
  for (const address of ['127.0.0.1', networks.production.gateway ?? ''])
    expect(await got('production', { host: address, port }, '')).toBe('nothing');
  const neighbour = await engine.docker(
    ...['run', '--detach', '--init', '--label', `dev.soundbite.installation=${engine.installation}`],
    ...['--network', networks.production.name, engine.base, 'node', '-e'],
    "require('http').createServer((_, answer) => answer.end('of the neighbour')).listen(8080, '0.0.0.0')",
  );
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const address = await engine.docker('inspect', '--format', format, neighbour);
  for (const environment of ['production', 'staging'] as const)
    expect(await got(environment, { host: address, port: 8080 }, '')).toBe('nothing');
});
