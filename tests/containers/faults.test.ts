import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeInstallation } from '../../packages/containers/src/down.ts';
import { imageTag } from '../../packages/containers/src/images/names.ts';
import type { Fence, Release, Runtime, Target } from '../../packages/model/src/index.ts';
import { shortDigest } from '../../packages/model/src/index.ts';
import { composeRuntime } from '../../packages/runtimes/src/index.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { type FixtureBehaviour, fixtureRelease } from '../parts/runtimes/fixture-release.ts';
import { type RealParts, realParts } from '../parts/runtimes/real-parts.ts';
import { failures, pollingClient } from '../support/polling-client.ts';
import { testEngine } from './test-engine.ts';

const environment = declared('dev-localstack');
const engine = testEngine();
let parts: RealParts;
let runtime: Runtime;
/** Waits longer for what ends by itself: a busy machine takes its time to fill memory. */
let patient: Runtime;
let live: Release;
let target: Target;
const generation = 1;
const fence = (): Fence => ({ owner: 'faults', generation });
const cut = (behaviour: FixtureBehaviour) => fixtureRelease(join(parts.root, 'releases'), [environment], behaviour);

beforeAll(async () => {
  parts = await realParts(environment);
  const containers = engine.containers(parts.host);
  const options = { ...parts.onMachine, containers, credentialsEnv: async () => ({}) };
  runtime = composeRuntime({ ...options, startWithinMs: 4_000 });
  patient = composeRuntime(options);
  live = await cut({ note: 'live' });
  target = await parts.deploy(live, fence());
  await runtime.install(target, live, fence());
  await runtime.setWeights(target, [{ release: live.digest, share: 1 }], 'forward', fence());
});
afterAll(async () => {
  await engine.dispose();
  await parts.dispose();
});

const nameOf = (release: Release, component: string) =>
  `soundbite-${engine.installation.slice(0, 8)}-${environment.name}-${component}-${shortDigest(release.digest)}`;

/** What the live version is like, as it says itself and as it is seen. */
async function health(): Promise<string> {
  const { versions } = await runtime.observe(target);
  const version = versions.find(({ release }) => release === live.digest);
  return version?.healthy ? 'well' : (version?.detail ?? 'not there');
}

describe('a version that is not well is stopped before it has traffic, and users notice nothing', () => {
  it.each<[string, Omit<FixtureBehaviour, 'note'>, RegExp]>([
    ['ends at once', { crash: true }, /ended with exit code 1; its log ends:[\s\S]*told to crash at its start/],
    ['needs more memory than it may have', { eats: true }, /was killed: it needed more than its \d+ MiB of memory/],
    ['never becomes healthy', { ill: true }, /not healthy after 4000 ms: \/health answers 500/],
    ['listens on another port', { elsewhere: true }, /not healthy after 4000 ms: \/health does not answer/],
  ])('one that %s', async (what, behaviour, said) => {
    const bad = await cut({ note: what, ...behaviour });
    const users = pollingClient(await parts.url(), 20, '/soundbites');
    const tried = behaviour.eats || behaviour.crash ? patient : runtime;
    const refused = await tried.install(target, bad, fence()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'version-unhealthy', message: expect.stringMatching(said) });
    const answers = await users.stop();
    expect(answers.length).toBeGreaterThan(5);
    expect(failures(answers)).toEqual([]);
    // Nothing of it is left to start again and again.
    expect((await engine.names()).filter((name) => name.includes(shortDigest(bad.digest)))).toEqual([]);
  });
});

it('an image with another release’s digest in its label never has traffic: it is told and made anew, and users notice nothing', async () => {
  const next = await cut({ note: 'labelled' });
  const tagOf = ({ digest }: Release) =>
    imageTag({ service: 'soundbite', release: digest, environment: environment.name }, engine.installation);
  await engine.docker('tag', tagOf(live), tagOf(next));
  const users = pollingClient(await parts.url(), 20, '/soundbites');
  expect(await runtime.install(target, next, fence())).toEqual([
    expect.stringContaining(`${tagOf(next)} was another image`),
  ]);
  const label = '{{index .Config.Labels "dev.soundbite.release"}}';
  expect(await engine.docker('inspect', '--format', label, nameOf(next, 'api'))).toBe(next.digest);
  const answers = await users.stop();
  expect(failures(answers)).toEqual([]);
  expect(new Set(answers.map(({ release }) => release))).toEqual(new Set([live.digest]));
  await runtime.retire(target, [live.digest], fence());
});

it('a container that is somebody else’s and has our name is told and left alone', async () => {
  const next = await cut({ note: 'next' });
  const name = nameOf(next, 'api');
  await engine.docker('create', '--name', name, engine.base, '-');
  try {
    const refused = await runtime.install(target, next, fence()).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'container-name-taken',
      hint: expect.stringContaining(`docker rm -f ${name}`),
    });
    expect(await engine.docker('inspect', '--format', '{{.State.Status}}', name)).toBe('created');
    expect(await health()).toBe('well');
  } finally {
    await engine.docker('rm', '--force', name);
  }
  await runtime.install(target, next, fence());
  await runtime.retire(target, [live.digest], fence());
});

