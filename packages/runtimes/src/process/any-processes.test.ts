import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  canonicalJson,
  type Digest,
  type EdgeRoute,
  type Environment,
  type ProcessSpec,
  type Release,
  type ReleasedProcesses,
  type RunningProcess,
  type Target,
} from '@soundbite/model';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processRuntime } from './runtime.ts';

const environment = { name: 'dev-aws', port: 8101 } as Environment;
const fence = { owner: 'test', generation: 1 };
const target = {
  environment,
  outputs: { 'Data/TableName': 'orders', WebRole: 'arn:aws:iam::1:role/web' },
  cloud: { access: async () => ({ region: 'eu-central-1' }) },
} as unknown as Target;

/** A process as it answers: its health at its declared path, and what it is told of messages. */
interface Running {
  readonly spec: ProcessSpec;
  readonly server: Server;
  consuming: boolean;
}

/** A host that "starts" servers in this process, and an edge that only remembers. */
function machine() {
  const running = new Map<string, Running>();
  let route: EdgeRoute | undefined;
  const shown = ({ spec, server }: Running) =>
    ({
      name: spec.name,
      port: (server.address() as AddressInfo).port,
      state: 'healthy',
      restarts: 0,
    }) as RunningProcess;
  return {
    running,
    route: () => route,
    supervisor: {
      async ensure(spec: ProcessSpec) {
        const before = running.get(spec.name);
        if (before) return shown(before);
        const server = createServer(async (request, response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of request) chunks.push(chunk as Buffer);
          const isOurs = request.headers.authorization === `Bearer ${spec.env.SOUNDBITE_CONTROL_TOKEN}`;
          if (request.url === '/consuming' && isOurs)
            one.consuming = JSON.parse(String(Buffer.concat(chunks))).consuming;
          response.end(JSON.stringify({ consuming: one.consuming, by: spec.name }));
        });
        const one: Running = { spec, server, consuming: spec.env.SOUNDBITE_CONSUMING === 'true' };
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        running.set(spec.name, one);
        return shown(one);
      },
      async amend() {},
      async stop(name: string) {
        const one = running.get(name);
        running.delete(name);
        one?.server.closeAllConnections();
        await new Promise((resolve) => (one ? one.server.close(resolve) : resolve(null)));
      },
      list: async () => [...running.values()].map(shown),
    },
    edge: {
      routes: async () => (route ? [{ ...route, url: 'http://edge' }] : []),
      async setRoute(next: EdgeRoute) {
        route = next;
        return { url: 'http://edge' };
      },
    },
  };
}

let home: string;
let at: ReturnType<typeof machine>;
const releases = new Map<Digest, Release>();
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'soundbite-processes-'));
  at = machine();
});
afterEach(async () => {
  for (const name of at.running.keys()) await at.supervisor.stop(name);
  await rm(home, { recursive: true });
});

const runtime = () =>
  processRuntime({
    ...(at as unknown as Pick<Parameters<typeof processRuntime>[0], 'supervisor' | 'edge'>),
    accountParts: () => [],
    releases: { get: async (digest) => releases.get(digest) as Release },
    home,
    nodePath: 'node',
    credentialsEnv: async (_, identity) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: identity }),
  });

/** A release of these processes; of before without them. */
async function released(digit: string, processes?: ReleasedProcesses): Promise<Release> {
  const digest: Digest = `sha256:${digit.repeat(64)}`;
  const directory = join(home, 'releases', digit);
  const zip = zipSync({ 'index.mjs': Buffer.from(digit) }, { mtime: '1980-01-01T12:00:00' });
  const settings = canonicalJson({ sizes: { web: 96 } });
  const sha256 = createHash('sha256').update(settings).digest('hex');
  await mkdir(join(directory, 'settings'), { recursive: true });
  await writeFile(join(directory, 'service.zip'), zip);
  await writeFile(join(directory, 'settings/dev-aws.json'), settings);
  const service = { path: 'service.zip', codeSha256: createHash('sha256').update(zip).digest('base64') };
  const files = [{ path: 'settings/dev-aws.json', sha256 }];
  const manifest = { format: `soundbite.release/${processes ? 2 : 1}`, service, files, processes };
  const release = { digest, directory, manifest } as unknown as Release;
  releases.set(digest, release);
  return release;
}

const three: ReleasedProcesses = {
  environment: { TABLE: 'TableName' },
  components: [
    { name: 'order-mails', takes: ['events'], health: '/alive' },
    { name: 'web', takes: ['requests'], health: '/alive', role: 'WebRole', memory: 'settings.sizes.web', seconds: 5 },
    { name: 'bills', takes: ['events'], health: '/alive' },
  ],
};
const one: ReleasedProcesses = { components: [{ name: 'all', takes: ['requests', 'events'], health: '/up' }] };

const nameOf = (component: string, digit: string) => `service-dev-aws-${component}-${digit.repeat(12)}`;
const consuming = () => [...at.running].filter(([, { consuming: does }]) => does).map(([name]) => name);
const sharesOf = () => at.route()?.upstreams.map(({ release, share }) => [release[7], share]);

