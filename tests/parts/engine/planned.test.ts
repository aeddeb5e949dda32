import { readdirSync, readFileSync } from 'node:fs';
import { stepKinds } from '@soundbite/engine';
import { openDatabase } from '@soundbite/engine/store/database.ts';
import { type Records, records } from '@soundbite/engine/store/records.ts';
import {
  digestOf,
  firstBroken,
  PromotionPlan,
  type PromotionRequest,
  planDigest,
  planFormats,
  planPromotion,
  recordedPlan,
  SoundBiteError,
  sharedSite,
} from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { engineStage } from './stage.ts';

/** What a promotion does is what was recorded when it began, whatever becomes of the declaration, of the code and of whoever asks meanwhile. */

const on = engineStage();
const { world, ask, ended, promoted, stepsOf, heldInShift, watchedFor } = on;
const [first] = on.names;

describe('a promotion under way', () => {
  /** Stops the next promotion in its first step, until `go`. */
  function heldInVerify() {
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { get } = world.ports.releases;
    vi.spyOn(world.ports.releases, 'verify').mockImplementationOnce(async (digest) => {
      reached.resolve();
      await gate.promise;
      return get(digest);
    });
    return { reached: reached.promise, go: () => gate.resolve() };
  }

  it('goes on when environments.yaml cannot be read any more', async () => {
    const release = world.add('no declaration');
    const verify = heldInVerify();
    const id = await ask(first, { release });
    await verify.reached;
    world.hooks.declaration = () => {
      throw new Error('half saved');
    };
    verify.go();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', reason: null });
  });

  it('goes on in the environment as it was declared, whatever is declared now; its plan’s digest is in the ledger', async () => {
    const declared = environments[0] as (typeof environments)[number];
    const verify = heldInVerify();
    const places = vi.spyOn(world.ports.clouds, 'of');
    const id = await ask(first, { release: world.add('another cloud') });
    await verify.reached;
    const cloud = { ...declared.cloud, account: '999999999999' };
    const changed = { ...declared, cloud, gates: [] };
    world.hooks.declaration = () => ({ digest: digestOf('x'), environments: environments.with(0, changed) });
    verify.go();
    const view = await ended(id);
    expect(stepsOf(view)).toContain('smoke succeeded');
    expect(view.state).toBe('succeeded');
    expect(places.mock.calls.length).toBeGreaterThan(4);
    for (const [environment] of places.mock.calls) expect(environment).toEqual(declared);
    places.mockRestore();

    const { rows } = await on.sql.query('select plan from soundbite.promotions where id = $1', [id]);
    const plan = PromotionPlan.parse(rows[0]?.plan);
    expect(plan.environment).toEqual(declared);
    const entry = (await on.engine.ledger(0, 100_000)).find(
      ({ kind, subject }) => kind === 'promotion.planned' && subject === id,
    );
    expect(entry?.payload).toEqual({ plan: planDigest(plan), steps: plan.steps.map(({ key }) => key) });
  });

  it('waits, and says so, when it cannot be read at its beginning', async () => {
    const release = world.add('unreadable');
    await on.engine.locks.hold(first, 'dev session 1');
    const id = await ask(first, { release });
    await vi.waitFor(async () => expect((await on.engine.view(id)).reason).toContain('holds'), 10_000);
    world.hooks.declaration = () => {
      throw new SoundBiteError('declaration-invalid', 'environments.yaml:3 is half saved', {
        hint: 'fix it',
      });
    };
    await on.engine.locks.release(first, 'dev session 1');
    await vi.waitFor(
      async () => expect((await on.engine.view(id)).reason).toBe('environments.yaml:3 is half saved; fix it'),
      10_000,
    );
    expect(await on.engine.view(id)).toMatchObject({ waitsFor: 'person' });
    delete world.hooks.declaration;
    expect(await ended(id)).toMatchObject({ state: 'succeeded', reason: null, waitsFor: null });
  });

  it('hears a word to stop that nobody told it, from its row', async () => {
    const live = (await on.engine.records.environment(first)).liveRelease;
    const shift = heldInShift();
    const id = await ask(first, { release: world.add('unheard') });
    await shift.reached;
    await on.sql.query(`update soundbite.promotions set stopped = 'enough' where id = $1`, [id]);
    shift.go();
    const view = await ended(id);
    expect(view).toMatchObject({ state: 'aborted', reason: 'enough' });
    expect(stepsOf(view).slice(-2)).toEqual(['shift succeeded', 'rollback succeeded']);
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('whose workflow ends in an unforeseen way is undone by the next one, and says so', async () => {
    const live = (await on.engine.records.environment(first)).liveRelease;
    const shift = heldInShift();
    const id = await ask(first, { release: world.add('broken') });
    await shift.reached;
    await on.sql.query(
      `update dbos.workflow_status set status = 'ERROR', error = '{"json":{"name":"Error","message":"out of the blue"}}' where workflow_uuid = $1`,
      [id],
    );
    shift.go();
    const view = await ended(id);
    expect(view.state).toBe('errored');
    expect(view.reason).toContain('its workflow ended as ERROR');
    expect(stepsOf(view).at(-1)).toBe('rollback succeeded');
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    expect((await on.engine.records.environment(first)).liveRelease).toBe(live);
  });

  it('is left by a control plane that lacks a kind of its steps to one that has it', async () => {
    await on.engine.stop();
    const { watch: _, ...older } = stepKinds;
    on.engine = await on.start(older);
    const release = world.add('newer');
    const id = await ask(first, { release });
    await vi.waitFor(
      async () =>
        expect((await on.engine.view(id)).reason).toBe('waits for a control plane that knows steps of the kind watch'),
      10_000,
    );
    expect(await on.engine.view(id)).toMatchObject({ steps: [], waitsFor: 'control-plane' });
    await on.engine.stop();
    on.engine = await on.start();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', release });
  });
});

describe('a watch', () => {
  it('that says no takes the traffic back', async () => {
    const live = (await on.engine.records.environment(first)).liveRelease;
    world.hooks.declaration = () => watchedFor(60);
    const shift = heldInShift();
    const id = await ask(first, { release: world.add('sick') });
    await shift.reached;
    world.hooks.healthy = () => false;
    shift.go();
    const view = await ended(id);
    expect(view).toMatchObject({ state: 'failed', reason: 'watch: unhealthy at 3 looks in a row' });
    expect(stepsOf(view).slice(-2)).toEqual(['watch failed', 'rollback succeeded']);
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('is ended by a word to stop, at once', async () => {
    const live = (await on.engine.records.environment(first)).liveRelease;
    world.hooks.declaration = () => watchedFor(600);
    const id = await ask(first, { release: world.add('watched') });
    await vi.waitFor(async () => expect(stepsOf(await on.engine.view(id)).at(-1)).toBe('watch running'), 10_000);
    await on.engine.abort(id, 'enough');
    const view = await ended(id);
    expect(view).toMatchObject({ state: 'aborted', reason: 'enough' });
    expect(stepsOf(view).slice(-2)).toEqual(['watch skipped', 'rollback succeeded']);
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('begins again when what the environment stands on was started anew', async () => {
    let life = 1;
    world.hooks.life = () => String(life);
    world.hooks.declaration = () => watchedFor(2);
    const id = await ask(first, { release: world.add('restless') });
    await vi.waitFor(async () => expect(stepsOf(await on.engine.view(id)).at(-1)).toBe('watch running'), 10_000);
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    life = 2;
    expect((await ended(id)).state).toBe('succeeded');
    expect(performance.now() - begun).toBeGreaterThan(2_900);
  });
});

it('a reason and a detail of others are kept, whatever stands in them', async () => {
  const foreign = `half \ud83d, NUL \0, ${'🎉'.repeat(500_000)}`;
  const bad = world.add(`bad ${foreign.slice(0, 9)}`);
  world.hooks.beforeShift = () => Promise.reject(new SoundBiteError('stack-missing', foreign));
  const id = await ask(first, { release: bad, reason: foreign.slice(0, 900), actor: 'a\0b' });
  const view = await ended(id);
  expect(view.state).toBe('errored');
  expect(view.reason).toMatch(/^shift: half \ufffd, NUL \ufffd, 🎉+…/u);
  expect(firstBroken(await on.engine.ledger(0, 100_000))).toBeNull();
});

describe('recorded plans', () => {
  let store: Records;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const opened = await openDatabase(on.url, () => {});
    store = records(opened.db);
    ({ close } = opened);
  });
  afterAll(() => close?.());

  const environment = environments[3] as (typeof environments)[number];

  interface Begun extends Partial<Pick<PromotionPlan, 'kind' | 'release'>> {
    readonly name: string;
  }

  /** A promotion that another process began: its plan and the outcomes of its first steps stand. */
  async function begunElsewhere(
    { name, kind = 'promote', release = world.add(name) }: Begun,
    done: number,
    change = (plan: PromotionPlan) => plan,
  ) {
    const { name: into } = environment;
    const request: PromotionRequest = {
      environment: into,
      kind,
      override: false,
      allowRemovals: [],
      actor: 'x',
    };
    const id = await store.create({
      id: `${name}-${done}`,
      request,
      release,
      previous: null,
      declaration: digestOf('x'),
      rest: [],
      follows: null,
    });
    await store.decided(id, { is: 'admitted', note: 'test' });
    const plan = await store.begin(id, sharedSite(environment.name), ({ live }) =>
      change(planPromotion({ request, environment, release, previous: live })),
    );
    if (typeof plan === 'string') throw new Error(plan);
    for (const step of plan.steps.slice(0, done)) {
      await store.stepBegun(id, step);
      await store.stepEnded(id, step, { state: 'succeeded', detail: 'elsewhere' });
    }
    return { id, plan, release };
  }

  /** What code of that format recorded, for the releases of this test. */
  const recorded = (file: string) => (today: PromotionPlan) => {
    const text = readFileSync(new URL(`histories/${file}`, import.meta.url), 'utf8');
    const { plan } = JSON.parse(text) as { plan: PromotionPlan };
    const own = (digest: string | null, by: string | null, given: string) =>
      given.replaceAll(JSON.stringify(digest), JSON.stringify(by));
    const mine = own(plan.previous, today.previous, own(plan.release, today.release, JSON.stringify(plan)));
    return JSON.parse(mine) as PromotionPlan;
  };

  it('of every format are read as they are', () => {
    const files = readdirSync(new URL('histories', import.meta.url));
    expect(files).toHaveLength(2 * planFormats.length);
    for (const file of files) {
      const text = readFileSync(new URL(`histories/${file}`, import.meta.url), 'utf8');
      const { digest, plan } = JSON.parse(text) as { digest: string; plan: PromotionPlan };
      const read = recordedPlan(plan);
      expect(PromotionPlan.parse(read)).toEqual(read);
      expect(Object.keys(read.environment.settings)).toContain('logLevel');
      expect(planDigest(plan)).toBe(digest);
    }
  });

  it.each([
    ['promote', 'plan-1-promote.json'],
    ['rollback', 'plan-1-rollback.json'],
  ] as const)(
    'to %s, as %s has it, are followed from any of their steps on, and nothing is done twice',
    async (kind, file) => {
      for (let done = 0, steps = 1; done <= steps; done++) {
        // A rollback goes to what was kept ready; what was promoted elsewhere is live from the first round on.
        const release = kind === 'rollback' ? await promoted(environment.name, 'before') : world.add('replayed');
        if (kind === 'rollback') await promoted(environment.name, 'live');
        await on.engine.stop();
        const { id, plan } = await begunElsewhere({ name: `replayed ${kind}`, release, kind }, done, recorded(file));
        steps = plan.steps.length;
        on.engine = await on.start();
        const view = await ended(id);
        expect(view.reason ?? view.state).toBe('succeeded');
        expect(view.steps.filter(({ detail }) => detail === 'elsewhere')).toHaveLength(done);
        expect(view.steps).toHaveLength(steps);
        // Recorded with `service`; whoever compares or returns to it sees today's form.
        const recordedAs = await store.declaredAt(sharedSite(environment.name));
        expect(Object.keys(recordedAs?.environment ?? {})).not.toContain('service');
        expect(Object.keys(recordedAs?.environment.settings ?? {})).toContain('logLevel');
      }
    },
    120_000,
  );

  it('are followed in their own order, whatever the order of today', async () => {
    await on.engine.stop();
    const { id, plan } = await begunElsewhere({ name: 'other order' }, 1, (today) => {
      const [verify, plan, ...rest] = today.steps as [never, never];
      return { ...today, steps: [verify, ...rest.slice(0, 1), plan, ...rest.slice(1)] };
    });
    on.engine = await on.start();
    expect((await ended(id)).state).toBe('succeeded');
    const { rows } = await on.sql.query('select key from soundbite.steps where promotion = $1 order by started_at', [
      id,
    ]);
    expect(rows.map(({ key }) => key)).toEqual(plan.steps.map(({ key }) => key));
  });

  it('keep the first outcome of a step, whoever ends it again', async () => {
    await on.engine.stop();
    const { id, plan } = await begunElsewhere({ name: 'twice' }, 2);
    const [, step] = plan.steps;
    if (!step) throw new Error('no step');
    expect(await store.stepEnded(id, step, { state: 'failed', detail: 'later' })).toMatchObject({
      outcome: { state: 'succeeded' },
    });
    expect(await store.stepBegun(id, step)).toMatchObject({ is: 'ended', outcome: { detail: 'elsewhere' } });
    on.engine = await on.start();
    expect((await ended(id)).state).toBe('succeeded');
    const entries = (await on.engine.ledger(0, 100_000)).filter(
      ({ subject, payload }) => subject === id && (payload as { key?: string }).key === step.key,
    );
    expect(entries.map(({ payload }) => payload)).toMatchObject([{ state: 'succeeded', detail: 'elsewhere' }]);
  });
});

it('a plan that this version cannot read is left to a control plane that reads it, and says so', async () => {
  const [change, who] = [{ format: 'soundbite.plan/9', canary: 5 }, 'reads plans of the format soundbite.plan/9'];
  const shift = heldInShift();
  const id = await ask(first, { release: world.add(`newer ${who}`) });
  await shift.reached;
  const { rows } = await on.sql.query('select plan from soundbite.promotions where id = $1', [id]);
  await on.engine.stop();
  shift.go();
  const write = 'update soundbite.promotions set plan = $2 where id = $1';
  await on.sql.query(write, [id, { ...rows[0]?.plan, ...change }]);
  on.engine = await on.start();
  await vi.waitFor(async () => {
    const reason = `waits for a control plane that ${who}`;
    expect(await on.engine.view(id)).toMatchObject({ state: 'running', reason, waitsFor: 'control-plane' });
  }, 10_000);
  // The one that reads it goes on where it was.
  await on.sql.query(write, [id, rows[0]?.plan]);
  expect(await ended(id)).toMatchObject({ state: 'succeeded', reason: null });
});

it('a promotion that an older version began without a plan is undone, and says so', async () => {
  const live = await promoted(first, 'before plans');
  const release = world.add('unplanned');
  await on.engine.stop();
  const id = 'unplanned';
  await on.sql.query(
    `insert into soundbite.promotions (id, environment, kind, release, previous, state, request, actor, declaration, admitted_at)
     values ($1, $2, 'promote', $3, $4, 'running', $5, 'test', 'sha256:x', now())`,
    [
      id,
      first,
      release,
      live,
      { environment: first, kind: 'promote', override: false, allowRemovals: [], actor: 'test' },
    ],
  );
  for (const name of ['verify', 'plan', 'infrastructure', 'publish', 'smoke', 'shift'])
    await on.sql.query(
      `insert into soundbite.steps (promotion, key, name, state, finished_at) values ($1, $2, $2, 'succeeded', now())`,
      [id, name],
    );
  world.weights.set(first, [{ release, share: 1 }]);
  on.engine = await on.start();
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'errored', reason: expect.stringContaining('upgraded while it was under way') });
  expect(view.steps.map(({ name }) => name).at(-1)).toBe('rollback');
  expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  expect(await ended(await ask(first, { release }))).toMatchObject({ state: 'succeeded' });
});