describe('what somebody did to the live version’s containers is seen, and put right by the next installation', () => {
  it.each<[string, (name: string) => Promise<unknown>, RegExp]>([
    ['stopped', (name) => engine.docker('stop', name), /api process is ended: it ended with exit code/],
    ['removed', (name) => engine.docker('rm', '--force', name), /api process is not there/],
    ['paused', (name) => engine.docker('pause', name), /api process is unhealthy: somebody paused it/],
    [
      'made anew from another image',
      replaced,
      /api process is unhealthy: it runs sha256:.* the image of its release is sha256:/,
    ],
  ])('%s', async (_what, act, seen) => {
    await act(nameOf(live, 'api'));
    expect(await health()).toMatch(seen);
    await runtime.install(target, live, fence());
    expect(await health()).toBe('well');
    expect((await fetch(`${await parts.url()}/soundbites`)).status).toBe(200);
  });

  it('a container that died is started again by the engine itself, which is told', async () => {
    const before = (await runtime.observe(target)).restarts;
    const pid = await engine.docker('inspect', '--format', '{{.State.Pid}}', nameOf(live, 'api'));
    process.kill(Number(pid), 'SIGKILL');
    await expect.poll(async () => (await runtime.observe(target)).restarts).toBeGreaterThan(before);
    await expect.poll(health).toBe('well');
  });

  it('the edge that is killed is back at its address, and leads to the same containers', async () => {
    const [url, before] = [await parts.url(), await engine.names()];
    const edge = async () => (await parts.host.list()).find(({ name }) => name === 'edge');
    const pid = (await edge())?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await edge())?.pid).not.toBe(pid);
    await expect.poll(() => fetch(`${url}/soundbites`).then(({ status }) => status, String)).toBe(200);
    expect([await engine.names(), await health()]).toEqual([before, 'well']);
  });

  it('a port that somebody took while it was stopped: it gets another one, and the edge follows', async () => {
    const name = nameOf(live, 'api');
    const published = async () => (await engine.docker('port', name, '8080/tcp')).split(':').at(-1);
    const before = await published();
    await engine.docker('stop', name);
    const thief = createServer();
    try {
      // A container of another test may have been quicker: then that is who took it.
      const taken = once(thief.listen(Number(before), '127.0.0.1'), 'listening');
      await taken.catch((error: NodeJS.ErrnoException) => expect(error.code).toBe('EADDRINUSE'));
      await runtime.install(target, live, fence());
      expect(await published()).not.toBe(before);
      expect(await health()).toBe('well');
      expect((await fetch(`${await parts.url()}/soundbites`)).status).toBe(200);
    } finally {
      thief.close();
    }
  });
});

/** Its name and labels, and another image: what forgers can do. */
async function replaced(name: string): Promise<void> {
  const labels = JSON.parse(await engine.docker('inspect', '--format', '{{json .Config.Labels}}', name)) as Record<
    string,
    string
  >;
  await engine.docker('rm', '--force', name);
  const told = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  await engine.docker(
    'run',
    '--init',
    '--detach',
    '--name',
    name,
    ...told,
    engine.base,
    'node',
    '-e',
    'setInterval(() => {}, 1000)',
  );
}

it('down removes what is of the installation, containers, secrets and networks, and nothing else', async () => {
  const other = await engine.docker('create', '--label', 'dev.soundbite.installation=of-another', engine.base, '-');
  try {
    expect((await engine.names()).length).toBeGreaterThan(0);
    await removeInstallation(engine.installation);
    expect([await engine.names(), await engine.left()]).toEqual([[], []]);
    expect(await engine.docker('inspect', '--format', '{{.State.Status}}', other)).toBe('created');
  } finally {
    await engine.docker('rm', other);
  }
  // As `up` does after it.
  await runtime.install(target, live, fence());
  expect(await health()).toBe('well');
});

it('nothing secret is in what the engine shows of a container, and it has no more rights than it needs', async () => {
  const shown = JSON.parse(await engine.docker('inspect', nameOf(live, 'worker')))[0];
  const held = JSON.parse(
    await engine.docker(
      'exec',
      nameOf(live, 'worker'),
      'node',
      '-p',
      "fs.readFileSync('/run/soundbite/env.json', 'utf8')",
    ),
  ) as { readonly variables: Record<string, string>; readonly relay: { readonly token: string } };
  for (const secret of [held.variables.SOUNDBITE_CONTROL_TOKEN ?? '', held.relay.token]) {
    expect(secret.length).toBeGreaterThan(20);
    expect(JSON.stringify(shown)).not.toContain(secret);
  }
  expect(shown.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false, Init: true });
  expect(shown.Config.User).toBe('10001:10001');
  expect(shown.HostConfig.PortBindings['8080/tcp']).toMatchObject([{ HostIp: '127.0.0.1' }]);
});