describe('a service whose processes have other names', () => {
  it('runs as it is declared: by its own variables, role, limits and health', async () => {
    await runtime().install(target, await released('a', three), fence);
    expect([...at.running.keys()].sort()).toEqual(
      [nameOf('bills', 'a'), nameOf('order_mails', 'a'), nameOf('web', 'a')].sort(),
    );
    const web = at.running.get(nameOf('web', 'a'))?.spec;
    expect(web?.args[0]).toBe('--max-old-space-size=96');
    expect(web?.args.at(-1)).toBe('web');
    expect(web).toMatchObject({ stopWithinMs: 15_000, health: { url: 'http://127.0.0.1:{port}/alive' } });
    expect(web?.env).toMatchObject({ TABLE: 'orders', AWS_CONTAINER_CREDENTIALS_FULL_URI: target.outputs.WebRole });
    expect(Object.keys(web?.env ?? {}).filter((key) => key === 'SOUNDBITE_TABLE' || key.endsWith('CONSUMING'))).toEqual(
      [],
    );
    const mails = at.running.get(nameOf('order_mails', 'a'))?.spec.env;
    expect(mails).toMatchObject({ TABLE: 'orders', SOUNDBITE_CONSUMING: 'false' });
    expect(mails).not.toHaveProperty('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  });

  it('moves forward and back with all that takes messages, and is gone without a rest', async () => {
    const [a, b] = [await released('a', three), await released('b', one)];
    for (const release of [a, b]) await runtime().install(target, release, fence);
    await runtime().setWeights(target, [{ release: a.digest, share: 1 }], 'forward', fence);
    expect(consuming()).toEqual([nameOf('order_mails', 'a'), nameOf('bills', 'a')]);
    expect(sharesOf()).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
    await runtime().setWeights(target, [{ release: b.digest, share: 1 }], 'forward', fence);
    expect(consuming()).toEqual([nameOf('all', 'b')]);
    expect(await runtime().observe(target)).toMatchObject({
      versions: [
        { share: 0, healthy: true },
        { share: 1, healthy: true },
      ],
      drift: [],
    });
    expect(await runtime().healthPaths(environment, null)).toEqual({
      alive: '/up',
      ready: '/up',
      keepsContract: false,
    });
    await runtime().setWeights(target, [{ release: a.digest, share: 1 }], 'back', fence);
    expect(consuming()).toEqual([nameOf('order_mails', 'a'), nameOf('bills', 'a')]);
    await runtime().retire(target, [a.digest], fence);
    expect([...at.running.keys()].every((name) => name.endsWith('a'.repeat(12)))).toBe(true);
  });

  it('is asked at the one process that takes requests, and invoked where it takes events', async () => {
    const a = await released('a', three);
    await runtime().install(target, a, fence);
    const answer = await runtime().request(target, a.digest, { method: 'GET', path: '/' });
    expect(JSON.parse(String(Buffer.from(answer.body)))).toMatchObject({ by: nameOf('web', 'a') });
    expect(answer.release).toBe(a.digest);
    expect(await runtime().invoke(target, a.digest, 'bills', {}, 5_000)).toMatchObject({ by: nameOf('bills', 'a') });
    await expect(runtime().invoke(target, a.digest, 'web', {}, 5_000)).rejects.toMatchObject({
      code: 'component-unknown',
      message: 'dev-aws has no component web to invoke; it has order-mails, bills',
    });
  });

  it('is not started without an output that it needs', async () => {
    const without = { ...target, outputs: {} };
    await expect(runtime().install(without, await released('a', three), fence)).rejects.toMatchObject({
      code: 'output-missing',
      message: 'the stack of dev-aws has no output TableName, which a process needs',
    });
  });
});

describe('a release of before', () => {
  it('runs api and worker as before, and its record is as short as it was', async () => {
    const before = await released('c');
    await runtime().install(target, before, fence);
    expect([...at.running.keys()].sort()).toEqual([nameOf('api', 'c'), nameOf('worker', 'c')]);
    const { env } = at.running.get(nameOf('worker', 'c'))?.spec ?? { env: {} };
    expect(env).toMatchObject({ SOUNDBITE_TABLE: '', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'worker' });
    const record = await readFile(join(home, 'versions', 'c'.repeat(64), 'dev-aws.json'), 'utf8');
    expect(Object.keys(JSON.parse(record))).toEqual(['token']);
    expect(await runtime().healthPaths(environment, null)).toMatchObject({ ready: '/ready', keepsContract: true });
  });

  it('can be gone back to from one that has other processes, and takes its messages again', async () => {
    const [before, a] = [await released('c'), await released('a', three)];
    for (const release of [before, a]) await runtime().install(target, release, fence);
    await runtime().setWeights(target, [{ release: a.digest, share: 1 }], 'forward', fence);
    await runtime().setWeights(target, [{ release: before.digest, share: 1 }], 'back', fence);
    expect(consuming()).toEqual([nameOf('worker', 'c')]);
    expect(sharesOf()).toEqual([
      ['a', 0],
      ['c', 1],
    ]);
  });
});
