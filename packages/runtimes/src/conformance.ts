import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Digest,
  type Fence,
  type LogLine,
  type Observation,
  type Release,
  type RequestsSince,
  type Runtime,
  SoundBiteError,
  type Target,
} from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from './waiting.ts';

/** How the service of a release behaves. `note` only tells releases apart. */
export interface Behaviour {
  readonly note: string;
  /** Ends at its start. */
  readonly crash?: boolean;
  /** The worker throws at every job. */
  readonly workerFails?: boolean;
  /** Its manifest promises other code than it has: what a runtime finds must not be believed. */
  readonly promisesOther?: boolean;
}

/** A runtime on real parts, with an environment of its own that nobody uses besides. */
export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** Cuts a release whose API answers GET /version {release, rehearsal} and whose worker answers {batchItemFailures, release}. */
  cut(behaviour: Behaviour): Promise<Release>;
  /** What a promotion does before it installs a version: the environment's stack as of this release. */
  deploy(release: Release, fence: Fence): Promise<Target>;
  /** The environment's stable URL. */
  url(): Promise<string>;
  /** Takes the live version out of traffic or breaks it, as somebody would who does not ask us. */
  disturb(target: Target): Promise<void>;
  /** Somebody makes code that says it is this release and is not: as the one who answers it names `forged`. No running code changes by that. */
  forge(target: Target, release: Release): Promise<void>;
  dispose(): Promise<void>;
}

/** Under this name the suite acts on its environment. */
export const conformanceOwner = 'conformance';
const owner = conformanceOwner;

