import { type Engine, startEngine, stepKinds } from '@soundbite/engine';
import { openDatabase } from '@soundbite/engine/store/database.ts';
import { type Records, type RevisedView, records } from '@soundbite/engine/store/records.ts';
import {
  type Declaration,
  type Digest,
  digestOf,
  firstBroken,
  isFinal,
  type PromotionPlan,
  type PromotionRequest,
  planPromotion,
  SoundBiteError,
} from '@soundbite/model';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryPostgres } from './database.ts';
import { environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';

/** What a promotion does is what was recorded when it began, whatever becomes of the declaration, of the code and of whoever asks meanwhile. */

const [first, second, third] = environments.map(({ name }) => name) as [string, string, string];
const world = fakeWorld(environments);
let database: Awaited<ReturnType<typeof temporaryPostgres>>;
let engine: Engine;
let sql: Client;

const lost = (error: Error) => {
  throw error;
};
const start = (kinds = stepKinds) =>
  startEngine({ databaseUrl: database.url, executor: 'test', ports: world.ports, kinds, lost });

beforeAll(async () => {
  database = await temporaryPostgres();
  engine = await start();
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});
afterEach(() => {
  for (const hook of Object.keys(world.hooks)) delete world.hooks[hook as keyof typeof world.hooks];
});
afterAll(async () => {
  await sql?.end();
  await engine?.stop();
  await database?.stop();
});

type Asked = Partial<Parameters<Engine['request']>[0]>;
const ask = async (environment: string, more: Asked = {}): Promise<string> =>
  (await engine.request({ environment, kind: 'promote', override: false, allowRemovals: [], actor: 'test', ...more }))
    .promotion;

async function ended(id: string): Promise<RevisedView> {
  for (let seen: number | undefined; ; ) {
    const now = await engine.view(id, seen, 20_000);
    seen = now.revision;
    if (isFinal(now.state)) return now;
  }
}
const promoted = async (environment: string, name: string): Promise<Digest> => {
  const release = world.add(name);
  const view = await ended(await ask(environment, { release, override: true, reason: 'test' }));
  expect(view.reason ?? view.state).toBe('succeeded');
  return release;
};
const stepsOf = ({ steps }: RevisedView) => steps.map(({ name, state }) => `${name} ${state}`);

/** Stops the next promotion in its shift, until `go`. */
function heldInShift() {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  world.hooks.beforeShift = () => {
    delete world.hooks.beforeShift;
    reached.resolve();
    return gate.promise;
  };
  return { reached: reached.promise, go: () => gate.resolve() };
}

/** The declaration with another watch. */
const watchedFor = (seconds: number): Declaration => ({
  digest: digestOf(`${seconds}`),
  environments: environments.map((environment) => ({ ...environment, watch: seconds })),
});

describe('a promotion under way', () => {
  it('goes on when environments.yaml cannot be read any more', async () => {
    const release = world.add('no declaration');
    const shift = heldInShift();
    const id = await ask(first, { release });
    await shift.reached;
    world.hooks.declaration = () => {
      throw new Error('half saved');
    };
    shift.go();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', reason: null });
  });

  it('waits, and says so, when it cannot be read at its beginning', async () => {
    const release = world.add('unreadable');
    await engine.locks.hold(first, 'dev session 1');
    const id = await ask(first, { release });
    await vi.waitFor(async () => expect((await engine.view(id)).reason).toContain('holds'), 10_000);
    world.hooks.declaration = () => {
      throw new SoundBiteError('declaration-invalid', 'environments.yaml:3 is half saved', {
        hint: 'fix it',
      });
    };
    await engine.locks.release(first, 'dev session 1');
    await vi.waitFor(
      async () => expect((await engine.view(id)).reason).toBe('environments.yaml:3 is half saved; fix it'),
      10_000,
    );
    delete world.hooks.declaration;
    expect(await ended(id)).toMatchObject({ state: 'succeeded', reason: null });
  });

  it('hears a word to stop that nobody told it, from its row', async () => {
    const live = (await engine.records.environment(first)).liveRelease;
    const shift = heldInShift();
    const id = await ask(first, { release: world.add('unheard') });
    await shift.reached;
    await sql.query(`update soundbite.promotions set stopped = 'enough' where id = $1`, [id]);
    shift.go();
    const view = await ended(id);
    expect(view).toMatchObject({ state: 'aborted', reason: 'enough' });
    expect(stepsOf(view).slice(-2)).toEqual(['shift succeeded', 'rollback succeeded']);
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('whose workflow ends in an unforeseen way is undone by the next one, and says so', async () => {
    const live = (await engine.records.environment(first)).liveRelease;
    const shift = heldInShift();
    const id = await ask(first, { release: world.add('broken') });
    await shift.reached;
    await sql.query(
      `update dbos.workflow_status set status = 'ERROR', error = '{"json":{"name":"Error","message":"out of the blue"}}' where workflow_uuid = $1`,
      [id],
    );
    shift.go();
    const view = await ended(id);
    expect(view.state).toBe('errored');
    expect(view.reason).toContain('its workflow ended as ERROR');
    expect(stepsOf(view).at(-1)).toBe('rollback succeeded');
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    expect((await engine.records.environment(first)).liveRelease).toBe(live);
  });

  it('is left by a control plane that lacks a kind of its steps to one that has it', async () => {
    await engine.stop();
    const { watch: _, ...older } = stepKinds;
    engine = await start(older);
    const release = world.add('newer');
    const id = await ask(first, { release });
    await vi.waitFor(
      async () =>
        expect((await engine.view(id)).reason).toBe('waits for a control plane that knows steps of the kind watch'),
      10_000,
    );
    expect((await engine.view(id)).steps).toEqual([]);
    await engine.stop();
    engine = await start();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', release });
  });
});

describe('a watch', () => {
  it('that says no takes the traffic back', async () => {
    const live = (await engine.records.environment(first)).liveRelease;
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
    const live = (await engine.records.environment(first)).liveRelease;
    world.hooks.declaration = () => watchedFor(600);
    const id = await ask(first, { release: world.add('watched') });
    await vi.waitFor(async () => expect(stepsOf(await engine.view(id)).at(-1)).toBe('watch running'), 10_000);
    await engine.abort(id, 'enough');
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
    await vi.waitFor(async () => expect(stepsOf(await engine.view(id)).at(-1)).toBe('watch running'), 10_000);
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    life = 2;
    expect((await ended(id)).state).toBe('succeeded');
    expect(performance.now() - begun).toBeGreaterThan(2_900);
  });
});

describe('a rollback that is asked for while a promotion is under way', () => {
  it('stops it, and has nothing more to do when what was live is live again', async () => {
    await promoted(first, 'z');
    const live = await promoted(first, 'a');
    const shift = heldInShift();
    const promotion = await ask(first, { release: world.add('b') });
    await shift.reached;
    const rollback = await ask(first, { kind: 'rollback' });
    shift.go();
    expect(await ended(promotion)).toMatchObject({ state: 'aborted', reason: 'test asked for a rollback' });
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: live, previous: live, steps: [] });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    expect((await engine.records.environment(first)).liveRelease).toBe(live);
  });

  it('rolls it back when it became final first', async () => {
    const live = await promoted(first, 'c');
    const finished = Promise.withResolvers<void>();
    const { retire } = world.ports.runtime('process');
    const release = world.add('d');
    const inFinalise = vi.spyOn(world.ports.runtime('process'), 'retire').mockImplementationOnce(async (...given) => {
      await finished.promise;
      return retire(...given);
    });
    const promotion = await ask(first, { release });
    await vi.waitFor(() => expect(inFinalise).toHaveBeenCalled(), 10_000);
    const rollback = await ask(first, { kind: 'rollback' });
    finished.resolve();
    expect(await ended(promotion)).toMatchObject({ state: 'succeeded' });
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: live, previous: release });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    inFinalise.mockRestore();
  });

  it('comes before promotions that have not begun', async () => {
    const live = await promoted(first, 'e');
    const shift = heldInShift();
    const [running, waiting] = [
      await ask(first, { release: world.add('f') }),
      await ask(first, { release: world.add('g') }),
    ];
    await shift.reached;
    const rollback = await ask(first, { kind: 'rollback' });
    await vi.waitFor(async () => {
      const { rows } = await sql.query(`select 1 from dbos.workflow_status where workflow_uuid = $1`, [rollback]);
      expect(rows).toHaveLength(1);
    }, 10_000);
    shift.go();
    const views = await Promise.all([running, rollback, waiting].map((id) => ended(id)));
    expect(views.map(({ state }) => state)).toEqual(['aborted', 'succeeded', 'succeeded']);
    expect(views[1]).toMatchObject({ release: live });
    expect(Date.parse(views[1]?.finishedAt ?? '')).toBeLessThan(Date.parse(views[2]?.finishedAt ?? ''));
  });
});

