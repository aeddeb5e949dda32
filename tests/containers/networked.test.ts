import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nameOnEngine } from '../../packages/containers/src/index.ts';
import type { Relay, RunningContainer } from '../../packages/model/src/index.ts';
import { testEngine } from './test-engine.ts';

/** A home that runs in a container itself, which its containers and their edge reach by the networks of its environments. */

const repository = fileURLToPath(new URL('../../', import.meta.url));
const engine = testEngine();
const { docker, installation } = engine;
const network = nameOnEngine(installation, 'home');
const socket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
const version = nameOnEngine(installation, 'staging-api-555555555555');
const sleeper = 'setInterval(() => {}, 1e6)';
let root: string;

interface Ready {
  readonly url: string;
  readonly relay: Relay;
  readonly edge: number;
  readonly account: number;
  readonly container: RunningContainer;
}

/** Starts the home in a container of its own, and waits for its line. */
async function home(): Promise<Ready> {
  await docker(
    ...['run', '--detach', '--init', '--name', network, '--network', network],
    ...['--label', `dev.soundbite.installation-test=${installation}`, '--label', 'com.docker.compose.project=p'],
    ...['--volume', `${repository}:${repository}:ro`, '--volume', `${root}:${root}`],
    ...['--volume', `${socket}:/var/run/docker.sock`, engine.base, 'node', '-e', sleeper],
  );
  return new Promise((resolve, reject) => {
    const program = join(repository, 'tests/containers/home-in-container.ts');
    const args = ['exec', network, 'node', program, join(root, 'home'), repository, installation];
    // It goes on running: the account is in it.
    const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Ready));
    child.once('close', (code) => reject(new Error(`the home in its container ended with ${code}`)));
  });
}

let first: Ready;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-networked-'));
  await docker('network', 'create', network);
  first = await home();
});
afterAll(async () => {
  await docker('rm', '--force', network);
  await engine.dispose();
  await docker('network', 'rm', network);
  await rm(root, { recursive: true, force: true });
});

const answer = (url: string) =>
  docker(
    ...['exec', network, 'node', '-e'],
    `fetch(${JSON.stringify(url)}).then(async (answer) => console.log(answer.status, await answer.text()))`,
  );

/** What a container in the network of an environment gets from an address, having said this first. */
const got = (environment: string, host: string, port: number, said = '') =>
  docker(
    ...['run', '--rm', '--init', '--network', nameOnEngine(installation, environment), engine.base, 'node', '-e'],
    `const socket = require('net').connect(${port}, ${JSON.stringify(host)});
     let got = '';
     const end = (what) => { console.log(what); process.exit(); };
     socket.on('connect', () => socket.write(${JSON.stringify(`${said}GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)}));
     socket.on('data', (data) => { got += data; });
     socket.on('error', () => end('nothing'));
     socket.on('close', () => end(got || 'nothing'));
     setTimeout(end, 2000, 'nothing');`,
  );

const addressIn = (container: string, environment: string) =>
  docker(
    ...['inspect', '--format'],
    `{{(index .NetworkSettings.Networks "${nameOnEngine(installation, environment)}").IPAddress}}`,
    container,
  );

it('the edge in a container reaches a version by its name, and the version its account by the relay', async () => {
  expect(await answer(first.url)).toBe('200 the service, and the data of staging');
  expect(first.container).toMatchObject({ host: `${version}.localhost`, port: 8080 });
  expect(await docker('port', version)).toBe('');
});

it('no container reaches the version but the home, nor of the home anything but its own relay', async () => {
  const { relay, edge, account } = first;
  expect(await got('staging', relay.host, relay.port, `${relay.token} account\n`)).toContain('the data of staging');
  expect(await got('staging', first.container.host, 8080)).toBe('nothing');
  const own = await addressIn(network, 'staging');
  for (const port of [edge, account, Number(new URL(first.url).port)])
    expect(await got('staging', own, port)).toBe('nothing');
  expect(await got('staging', own, relay.port, 'another account\n')).toBe('nothing');
  for (const host of [own, await addressIn(network, 'production')])
    expect(await got('production', host, relay.port, `${relay.token} account\n`)).toBe('nothing');
  expect(await got('production', await addressIn(version, 'staging'), 8080)).toBe('nothing');
});

it('Compose takes it for a container of its project that the file does not name', async () => {
  const format = '{{json .Config.Labels}}';
  expect(JSON.parse(await docker('inspect', '--format', format, version))).toMatchObject({
    'com.docker.compose.project': 'p',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.service': 'staging-api-555555555555',
  });
});

it('once the home’s container was made anew, at another address, the same version serves and finds its account', async () => {
  const before = await addressIn(network, 'staging');
  const started = async () => docker('inspect', '--format', '{{.Id}}', version);
  const id = await started();
  await docker('rm', '--force', network);
  // Somebody else gets the address meanwhile.
  const other = await docker(
    ...['run', '--detach', '--init', '--network', nameOnEngine(installation, 'staging'), '--ip', before],
    ...['--label', `dev.soundbite.installation=${installation}`, engine.base, 'node', '-e', sleeper],
  ).catch(() => null);
  const again = await home();
  expect(again.container.host).toBe(first.container.host);
  expect(await answer(again.url)).toBe('200 the service, and the data of staging');
  expect(await got('staging', again.relay.host, again.relay.port, `${again.relay.token} account\n`)).toContain(
    'the data of staging',
  );
  expect(await started()).toBe(id);
  if (other !== null) await docker('rm', '--force', other);
});