/** What every runtime promises (ports/runtime.ts), told as the life of one environment: each test goes on where the one before ended. */
export function runtimeConformance(name: string, open: () => Promise<RuntimeUnderTest>): void {
  describe(`${name} keeps the promises of a runtime`, () => {
    let under: RuntimeUnderTest;
    let runtime: Runtime;
    let target: Target;
    let first: Release;
    let second: Release;
    let crashing: Release;
    let failing: Release;
    let generation = 1;
    const fence = (): Fence => ({ owner, generation });

    beforeAll(async () => {
      under = await open();
      runtime = under.runtime;
      first = await under.cut({ note: 'first' });
      second = await under.cut({ note: 'second' });
      crashing = await under.cut({ note: 'crashing', crash: true });
      failing = await under.cut({ note: 'failing', workerFails: true });
      target = await under.deploy(first, fence());
    });
    afterAll(() => under?.dispose());

    it('installs a version that takes no traffic: the environment stays empty', async () => {
      await runtime.install(target, first, fence());
      expect(share(await runtime.observe(target), first.digest)).toBe(0);
      expect((await runtime.observe(target)).versions.every((version) => version.share === 0)).toBe(true);
      const answer = await fetch(await under.url());
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    });

    it('reaches a version that has no traffic by a pinned request, and marks a rehearsal', async () => {
      expect(await pinned(first)).toEqual({ release: first.digest, rehearsal: false });
      expect(await pinned(first, true)).toEqual({ release: first.digest, rehearsal: true });
    });

    it('hands an event to one version of the worker', async () => {
      const event = { Records: [{ messageId: '1', body: '{}' }] };
      expect(await runtime.invoke(target, first.digest, 'worker', event, 10_000)).toMatchObject({
        release: first.digest,
      });
    });

    it('says which components there are, asked for one that is not', async () => {
      const error = await expectError(runtime.invoke(target, first.digest, 'nobody', {}, 10_000), 'component-unknown');
      expect(error.message).toMatch(/has no component nobody.*; it has .*worker/);
    });

    it('installs twice what is installed once', async () => {
      const before = await runtime.observe(target);
      await runtime.install(target, first, fence());
      expect(await runtime.observe(target)).toEqual(before);
    });

    it('refuses a share for a version that is not there, and nothing changes', async () => {
      const weights = [{ release: second.digest, share: 1 }];
      await expectError(runtime.setWeights(target, weights, 'forward', fence()), 'version-unknown');
      expect((await fetch(await under.url())).status).toBe(503);
    });

    it('gives the first version all traffic', async () => {
      await runtime.setWeights(target, [{ release: first.digest, share: 1 }], 'forward', fence());
      expect(await answering(1)).toEqual(new Set([first.digest]));
      expect(healthyShare(await runtime.observe(target), first.digest)).toBe(1);
    });

    it('says where it is reached, and tells each of its requests once to who asks on', async () => {
      expect(await runtime.address(target.environment, target.outputs)).toMatchObject({ url: await under.url() });
      let since: RequestsSince = { time: Date.now() };
      const told = async (count: number) => {
        const seen: (string | null)[] = [];
        await poll(
          async () => {
            const { records, next } = await runtime.requests(target, since);
            since = next;
            seen.push(...records.map(({ release }) => release));
            return seen.length >= count ? true : undefined;
          },
          { everyMs: 50, withinMs: 10_000 },
        );
        return seen;
      };
      for (const count of [3, 2]) {
        await answering(count);
        expect(await told(count)).toEqual(Array(count).fill(first.digest));
      }
      expect((await runtime.requests(target, since)).records).toEqual([]);
    });

    it('leads one life while nothing that it stands on is started anew', async () => {
      const life = await runtime.life(target.environment);
      expect(await runtime.life(target.environment)).toBe(life);
    });

    it('keeps the live version live when it is installed again', async () => {
      await runtime.install(target, first, fence());
      expect(healthyShare(await runtime.observe(target), first.digest)).toBe(1);
    });

    it('moves forward and back under a polling client without one failed request', async () => {
      const client = pollingClient(await under.url());
      generation += 1;
      target = await under.deploy(second, fence());
      await runtime.install(target, second, fence());
      expect(await answering(5)).toEqual(new Set([first.digest]));
      await runtime.setWeights(target, [{ release: second.digest, share: 1 }], 'forward', fence());
      expect(await answering(5)).toEqual(new Set([second.digest]));
      await runtime.setWeights(target, [{ release: first.digest, share: 1 }], 'back', fence());
      expect(await answering(5)).toEqual(new Set([first.digest]));
      await runtime.setWeights(target, [{ release: second.digest, share: 1 }], 'forward', fence());
      const seen = await client.end();
      expect(seen.failures).toEqual([]);
      expect(seen.releases).toEqual(new Set([first.digest, second.digest]));
      expect(seen.count).toBeGreaterThan(20);
    });

    it('splits the traffic by shares, and says so', async () => {
      const weights = [
        { release: second.digest, share: 0.7 },
        { release: first.digest, share: 0.3 },
      ];
      await runtime.setWeights(target, weights, 'forward', fence());
      expect(await answering(60)).toEqual(new Set([first.digest, second.digest]));
      const seen = await runtime.observe(target);
      expect(healthyShare(seen, second.digest)).toBeCloseTo(0.7);
      expect(healthyShare(seen, first.digest)).toBeCloseTo(0.3);
      await runtime.setWeights(target, [{ release: second.digest, share: 1 }], 'forward', fence());
      expect(await answering(10)).toEqual(new Set([second.digest]));
    });

    it('shuts out an older generation', async () => {
      const old: Fence = { owner, generation: generation - 1 };
      const weights = [{ release: first.digest, share: 1 }];
      await expectError(runtime.install(target, first, old), 'generation-old');
      await expectError(runtime.setWeights(target, weights, 'forward', old), 'generation-old');
      await expectError(runtime.retire(target, [], old), 'generation-old');
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
    });

    it('refuses a version that crashes at its start, saying why, while the live one serves', async () => {
      const client = pollingClient(await under.url());
      generation += 1;
      target = await under.deploy(crashing, fence());
      const error = await expectError(runtime.install(target, crashing, fence()), 'version-unhealthy');
      expect(error.source).toBe('user');
      expect(error.message).toContain('the fixture was told to crash at its start');
      const seen = await client.end();
      expect(seen.failures).toEqual([]);
      expect(seen.releases).toEqual(new Set([second.digest]));
    });

    it('says why a worker fails', async () => {
      generation += 1;
      target = await under.deploy(failing, fence());
      await runtime.install(target, failing, fence());
      const invoked = runtime.invoke(target, failing.digest, 'worker', { Records: [{ body: '{}' }] }, 10_000);
      const error = await expectError(invoked, 'worker-failed');
      expect(error.message).toContain('the fixture was told to fail its jobs');
    });

    it('refuses code that is not what was released', async () => {
      const altered = await under.cut({ note: 'altered', promisesOther: true });
      generation += 1;
      target = await under.deploy(altered, fence());
      await expectError(runtime.install(target, altered, fence()), 'code-altered');
    });

    it('gives back what is not kept, and never what has traffic', async () => {
      await runtime.retire(target, [first.digest], fence());
      expect(await pinned(first)).toMatchObject({ release: first.digest });
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
      expect(await answering(3)).toEqual(new Set([second.digest]));
      const gone = runtime.request(target, failing.digest, { method: 'GET', path: '/version' });
      await expectError(gone, 'version-unknown');
      await runtime.retire(target, [first.digest], fence());
    });

    it('shows the lines of its processes or functions', async () => {
      await runtime.invoke(target, second.digest, 'worker', { Records: [{ body: '{}' }] }, 10_000);
      const found = await poll(() => logLine('worker was invoked'), { everyMs: 100, withinMs: 10_000 });
      expect(found).toMatchObject({ source: 'worker' });
    });

    it('tells the truth after a change behind our back, and puts it right when asked again', async () => {
      await under.disturb(target);
      expect(healthyShare(await runtime.observe(target), second.digest)).not.toBe(1);
      await runtime.install(target, second, fence());
      await runtime.setWeights(target, [{ release: second.digest, share: 1 }], 'forward', fence());
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
      expect(await answering(5)).toEqual(new Set([second.digest]));
    });

    it('takes nothing for a release that only says that it is, tells of it, and puts it right when asked again', async () => {
      generation += 1;
      target = await under.deploy(second, fence());
      await runtime.install(target, second, fence());
      expect(await runtime.observe(target)).toMatchObject({ drift: [] });
      await under.forge(target, second);
      const seen = await runtime.observe(target);
      expect(seen.drift.length).toBeGreaterThan(0);
      await runtime.setWeights(target, [{ release: second.digest, share: 1 }], 'forward', fence());
      expect(await answering(5)).toEqual(new Set([second.digest]));
      expect(await pinned(second)).toMatchObject({ release: second.digest });
      const said = [
        ...(await runtime.install(target, second, fence())),
        ...(await runtime.retire(target, [first.digest, second.digest], fence())),
      ];
      for (const { where } of seen.drift) expect(said.join()).toContain(where);
      const after = await runtime.observe(target);
      expect(after.drift).toEqual([]);
      expect(healthyShare(after, second.digest)).toBe(1);
      expect(await answering(5)).toEqual(new Set([second.digest]));
    });

    it('brings a version back that is gone, from its release, and leaves all else as it is', async () => {
      const gone = runtime.request(target, failing.digest, { method: 'GET', path: '/version' });
      await expectError(gone, 'version-unknown');
      const before = (await runtime.observe(target)).drift;
      for (const _ of [1, 2]) await runtime.install(target, failing, fence(), 'store');
      expect(await pinned(failing)).toMatchObject({ release: failing.digest });
      expect((await runtime.observe(target)).drift).toEqual(before);
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
      expect(await answering(3)).toEqual(new Set([second.digest]));
    });

    it('is empty again without weights', async () => {
      await runtime.setWeights(target, [], 'back', fence());
      expect((await fetch(await under.url())).status).toBe(503);
      expect((await runtime.observe(target)).versions.every((version) => version.share === 0)).toBe(true);
      await runtime.install(target, first, fence());
      await runtime.setWeights(target, [{ release: first.digest, share: 1 }], 'forward', fence());
      expect(await answering(3)).toEqual(new Set([first.digest]));
    });

    it('is taken down with all its versions, also once more and without its stack; its address says that it is empty', async () => {
      for (const outputs of [target.outputs, target.outputs, null]) {
        await runtime.takeDown(target, outputs, fence());
        expect((await fetch(await under.url())).status).toBe(503);
      }
      const { versions } = await runtime.observe(target);
      expect(versions.every((version) => version.share === 0)).toBe(true);
      expect(versions.map(({ release }) => release)).not.toContain(second.digest);
    });

    async function pinned(release: Release, rehearsal = false): Promise<unknown> {
      const request = { method: 'GET', path: '/version', rehearsal };
      const { status, body } = await runtime.request(target, release.digest, request);
      expect(status).toBe(200);
      const said = JSON.parse(Buffer.from(body).toString('utf8')) as { release: string; rehearsal: boolean };
      return { release: said.release, rehearsal: said.rehearsal };
    }

    /** Which releases answer `count` requests at the stable URL. */
    async function answering(count: number): Promise<Set<string | null>> {
      const releases = new Set<string | null>();
      for (let i = 0; i < count; i += 1) releases.add((await askVersion(await under.url())).release);
      return releases;
    }

    async function logLine(text: string): Promise<LogLine | undefined> {
      for await (const line of runtime.logs(target, { sinceMs: 0, follow: false }))
        if (line.text.includes(text)) return line;
      return undefined;
    }
  });
}

