import type { Fence, LogLine, Release, RequestsSince, Runtime, Target, VersionShare } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, healthyShare, shareSeen } from './testing-observed.ts';
import { usersOf } from './testing-users.ts';
import { poll } from './waiting.ts';

/** How the service of a release behaves. It says `note` wherever it is used. */
export interface Behaviour {
  readonly note: string;
  /** Ends at its start, and says that it was told to crash at its start. */
  readonly crash?: boolean;
  /** Fails at the event of `failing`, and says that it was told to fail. */
  readonly fails?: boolean;
  /** Its manifest promises other code than it has: what a runtime finds must not be believed. */
  readonly promisesOther?: boolean;
}

/** An event for a component, by its name. */
export interface HandedEvent {
  readonly component: string;
  readonly event: unknown;
}

/** A runtime on real parts, with a service of at least two releases and an environment of its own that nobody uses besides. */
export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  cut(behaviour: Behaviour): Promise<Release>;
  /** What a promotion does before it installs a version: the environment's stack as of this release. */
  deploy(release: Release, fence: Fence): Promise<Target>;
  /** Uses the service once, whole, as its users do: the note of the release that served. Throws where nobody serves. */
  use(): Promise<string>;
  /** The environment's stable URL, and a path there that answers 200 and, where it can, whether the request was a rehearsal's. Null: nothing speaks HTTP. */
  readonly http: { url(): Promise<string>; readonly path: string; isRehearsal?(body: unknown): boolean } | null;
  /** Handed in a rehearsal, and answered so that the note of its release can be read. */
  readonly asked: HandedEvent & { says(answer: unknown): string };
  /** What a release that fails fails at, and a text that it logs then. */
  readonly failing: HandedEvent & { readonly logs: string };
  /** Takes the live version out of traffic or breaks it, as somebody would who does not ask us. */
  disturb(target: Target): Promise<void>;
  /** Somebody makes code that says it is this release and is not: it would say another note. No running code changes by that. */
  forge(target: Target, release: Release): Promise<void>;
  dispose(): Promise<void>;
}

/** What a service may be unable to show. */
export type Showable =
  | 'reaches a version that has no traffic by a pinned request'
  | 'marks a pinned request as a rehearsal'
  | 'says where it is reached, and tells each of its requests once to who asks on'
  | 'refuses a version that crashes at its start, saying why, while the live one serves'
  | 'has no version left once it is taken down';

/** Why a service cannot show something, in a few words. */
export type UnableToShow = Readonly<Partial<Record<Showable, string>>>;

/** Under this name the suite acts on its environment. */
export const conformanceOwner = 'conformance';
const owner = conformanceOwner;

