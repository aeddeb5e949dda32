import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import { expect } from 'vitest';

/**
 * A house by docker/docker-compose.multienv.yml, as somebody has it who has nothing but Docker. SOUNDBITE_HOUSE_BASE names a base of the house image that is on the engine;
 * SOUNDBITE_COMPOSE the program (`docker compose`).
 */

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../', import.meta.url));
const [composer = '', ...composing] = (process.env.SOUNDBITE_COMPOSE ?? 'docker-compose').split(' ');
export const houseServices = ['postgres', 'accounts', 'control-plane', 'gateway'] as const;
/** In the order of their ports, from 8101 on. */
const environments = ['dev-localstack', 'dev-aws', 'dev-aws-deployed', 'staging', 'production'];

interface StatusOfHouse {
  readonly environments: readonly { readonly name: string; readonly release: string | null }[];
}

export const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

/** Makes the house image of this clone, on the engine of this machine, in the place of the one before, which has two gigabytes: it goes, unless something runs by it. */
export async function makeHouseImage(): Promise<void> {
  const { SOUNDBITE_HOUSE_BASE: base } = process.env;
  const from = base ? ['--build-arg', `BASE=${base}`] : [];
  const named = ['-f', 'docker/Dockerfile.house', '-t', 'soundbite-house', '.'];
  const before = await houseImage();
  await run('docker', ['build', '--network', 'host', ...from, ...named], { cwd: repository, maxBuffer: 1e8 });
  if (before === null || before === (await houseImage())) return;
  const inUse = (await run('docker', ['ps', '--all', '--quiet', '--filter', `ancestor=${before}`])).stdout.trim();
  if (inUse === '') await run('docker', ['rmi', before]);
}

/** By its content; null: there is none. */
async function houseImage(): Promise<string | null> {
  const { stdout } = await run('docker', ['images', '--quiet', '--no-trunc', 'soundbite-house:latest']);
  return stdout.trim() || null;
}

/** A loopback address of one test alone, so that its ports are free. */
export const ownAddress = () => `127.${[...randomBytes(3)].map((byte) => 1 + (byte % 250)).join('.')}`;

interface HouseOptions {
  /** Where it is reached from here. */
  readonly address?: string;
  /** Of an engine that is another one than the tests' own. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A project of its own, at addresses of its own. */
export function testHouse({ address: first = ownAddress(), variables = {} }: HouseOptions = {}) {
  const project = `house${randomBytes(4).toString('hex')}`;
  let address = first;
  const env = () => ({
    ...{ ...process.env, ...variables },
    ...{ SOUNDBITE_HOUSE_ADDRESS: address, COMPOSE_PROJECT_NAME: project },
  });
  const options = () => ({ cwd: repository, env: env(), maxBuffer: 1e8 });
  const ofProject = ['--filter', `label=com.docker.compose.project=${project}`];

  const docker = async (...args: string[]) => (await run('docker', args, options())).stdout.trim();
  const composeWith = async (more: Readonly<Record<string, string>>, ...args: string[]) => {
    const asked = [...composing, '-f', 'docker/docker-compose.multienv.yml', ...args];
    return (await run(composer, asked, { ...options(), env: { ...env(), ...more } })).stdout.trim();
  };
  const compose = (...args: string[]) => composeWith({}, ...args);
  /** As far as this environment. */
  const upTo = (environment: string) => composeWith({ SOUNDBITE_UP_TO: environment }, 'up', '-d', '--no-build');
  const soundbite = (...args: string[]) => compose('exec', '-T', 'control-plane', 'soundbite', ...args);
  const idOf = (service: string) => compose('ps', '-q', service);
  /** The networks or volumes of the project that are there. */
  const leftOf = async (kind: 'network' | 'volume') =>
    linesOf(
      await docker(kind, 'ls', '--filter', `label=com.docker.compose.project=${project}`, '--format', '{{.Name}}'),
    ).sort();
  /** Containers of environments. */
  const versions = async () =>
    linesOf(
      await docker('ps', '--quiet', '--no-trunc', ...ofProject, '--filter', 'label=dev.soundbite.installation'),
    ).sort();

  async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    for (const end = Date.now() + 600_000; Date.now() < end; await pause(2_000)) {
      const found = await look().catch(() => null);
      if (found !== null) return found;
    }
    throw new Error(`${what} did not come; the house said:\n${await compose('logs', '--tail', '40')}`);
  }

  /** How often the control plane's container ended its `up`, which says the link last. */
  const upsEnded = async () => (await compose('logs', '--no-color', 'control-plane')).split('see it: ').length - 1;

  /** By the environments' names: the release that is live there, null where none is. */
  const live = async () => {
    const { environments: found } = JSON.parse(await soundbite('status', '--json')) as StatusOfHouse;
    return Object.fromEntries(found.map(({ name, release }) => [name, release]));
  };

  /** The release that is live everywhere, once it is. */
  const everywhere = () =>
    until('one release in all environments', async () => {
      const releases = Object.values(await live());
      return releases.length === environments.length && new Set(releases).size === 1 ? releases[0] : null;
    });

  /** The release that answers for a name at a port of this machine. */
  const answering = (host: string, port: number) =>
    new Promise<string>((resolve, reject) => {
      const asked = { host: address, port, path: '/version', headers: { host }, agent: false, timeout: 10_000 };
      const sent = request(asked, async (answer) => {
        try {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk as Buffer);
          resolve((JSON.parse(Buffer.concat(chunks).toString()) as { readonly release: string }).release);
        } catch (error) {
          reject(error);
        }
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer')));
      sent.on('error', reject);
      sent.end();
    });

  async function allSpeak(release: string): Promise<void> {
    // An engine apart is at no address of loopback, and its house refuses whoever asks by it.
    const shown = isLoopbackHost(address) ? address : '127.0.0.1';
    for (const [index, name] of environments.entries()) {
      expect(await answering(`${name}.localhost:8000`, 8000)).toBe(release);
      expect(await answering(`${shown}:${8101 + index}`, 8101 + index)).toBe(release);
    }
  }

  /** Ends it, and removes what it leaves, as docs/guides/containers.md#the-house says it. */
  async function end(): Promise<void> {
    await compose('down', '--remove-orphans', '--volumes');
    for (const kind of ['network', 'volume'] as const) {
      const left = await leftOf(kind);
      if (left.length > 0) await docker(kind, 'rm', ...left);
    }
  }

  /** All environments speak with this release, and all services are well. */
  const isWell = (release: string) =>
    release === ''
      ? Promise.reject(new Error('the house never spoke'))
      : until('a house that is well', async () => {
          await allSpeak(release);
          const health = await Promise.all(
            houseServices.map(async (name) =>
              docker('inspect', '--format', '{{.State.Health.Status}}', await idOf(name)),
            ),
          );
          return health.every((one) => one === 'healthy') ? true : null;
        });

  return {
    project,
    get address() {
      return address;
    },
    /** Where its next `up` publishes it. */
    moveTo(to: string) {
      address = to;
    },
    environments,
    docker,
    compose,
    upTo,
    soundbite,
    idOf,
    leftOf,
    versions,
    until,
    upsEnded,
    live,
    everywhere,
    answering,
    allSpeak,
    isWell,
    end,
    ofProject,
  };
}