describe('a rollback', () => {
  it('that is asked for twice is one: the second does not stop the first', async () => {
    const old = await promoted(first, 'twice a');
    await promoted(first, 'twice b');
    const shift = heldInShift();
    const rollback = await ask(first, { kind: 'rollback' });
    await shift.reached;
    expect(await ask(first, { kind: 'rollback' })).toBe(rollback);
    shift.go();
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: old });
    expect(world.weights.get(first)).toEqual([{ release: old, share: 1 }]);
  });

  it('that is refused stops nothing', async () => {
    const shift = heldInShift();
    const release = world.add('not stopped');
    const promotion = await ask(first, { release });
    await shift.reached;
    const stranger = await ask(first, { kind: 'rollback', release: world.add('never live') });
    expect((await ended(stranger)).reason).toContain('was never live');
    shift.go();
    expect(await ended(promotion)).toMatchObject({ state: 'succeeded' });
  });

  it('stops what is under way also when whoever let it in died before it could say so', async () => {
    const live = (await engine.records.environment(first)).liveRelease;
    const shift = heldInShift();
    const promotion = await ask(first, { release: world.add('late stop') });
    await shift.reached;
    const stop = vi.spyOn(engine.records, 'stop').mockRejectedValueOnce(new Error('dead'));
    const rollback = await ask(first, { kind: 'rollback' });
    await vi.waitFor(() => expect(stop).toHaveBeenCalled(), 10_000);
    stop.mockRestore();
    await vi.waitFor(
      async () => {
        const { rows } = await sql.query('select stopped from soundbite.promotions where id = $1', [promotion]);
        expect(rows[0].stopped).toBe('test asked for a rollback');
      },
      { timeout: 15_000 },
    );
    shift.go();
    expect(await ended(promotion)).toMatchObject({ state: 'aborted' });
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: live, steps: [] });
  });
});