const share = (seen: Observation, release: Digest): number =>
  seen.versions.find((version) => version.release === release)?.share ?? 0;

/** The share of a version that is healthy; null for one that is not, with its detail in the failure. */
function healthyShare(seen: Observation, release: Digest): number | string {
  const version = seen.versions.find((one) => one.release === release);
  if (!version) return 'not there';
  return version.healthy ? version.share : version.detail;
}

async function expectError(act: Promise<unknown>, code: string): Promise<SoundBiteError> {
  const error = await act.then(
    () => new Error(`nothing was refused; expected ${code}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SoundBiteError)) throw error;
  expect({ code: error.code, message: error.message }).toMatchObject({ code });
  return error;
}

async function askVersion(url: string): Promise<{ readonly status: number; readonly release: string | null }> {
  const answer = await fetch(`${url}/version`);
  await answer.arrayBuffer();
  return { status: answer.status, release: answer.headers.get('x-soundbite-release') };
}

/** Asks again and again until it is ended; remembers what failed and who answered. */
function pollingClient(url: string) {
  const failures: string[] = [];
  const releases = new Set<string | null>();
  let count = 0;
  let isOn = true;
  const run = async () => {
    while (isOn) {
      const answer = await askVersion(url).catch((error: Error) => ({ status: 0, release: error.message }));
      count += 1;
      if (answer.status === 200) releases.add(answer.release);
      else failures.push(`${answer.status} by ${answer.release}`);
      await sleep(5);
    }
  };
  const running = Promise.all([run(), run()]);
  return {
    async end() {
      isOn = false;
      await running;
      return { failures, releases, count };
    },
  };
}
