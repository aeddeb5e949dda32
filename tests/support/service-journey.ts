import type { Status } from '@soundbite/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aliasedVersions } from '../../packages/runtimes/src/testing-account.ts';
import { usersOf } from '../../packages/runtimes/src/testing-users.ts';
import { asItStands, type DescribedService, type Place } from './described/service.ts';
import type { PromotionDocument } from './environments.ts';
import { type ServiceStage, serviceStage } from './service-stage.ts';

const note = 'release-two';

/** A stage for all tests of a file. */
export function stageOf({ name }: DescribedService): () => ServiceStage {
  let stage: ServiceStage | undefined;
  beforeAll(async () => {
    stage = await serviceStage(name);
  });
  afterAll(() => stage?.remove());
  return () => stage as ServiceStage;
}

/**
 * The journey of any service, from wherever its environments are: the first release through all of them, a bad one, a second one, and back in the last. Its
 * source is as before then; the last environment has the first release and all others the second one.
 */
export function serviceJourney(service: DescribedService, on: () => ServiceStage): void {
  let places: ReadonlyMap<string, Place>;
  let first: string;
  const names = () => [...places.keys()];
  const last = () => names().at(-1) ?? '';
  const placeOf = (name: string) => places.get(name) as Place;
  /** Which release is live, and well, in each. */
  const live = async () =>
    (await on().soundbite<Status>(0, 'status')).environments.map(({ state, release }) => `${state} ${release}`);
  const allHave = (...releases: string[]) => releases.map((release) => `healthy ${release}`);
  /** Users of an environment while something is done. */
  const whileUsed = async <T>(name: string, act: () => Promise<T>, howMany = 1) => {
    const users = usersOf(() => service.use(placeOf(name)), { howMany, everyMs: 50 });
    const done = await act().finally(() => users.end());
    return { done, met: await users.end() };
  };
  const promote = (exit: number, release: string, ...args: string[]) =>
    on().soundbite<PromotionDocument>(exit, 'promote', ...args, '--release', release);

  it('comes up in all its environments with one release, which serves its users in each', async () => {
    const { environments } = await on().soundbite<Status>(0, 'up');
    first = environments[0]?.release ?? 'none';
    expect(first).toMatch(/^sha256:/);
    expect(environments).toEqual(environments.map(() => expect.objectContaining({ state: 'healthy', release: first })));
    const found = environments.map(
      async ({ name, url }) => [name, { url, account: await on().account(name) }] as const,
    );
    places = new Map(await Promise.all(found));
    for (const place of places.values()) expect(await service.use(place)).toBe(asItStands);
  });

  it('is stopped by its own smoke before users meet a bad release', async () => {
    const [name = ''] = names();
    const bad = await on().cut(service.bad.edits);
    const { done, met } = await whileUsed(name, () => promote(1, bad, name));
    expect(done).toMatchObject({ state: 'failed', reason: expect.stringMatching(service.bad.reason) });
    expect(done.steps.map((step) => step.name)).not.toContain('shift');
    expect(met).toMatchObject({ said: new Set([asItStands]), failures: [] });
    expect(await live()).toEqual(allHave(...names().map(() => first)));
  });

  it('goes through all of them with a second release, and back in the last one, and its users miss nothing', async () => {
    const second = await on().cut([...service.mark(note), ...(service.next ?? [])]);
    const { account } = placeOf(last());
    const before = await aliasedVersions(account);
    const { done: back, met } = await whileUsed(last(), async () => {
      await promote(0, second, names()[0] ?? '', ...(names().length > 1 ? ['--through', last()] : []));
      expect(await service.use(placeOf(last()))).toBe(note);
      const after = Object.entries(await aliasedVersions(account));
      const same = after.filter(([name, version]) => before[name] === version).map(([name]) => name);
      expect(same).toEqual(Object.keys(before).filter((name) => service.unchanged?.test(name)));
      return on().soundbite<PromotionDocument>(0, 'rollback', last());
    });
    expect(back).toMatchObject({ state: 'succeeded', release: first, previous: second });
    expect(met).toMatchObject({ said: new Set([asItStands, note]), failures: [] });
    expect(await aliasedVersions(account)).toEqual(before);
    expect(await live()).toEqual(allHave(...names().map((name) => (name === last() ? first : second))));
    expect(await on().soundbite(0, 'validate', last())).toMatchObject({ ok: true });
  });

  // What the test command has of services is short; `npm run services` has it whole.
  if (process.env.SOUNDBITE_SERVICES !== 'whole') return;
  const title = 'is taken back by the watch, when only its users find a release broken';
  const edits = service.brokenForUsers;
  if (edits === null) {
    it.skip(`${title}: nothing speaks HTTP, and the watch counts requests`);
    return;
  }
  it(title, async () => {
    // With what the release before added: taking it away is another refusal.
    const { done, met } = await on().service.edited([...(service.next ?? []), ...edits], async () => {
      const broken = await on().cut();
      return whileUsed(last(), () => promote(1, broken, last(), '--override', '--reason', 'a journey'), 4);
    });
    const reason = expect.stringMatching(/^watch: \d+ of \d+ requests answered with a server error/);
    expect(done).toMatchObject({ state: 'failed', reason });
    const ended = done.steps.map(({ name, state }) => `${name} ${state}`).slice(-3);
    expect(ended).toEqual(['shift succeeded', 'watch failed', 'rollback succeeded']);
    expect(met.failures).not.toEqual([]);
    expect((await live()).at(-1)).toBe(`healthy ${first}`);
    expect(await service.use(placeOf(last()))).toBe(asItStands);
  });
}
