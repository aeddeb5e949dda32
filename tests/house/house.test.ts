import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/**
 * The house in containers by docker/docker-compose.multienv.yml, as somebody has it who has nothing but Docker. SOUNDBITE_HOUSE_BASE names a base of the house image that is on
 * the engine; SOUNDBITE_COMPOSE the program (`docker compose`).
 */

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../', import.meta.url));
const environments = ['dev-localstack', 'dev-aws', 'dev-aws-deployed', 'staging', 'production'];
const [composer = '', ...composing] = (process.env.SOUNDBITE_COMPOSE ?? 'docker-compose').split(' ');
const project = `house${randomBytes(4).toString('hex')}`;
/** Loopback addresses of this test alone, so that its ports are free. */
const address = `127.${[...randomBytes(3)].map((byte) => 1 + (byte % 250)).join('.')}`;
const env = { ...process.env, SOUNDBITE_HOUSE_ADDRESS: address, COMPOSE_PROJECT_NAME: project };

const docker = async (...args: string[]) => (await run('docker', args, { maxBuffer: 1e8 })).stdout.trim();
const compose = async (...args: string[]) =>
  (
    await run(composer, [...composing, '-f', 'docker/docker-compose.multienv.yml', ...args], {
      ...{ cwd: repository, env, maxBuffer: 1e8 },
    })
  ).stdout.trim();
const soundbite = (...args: string[]) => compose('exec', '-T', 'control-plane', 'soundbite', ...args);

interface StatusOfHouse {
  readonly environments: readonly { readonly name: string; readonly live: { readonly digest: string } | null }[];
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const ofProject = ['--filter', `label=com.docker.compose.project=${project}`];
const houseId = () => compose('ps', '-q', 'control-plane');
const versions = async () => {
  const house = await houseId();
  return lines(await docker('ps', '--quiet', '--no-trunc', ...ofProject))
    .filter((id) => id !== house)
    .sort();
};

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  for (const end = Date.now() + 600_000; Date.now() < end; await pause(2_000)) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
  }
  throw new Error(`${what} did not come; the house said:\n${await docker('logs', '--tail', '40', await houseId())}`);
}

/** The release that is live everywhere, once it is. */
const everywhere = () =>
  until('one release in all environments', async () => {
    const status = JSON.parse(await soundbite('status', '--json')) as StatusOfHouse;
    const live = new Set(status.environments.map((one) => one.live?.digest));
    return status.environments.length === environments.length && live.size === 1 && !live.has(undefined)
      ? [...live][0]
      : null;
  });

/** The release that answers for a name at a port of this machine. */
const answering = (host: string, port: number) =>
  new Promise<string>((resolve, reject) => {
    const sent = request({ host: address, port, path: '/version', headers: { host }, agent: false }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve((JSON.parse(Buffer.concat(chunks).toString()) as { readonly release: string }).release);
    });
    sent.on('error', reject);
    sent.end();
  });

async function allSpeak(release: string): Promise<void> {
  for (const [index, name] of environments.entries()) {
    expect(await answering(`${name}.localhost:8000`, 8000)).toBe(release);
    expect(await answering('127.0.0.1', 8101 + index)).toBe(release);
  }
}

beforeAll(async () => {
  const { SOUNDBITE_HOUSE_BASE: base } = process.env;
  const from = base ? ['--build-arg', `BASE=${base}`] : [];
  await run(
    'docker',
    ['build', '--network', 'host', ...from, '-f', 'docker/Dockerfile.house', '-t', 'soundbite-house', '.'],
    {
      ...{ cwd: repository, maxBuffer: 1e8 },
    },
  );
});
afterAll(async () => {
  await compose('down', '--remove-orphans', '--volumes');
});

let release = '';
it('up alone ends with five environments that speak, one release in all of them', async () => {
  await compose('up', '-d', '--no-build');
  release = (await everywhere()) ?? '';
  await allSpeak(release);
  expect(await versions()).toHaveLength(10);
  expect(await soundbite('status')).toContain('production');
});

it('killed, it comes back by itself, and the versions it has go on meanwhile as they are', async () => {
  const before = await versions();
  const house = await houseId();
  // As the engine sees a crash: its own kill would be taken for a wish.
  process.kill(Number(await docker('inspect', '--format', '{{.State.Pid}}', house)), 'SIGKILL');
  await until('an answer after the kill', async () => ((await answering('127.0.0.1', 8104)) === release ? true : null));
  expect(await everywhere()).toBe(release);
  await allSpeak(release);
  expect(await versions()).toEqual(before);
});

it('down --remove-orphans leaves its data only, and up goes on with them', async () => {
  await compose('down', '--remove-orphans');
  expect(await docker('ps', '--all', '--quiet', ...ofProject)).toBe('');
  await compose('up', '-d', '--no-build');
  expect(await everywhere()).toBe(release);
  await allSpeak(release);
});

it('what a killed house left is Compose’s to remove', async () => {
  await docker('kill', await houseId());
  expect(await versions()).toHaveLength(10);
  await compose('down', '--remove-orphans');
  expect(await docker('ps', '--all', '--quiet', ...ofProject)).toBe('');
});