/** What every runtime promises (ports/runtime.ts), told as the life of one environment: each test goes on where the one before ended. */
export function runtimeConformance(
  name: string,
  open: () => Promise<RuntimeUnderTest>,
  unable: UnableToShow = {},
): void {
  /** A test that some services cannot pass: it is not taken for passed then. */
  const itIfAble = (title: Showable, act: () => Promise<void>) =>
    unable[title] === undefined ? it(title, act) : it.skip(`${title}: ${unable[title]}`);
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

    const one = { note: 'release-one' };
    const two = { note: 'release-two' };

    beforeAll(async () => {
      under = await open();
      runtime = under.runtime;
      first = await under.cut(one);
      second = await under.cut(two);
      crashing = await under.cut({ note: 'release-crashing', crash: true });
      failing = await under.cut({ note: 'release-failing', fails: true });
      target = await under.deploy(first, fence());
    });
    afterAll(() => under?.dispose());

    it('installs a version that takes no traffic: the environment stays empty', async () => {
      await runtime.install(target, first, fence());
      expect(shareSeen(await runtime.observe(target), first.digest)).toBe(0);
      await servesNobody();
    });

    itIfAble('reaches a version that has no traffic by a pinned request', async () => {
      const { release } = await pinned(first);
      expect(release).toBe(first.digest);
    });

    itIfAble('marks a pinned request as a rehearsal', async () => {
      for (const rehearsal of [false, true]) {
        const { body } = await pinned(first, rehearsal);
        expect(under.http?.isRehearsal?.(body)).toBe(rehearsal);
      }
    });

    it('hands an event to one version of a component', async () => {
      expect(await asked(first)).toBe(one.note);
    });

    it('says which components there are, asked for one that is not', async () => {
      const error = await expectError(runtime.invoke(target, first.digest, 'nobody', {}, 10_000), 'component-unknown');
      expect(error.message).toMatch(new RegExp(`has no component nobody.*; it has .*${under.asked.component}`));
    });

    it('installs twice what is installed once', async () => {
      const before = await runtime.observe(target);
      await runtime.install(target, first, fence());
      expect(await runtime.observe(target)).toEqual(before);
    });

    it('refuses a share for a version that is not there, and nothing changes', async () => {
      await expectError(give(second), 'version-unknown');
      await servesNobody();
    });

    it('gives the first version all traffic', async () => {
      await give(first);
      expect(await served(1)).toEqual(new Set([one.note]));
      expect(healthyShare(await runtime.observe(target), first.digest)).toBe(1);
    });

    it('tells of each component that serves how it is, and within which memory', async () => {
      const told = (await runtime.components?.(target)) ?? [];
      const serving = told.filter(({ serves }) => serves);
      expect(serving.map(({ component }) => component)).toContain(under.asked.component);
      for (const { as, release, isWell, restarts, oomKills, memory, reason } of serving) {
        expect({ release, isWell, reason }).toEqual({ release: first.digest, isWell: true, reason: undefined });
        expect(memory.limitMiB).toBeGreaterThan(0);
        if (as === 'container') expect(memory.usedMiB).toBeGreaterThan(10);
        // Where nobody can tell it is null, and no number.
        expect({ restarts, oomKills }).toEqual({
          restarts: as === 'function' ? null : 0,
          oomKills: as === 'container' ? 0 : null,
        });
      }
    });

    itIfAble('says where it is reached, and tells each of its requests once to who asks on', async () => {
      const url = (await under.http?.url()) ?? '';
      expect(await runtime.address(target.environment, target.outputs)).toMatchObject({ url });
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
        for (let i = 0; i < count; i += 1) expect((await fetch(`${url}${under.http?.path}`)).status).toBe(200);
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

    it('moves forward and back, and its users miss nothing', async () => {
      const users = usersOf(under.use);
      await moved(second);
      expect(await served(5)).toEqual(new Set([one.note]));
      await give(second);
      expect(await served(5)).toEqual(new Set([two.note]));
      await give(first, 'back');
      expect(await served(5)).toEqual(new Set([one.note]));
      await give(second);
      const met = await users.end();
      expect(met.failures).toEqual([]);
      expect(met.said).toEqual(new Set([one.note, two.note]));
      expect(met.count).toBeGreaterThan(5);
    });

    it('splits the traffic by shares, and says so', async () => {
      const weights = [
        { release: second.digest, share: 0.7 },
        { release: first.digest, share: 0.3 },
      ];
      await runtime.setWeights(target, weights, 'forward', fence());
      // A lot drawn 60 times: each release is as good as certain to be among them.
      const seen = new Set<string>();
      for (let i = 0; i < 60 && seen.size < 2; i += 1) seen.add(await under.use());
      expect(seen).toEqual(new Set([one.note, two.note]));
      const told = await runtime.observe(target);
      expect(healthyShare(told, second.digest)).toBeCloseTo(0.7);
      expect(healthyShare(told, first.digest)).toBeCloseTo(0.3);
      await give(second);
      expect(await served(10)).toEqual(new Set([two.note]));
    });

    it('shuts out an older generation', async () => {
      const old: Fence = { owner, generation: generation - 1 };
      const weights = [{ release: first.digest, share: 1 }];
      await expectError(runtime.install(target, first, old), 'generation-old');
      await expectError(runtime.setWeights(target, weights, 'forward', old), 'generation-old');
      await expectError(runtime.retire(target, [], old), 'generation-old');
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
    });

    itIfAble('refuses a version that crashes at its start, saying why, while the live one serves', async () => {
      const users = usersOf(under.use);
      generation += 1;
      target = await under.deploy(crashing, fence());
      const error = await expectError(runtime.install(target, crashing, fence()), 'version-unhealthy');
      expect(error.source).toBe('user');
      expect(error.message).toContain('told to crash at its start');
      const met = await users.end();
      expect(met.failures).toEqual([]);
      expect(met.said).toEqual(new Set([two.note]));
    });

    it('says why a component fails, and shows the lines of its processes or functions', async () => {
      await moved(failing);
      const { component, event, logs } = under.failing;
      const invoked = runtime.invoke(target, failing.digest, component, event, 10_000);
      const error = await expectError(invoked, 'worker-failed');
      expect(error.message).toContain('told to fail');
      const found = await poll(() => logLine(logs), { everyMs: 100, withinMs: 10_000 });
      expect(found).toMatchObject({ source: component });
    });

    it('refuses code that is not what was released', async () => {
      const altered = await under.cut({ note: 'release-altered', promisesOther: true });
      generation += 1;
      target = await under.deploy(altered, fence());
      await expectError(runtime.install(target, altered, fence()), 'code-altered');
    });

    it('gives back what is not kept, and never what has traffic', async () => {
      await runtime.retire(target, [first.digest], fence());
      expect(await asked(first)).toBe(one.note);
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
      expect(await served(3)).toEqual(new Set([two.note]));
      await expectError(asked(failing), 'version-unknown');
      await runtime.retire(target, [first.digest], fence());
    });

    it('tells the truth after a change behind our back, and puts it right when asked again', async () => {
      await under.disturb(target);
      expect(healthyShare(await runtime.observe(target), second.digest)).not.toBe(1);
      await runtime.install(target, second, fence());
      await give(second);
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
      expect(await served(5)).toEqual(new Set([two.note]));
    });

    it('takes nothing for a release that only says that it is, tells of it, and puts it right when asked again', async () => {
      await moved(second);
      expect(await runtime.observe(target)).toMatchObject({ drift: [] });
      await under.forge(target, second);
      const seen = await runtime.observe(target);
      expect(seen.drift.length).toBeGreaterThan(0);
      await give(second);
      expect(await served(5)).toEqual(new Set([two.note]));
      expect(await asked(second)).toBe(two.note);
      const said = [
        ...(await runtime.install(target, second, fence())),
        ...(await runtime.retire(target, [first.digest, second.digest], fence())),
      ];
      for (const { where } of seen.drift) expect(said.join()).toContain(where);
      const after = await runtime.observe(target);
      expect(after.drift).toEqual([]);
      expect(healthyShare(after, second.digest)).toBe(1);
      expect(await served(5)).toEqual(new Set([two.note]));
    });

    it('brings a version back that is gone, from its release, and leaves all else as it is', async () => {
      await expectError(asked(failing), 'version-unknown');
      const before = (await runtime.observe(target)).drift;
      for (const _ of [1, 2]) await runtime.install(target, failing, fence(), 'store');
      // It fails, for that is what it was made for: it is there.
      const { component, event } = under.failing;
      await expectError(runtime.invoke(target, failing.digest, component, event, 10_000), 'worker-failed');
      expect((await runtime.observe(target)).drift).toEqual(before);
      expect(healthyShare(await runtime.observe(target), second.digest)).toBe(1);
      expect(await served(3)).toEqual(new Set([two.note]));
    });

    it('is empty again without weights', async () => {
      await runtime.setWeights(target, [], 'back', fence());
      await servesNobody();
      await runtime.install(target, first, fence());
      await give(first);
      expect(await served(3)).toEqual(new Set([one.note]));
    });

    it('is taken down, also once more and without its stack; its address says that it is empty', async () => {
      for (const outputs of [target.outputs, target.outputs, null]) {
        await runtime.takeDown(target, outputs, fence());
        await servesNobody();
      }
    });

    itIfAble('has no version left once it is taken down', async () => {
      const { versions } = await runtime.observe(target);
      expect(versions.map(({ release }) => release)).not.toContain(second.digest);
    });

    /** The stack and an installed version of a release, as a promotion has them before it moves traffic. */
    async function moved(release: Release): Promise<void> {
      generation += 1;
      target = await under.deploy(release, fence());
      await runtime.install(target, release, fence());
    }

    /** All traffic. */
    async function give({ digest }: Release, direction: 'forward' | 'back' = 'forward'): Promise<void> {
      const weights: VersionShare[] = [{ release: digest, share: 1 }];
      await runtime.setWeights(target, weights, direction, fence());
    }

    async function servesNobody(): Promise<void> {
      expect((await runtime.observe(target)).versions.every((version) => version.share === 0)).toBe(true);
      if (under.http === null) return;
      const answer = await fetch(await under.http.url());
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }

    /** What a version says of itself when it is handed an event, whatever the weights. */
    async function asked({ digest }: Release): Promise<string> {
      const { component, event, says } = under.asked;
      return says(await runtime.invoke(target, digest, component, event, 10_000));
    }

    async function pinned({ digest }: Release, rehearsal = false) {
      const request = { method: 'GET', path: under.http?.path ?? '/', rehearsal };
      const { status, body, headers, release } = await runtime.request(target, digest, request);
      expect(status).toBe(200);
      const said = JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
      return { release: release ?? headers['x-soundbite-release'], body: said };
    }

    /** The notes of those that serve, used so many times. */
    async function served(count: number): Promise<Set<string>> {
      const notes = new Set<string>();
      for (let i = 0; i < count; i += 1) notes.add(await under.use());
      return notes;
    }

    async function logLine(text: string): Promise<LogLine | undefined> {
      for await (const line of runtime.logs(target, { sinceMs: 0, follow: false }))
        if (line.text.includes(text)) return line;
      return undefined;
    }
  });
}