describe('the undoing of a promotion', () => {
  it('is tried until it succeeds, says so, and holds the environment', async () => {
    const live = await promoted(first, 'before');
    let failures = 3;
    const bad = world.add('bad');
    world.bad.add(bad);
    world.hooks.beforeShift = async () => {
      if (failures-- > 0) throw new Error('no weights today');
    };
    const id = await ask(first, { release: bad });
    await vi.waitFor(
      async () => expect((await engine.view(id)).reason).toContain('the rollback is tried again: no weights today'),
      10_000,
    );
    const view = await ended(id);
    expect(view).toMatchObject({ state: 'failed', reason: 'smoke: answers: GET /ready answered 500' });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('is ended by a person who takes it in hand', async () => {
    const bad = world.add('bad');
    world.hooks.beforeShift = () => Promise.reject(new Error('no weights today'));
    const id = await ask(first, { release: bad });
    await vi.waitFor(async () => expect((await engine.view(id)).reason).toContain('tried again'), 10_000);
    await engine.abort(id, 'I do it by hand');
    const view = await ended(id);
    expect(view.state).toBe('errored');
    expect(view.reason).toMatch(/the rollback did not succeed: no weights today; .*given up: I do it by hand$/);
  });
});

describe('the way back on Lambda', () => {
  const rollback = async () => ended(await ask(third, { kind: 'rollback' }));

  it('is there after what is live was promoted once more, and twice in a row', async () => {
    world.hooks.lambda = true;
    const [a, b] = [await promoted(third, 'la'), await promoted(third, 'lb')];
    await promoted(third, 'lb');
    expect(await rollback()).toMatchObject({ state: 'succeeded', release: a });
    const c = await promoted(third, 'lc');
    const d = await promoted(third, 'ld');
    expect(await rollback()).toMatchObject({ state: 'succeeded', release: c, previous: d });
    expect(await rollback()).toMatchObject({ state: 'succeeded', release: a });
    expect(b).not.toBe(a);
  });

  it('goes to a release that was rolled back and promoted again on purpose', async () => {
    world.hooks.lambda = true;
    const a = await promoted(third, 'ra');
    await rollback();
    await promoted(third, 'ra');
    await promoted(third, 'rb');
    expect(await rollback()).toMatchObject({ state: 'succeeded', release: a });
  });
});

describe('a request', () => {
  it('with a key that was used for something else is refused', async () => {
    const [a, b] = [world.add('ka'), world.add('kb')];
    const id = await ask(first, { release: a, idempotencyKey: 'key' });
    expect(await ask(first, { release: a, idempotencyKey: 'key' })).toBe(id);
    await expect(ask(first, { release: b, idempotencyKey: 'key' })).rejects.toMatchObject({
      code: 'idempotency-mismatch',
      source: 'user',
    });
    await ended(id);
  });

  it('through several environments overrides the order of the first only', async () => {
    const release = world.add('through');
    world.hooks.healthy = (name) => name !== second;
    const id = await ask(second, { release, through: third, override: true, reason: 'it burns' });
    expect((await ended(id)).state).toBe('succeeded');
    const [follower] = await engine.records.list({ environment: third, limit: 1 });
    const view = await ended(follower?.promotion ?? '');
    expect(view).toMatchObject({ state: 'failed', release, asked: { override: false, reason: 'it burns' } });
    expect(view.reason).toContain(`is not healthy in ${second}`);
  }, 60_000);
});

describe('destroying an environment', () => {
  it('is refused while a promotion is under way, or goes on to it', async () => {
    const shift = heldInShift();
    const id = await ask(first, { release: world.add('busy'), through: second });
    await shift.reached;
    for (const name of [first, second])
      await expect(engine.destroy(name, 'ana')).rejects.toMatchObject({ code: 'environment-busy', source: 'user' });
    await engine.abort(id, 'enough');
    shift.go();
    await ended(id);
  });

  it('has the environment to itself: what is asked for meanwhile comes after it', async () => {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    world.hooks.takeDown = () => {
      reached.resolve();
      return gate.promise;
    };
    const gone = engine.destroy(first, 'ana');
    await reached.promise;
    const release = world.add('after');
    const id = await ask(first, { release });
    await vi.waitFor(async () => expect((await engine.view(id)).admission).not.toBeNull(), 10_000);
    expect(await engine.view(id)).toMatchObject({ state: 'waiting', steps: [] });
    gate.resolve();
    await gone;
    expect(await ended(id)).toMatchObject({ state: 'succeeded', previous: null });
  });

  it('is one deed for one key, whoever asks again and whatever came after it', async () => {
    let times = 0;
    world.hooks.takeDown = async () => void times++;
    await Promise.all([engine.destroy(third, 'ana', 'deed'), engine.destroy(third, 'ana', 'deed')]);
    await ended(await ask(third, { release: world.add('came after'), override: true, reason: 'new' }));
    await engine.destroy(third, 'ana', 'deed');
    expect(times).toBe(1);
    expect((await engine.records.environment(third)).liveRelease).not.toBeNull();
    await engine.destroy(third, 'ana', 'another deed');
    expect(times).toBe(2);
  });
});

it('an environment that is declared no more is still known, and can be destroyed', async () => {
  await promoted(third, 'left');
  const others = environments.filter(({ name }) => name !== third);
  world.hooks.declaration = () => ({ environments: others, digest: digestOf('others') });
  const known = await engine.records.undeclared(others.map(({ name }) => name));
  expect(known).toEqual([environments[2]]);
  await expect(ask(third, { release: world.add('left') })).rejects.toMatchObject({ code: 'environment-unknown' });
  await engine.destroy(third, 'ana');
  expect(world.calls.at(-1)).toBe(`take down ${third}`);
  expect(await engine.records.undeclared(others.map(({ name }) => name))).toEqual([]);
});

it('a reason and a detail of others are kept, whatever stands in them', async () => {
  const foreign = `half \ud83d, NUL \0, ${'🎉'.repeat(500_000)}`;
  const bad = world.add(`bad ${foreign.slice(0, 9)}`);
  world.hooks.beforeShift = () => Promise.reject(new SoundBiteError('stack-missing', foreign));
  const id = await ask(first, { release: bad, reason: foreign.slice(0, 900), actor: 'a\0b' });
  const view = await ended(id);
  expect(view.state).toBe('errored');
  expect(view.reason).toMatch(/^shift: half \ufffd, NUL \ufffd, 🎉+…/u);
  expect(firstBroken(await engine.ledger(0, 100_000))).toBeNull();
});

describe('recorded plans', () => {
  let store: Records;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const opened = await openDatabase(database.url, () => {});
    store = records(opened.db);
    ({ close } = opened);
  });
  afterAll(() => close?.());

  const environment = environments[3] as (typeof environments)[number];

  /** A promotion that another process began: its plan and the outcomes of its first steps stand. */
  async function begunElsewhere(name: string, done: number, change = (plan: PromotionPlan) => plan) {
    const release = world.add(name);
    const { name: into } = environment;
    const request: PromotionRequest = {
      environment: into,
      kind: 'promote',
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
    const plan = await store.begin(id, environment.name, ({ live }) =>
      change(planPromotion({ request, environment, release, previous: live })),
    );
    if (typeof plan === 'string') throw new Error(plan);
    for (const step of plan.steps.slice(0, done)) {
      await store.stepBegun(id, step);
      await store.stepEnded(id, step, { state: 'succeeded', detail: 'elsewhere' });
    }
    return { id, plan, release };
  }

  it('are followed from any of their steps on, and nothing is done twice', async () => {
    const kinds = planPromotion({
      request: { kind: 'promote', allowRemovals: [] },
      environment,
      release: digestOf('x'),
      previous: null,
    }).steps.map(({ key }) => key);
    for (let done = 0; done <= kinds.length; done++) {
      await engine.stop();
      const { id, plan } = await begunElsewhere('replayed', done);
      engine = await start();
      const view = await ended(id);
      expect(view.reason ?? view.state).toBe('succeeded');
      expect(view.steps.filter(({ detail }) => detail === 'elsewhere')).toHaveLength(done);
      expect(view.steps).toHaveLength(plan.steps.length);
    }
  }, 120_000);

  it('are followed in their own order, whatever the order of today', async () => {
    await engine.stop();
    const { id, plan } = await begunElsewhere('other order', 1, (today) => {
      const [verify, plan, ...rest] = today.steps as [never, never];
      return { ...today, steps: [verify, ...rest.slice(0, 1), plan, ...rest.slice(1)] };
    });
    engine = await start();
    expect((await ended(id)).state).toBe('succeeded');
    const { rows } = await sql.query('select key from soundbite.steps where promotion = $1 order by started_at', [id]);
    expect(rows.map(({ key }) => key)).toEqual(plan.steps.map(({ key }) => key));
  });

  it('keep the first outcome of a step, whoever ends it again', async () => {
    await engine.stop();
    const { id, plan } = await begunElsewhere('twice', 2);
    const [, step] = plan.steps;
    if (!step) throw new Error('no step');
    expect(await store.stepEnded(id, step, { state: 'failed', detail: 'later' })).toMatchObject({
      outcome: { state: 'succeeded' },
    });
    expect(await store.stepBegun(id, step)).toMatchObject({ is: 'ended', outcome: { detail: 'elsewhere' } });
    engine = await start();
    expect((await ended(id)).state).toBe('succeeded');
    const entries = (await engine.ledger(0, 100_000)).filter(
      ({ subject, payload }) => subject === id && (payload as { key?: string }).key === step.key,
    );
    expect(entries.map(({ payload }) => payload)).toMatchObject([{ state: 'succeeded', detail: 'elsewhere' }]);
  });
});

it('a promotion that an older version began without a plan is undone, and says so', async () => {
  const live = await promoted(first, 'before plans');
  const release = world.add('unplanned');
  await engine.stop();
  const id = 'unplanned';
  await sql.query(
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
    await sql.query(
      `insert into soundbite.steps (promotion, key, name, state, finished_at) values ($1, $2, $2, 'succeeded', now())`,
      [id, name],
    );
  world.weights.set(first, [{ release, share: 1 }]);
  engine = await start();
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'errored', reason: expect.stringContaining('upgraded while it was under way') });
  expect(view.steps.map(({ name }) => name).at(-1)).toBe('rollback');
  expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  expect(await ended(await ask(first, { release }))).toMatchObject({ state: 'succeeded' });
});

it('every change of a promotion is an event with its whole view, in order', async () => {
  const id = await ask(first, { release: world.add('told') });
  const view = await ended(id);
  const { rows } = await sql.query('select view from soundbite.events where subject = $1 order by sequence', [id]);
  const views = rows.map((row) => row.view as RevisedView);
  expect(views.at(-1)).toEqual(view);
  expect(views.map(({ revision }) => revision)).toEqual(views.map((_, index) => index + 1));
  expect(new Set(views.map(({ state }) => state))).toEqual(new Set(['waiting', 'running', 'succeeded']));
});
