import { type Engine, startEngine } from '@soundbite/engine';
import { type Digest, firstBroken, isFinal, searchedIn } from '@soundbite/model';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { temporaryDatabase } from './shared-database.ts';

const [first, second] = environments.map(({ name }) => name) as [string, string];

const world = fakeWorld(environments);
let database: Awaited<ReturnType<typeof temporaryDatabase>>;
let engine: Engine;

beforeAll(async () => {
  database = await temporaryDatabase();
  engine = await startEngine({
    databaseUrl: database.url,
    executor: 'test',
    ports: world.ports,
    lost: (error) => {
      throw error;
    },
  });
});
afterAll(async () => {
  await engine?.stop();
  await database?.stop();
});

const ask = (
  environment: string,
  more: {
    release?: Digest;
    kind?: 'promote' | 'rollback';
    override?: boolean;
    reason?: string;
    idempotencyKey?: string;
  } = {},
) => engine.request({ environment, kind: 'promote', override: false, allowRemovals: [], actor: 'test', ...more });

async function end(id: string) {
  for (let seen: number | undefined; ; ) {
    const now = await engine.view(id, seen, 20_000);
    seen = now.revision;
    if (isFinal(now.state)) return now;
  }
}

describe('a promotion', () => {
  it('takes its steps in order and makes the release live', async () => {
    const a = world.add('a');
    const done = await end((await ask(first, { release: a })).promotion);
    expect(done).toMatchObject({ state: 'succeeded', release: a, previous: null, reason: null });
    expect(done.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'verify succeeded',
      'plan succeeded',
      'infrastructure succeeded',
      'publish succeeded',
      'smoke succeeded',
      'shift succeeded',
      'watch succeeded',
      'finalise succeeded',
    ]);
    expect(await engine.records.environment(first)).toMatchObject({
      liveRelease: a,
      infrastructureRelease: a,
      previousRelease: null,
    });
  });

  it('is refused where the release is not live in the environment before, and an override needs a reason', async () => {
    const c = world.add('c');
    const refused = await end((await ask(second, { release: c })).promotion);
    expect(refused.state).toBe('failed');
    expect(refused.reason).toContain(`is not live in ${first}`);
    expect(refused).toMatchObject({ steps: [], admission: null });

    const silent = await end((await ask(second, { release: c, override: true })).promotion);
    expect(silent.reason).toContain('an override needs a reason');
    const spoken = await end(
      (await ask(second, { release: c, override: true, reason: 'the first one burns' })).promotion,
    );
    expect(spoken.state).toBe('succeeded');
    expect(spoken.admission).toContain('the first one burns');
    expect(spoken).toMatchObject({
      actor: 'test',
      asked: { reason: 'the first one burns', override: true, allowRemovals: [] },
    });
  });

  it('with a bad release ends in a rollback: the old one stays live and the reason is recorded', async () => {
    const bad = world.add('bad');
    world.bad.add(bad);
    const before = (await engine.records.environment(first)).liveRelease;
    // Somebody changed its files meanwhile: it is put back before it has the traffic again.
    world.altered.add(before as Digest);
    const done = await end((await ask(first, { release: bad })).promotion);
    expect(done).toMatchObject({ state: 'failed', reason: 'smoke: answers: GET /ready answered 500' });
    expect(done.steps.map(({ name, state }) => `${name} ${state}`).slice(-2)).toEqual([
      'smoke failed',
      'rollback succeeded',
    ]);
    expect(done.steps.at(-1)?.detail).toContain('restored, changed by hand: index.mjs');
    expect(await engine.records.environment(first)).toMatchObject({ liveRelease: before, infrastructureRelease: bad });
    expect(world.weights.get(first)).toEqual([{ release: before, share: 1 }]);
  });

  it('asked for twice with one key is one promotion', async () => {
    const b = world.add('b');
    const [one, two] = await Promise.all([
      ask(first, { release: b, idempotencyKey: 'k' }),
      ask(first, { release: b, idempotencyKey: 'k' }),
    ]);
    expect(two.promotion).toBe(one.promotion);
    expect((await end(one.promotion)).state).toBe('succeeded');
    expect(world.calls.filter((call) => call === `deploy ${first} ${b}`)).toHaveLength(1);
  });

  it('waits for the one before it in the same environment', async () => {
    let open = () => {};
    world.hooks.beforeShift = () => new Promise((resolve) => (open = resolve));
    const [d, e] = [world.add('d'), world.add('e')];
    const one = await ask(first, { release: d });
    while (!(await engine.view(one.promotion)).steps.some(({ name }) => name === 'shift'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const two = await ask(first, { release: e });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await engine.view(two.promotion)).toMatchObject({
      state: 'waiting',
      reason: `promotion ${one.promotion} has ${first}`,
      steps: [],
    });
    world.hooks.beforeShift = async () => {};
    open();
    expect((await end(one.promotion)).state).toBe('succeeded');
    expect(await end(two.promotion)).toMatchObject({ state: 'succeeded', previous: d });
  });

  it('can be aborted while it waits for a dev session', async () => {
    await engine.locks.hold(second, 'dev session x');
    const asked = await ask(second, { release: world.add('f'), override: true, reason: 'a test of what comes after' });
    for (let now = asked; now.reason === null; ) now = await engine.view(asked.promotion, now.revision, 5000);
    expect((await engine.view(asked.promotion)).reason).toBe(`dev session x holds ${second}`);
    await engine.abort(asked.promotion, 'enough');
    expect(await end(asked.promotion)).toMatchObject({ state: 'aborted', reason: 'enough' });
    await engine.locks.release(second, 'dev session x');
  });
});

describe('a rollback', () => {
  it('goes to the release that was live before, moving versions only, and the next one does not return', async () => {
    const before = await engine.records.environment(first);
    const deploys = world.calls.filter((call) => call.startsWith('deploy')).length;
    const done = await end((await ask(first, { kind: 'rollback' })).promotion);
    expect(done).toMatchObject({ state: 'succeeded', release: before.previousRelease, previous: before.liveRelease });
    expect(done.steps.map(({ name }) => name)).toEqual(['verify', 'publish', 'shift', 'finalise']);
    expect(world.calls.filter((call) => call.startsWith('deploy'))).toHaveLength(deploys);
    const after = await engine.records.environment(first);
    expect(after.infrastructureRelease).toBe(before.infrastructureRelease);
    expect(after.previousRelease).not.toBe(before.liveRelease);
  });

  it('to a release that was never live here is refused', async () => {
    const done = await end((await ask(first, { kind: 'rollback', release: world.add('stranger') })).promotion);
    expect(done).toMatchObject({ state: 'failed' });
    expect(done.reason).toContain('was never live');
  });
});

describe('a destroyed environment', () => {
  it('begins anew: nothing was live there, nothing is rolled back to, and what ended before does not count', async () => {
    const { liveRelease } = await engine.records.environment(first);
    await engine.destroy(first, 'ana');
    expect((await engine.ledger(0, 1000)).at(-1)).toMatchObject({
      kind: 'environment.destroyed',
      subject: first,
      payload: { actor: 'ana' },
    });
    expect(await engine.records.environment(first)).toMatchObject({
      liveRelease: null,
      previousRelease: null,
      infrastructureRelease: null,
    });
    expect(await engine.records.wasLive(first, liveRelease as Digest)).toBe(false);
    expect(await engine.records.list({ environment: first, limit: 10, present: true })).toEqual([]);
    expect((await engine.records.list({ environment: first, limit: 10 })).length).toBeGreaterThan(3);
  });
});

describe('the ledger', () => {
  it('is one whole chain that holds every promotion, and cannot be changed', async () => {
    const entries = await engine.ledger(0, 1000);
    expect(entries.length).toBeGreaterThan(20);
    expect(firstBroken(entries)).toBeNull();
    const changed = entries.map((entry) =>
      entry.sequence === 3 ? { ...entry, payload: { state: 'succeeded' } } : entry,
    );
    expect(firstBroken(changed)?.sequence).toBe(3);
  });

  it('is searched from its end as it would be in memory, and says which entry was changed in the database', async () => {
    const asked = { release: world.add('searched'), override: true, reason: `It's 100%_"ÄRGER" \\ loud` };
    // Until it has ended there are more entries at each look.
    await end((await ask(second, asked)).promotion);
    const entries = await engine.ledger(0, 1000);
    for (const search of [
      ...[{ limit: 3 }, { limit: 200 }, { limit: 2, before: 3 }, { limit: 2, before: 1 }],
      ...['requested', '100%_', `it's "Ärger"`, '\\', 'reason', 'step', `${first} nowhere`].map((find) => ({
        find,
        limit: 5,
      })),
      { find: 'finished SUCCEEDED', limit: 2, before: entries.length - 4 },
    ])
      expect(await engine.searchLedger(search), JSON.stringify(search)).toEqual(searchedIn(entries, search));
    const { verified, ...chain } = await engine.verifyLedger();
    const all = await engine.ledger(0, 1000);
    expect(chain).toEqual({ whole: true, entries: all.length, broken: null, head: all.at(-1)?.hash });
    expect(Math.abs(Date.parse(verified) - Date.now())).toBeLessThan(60_000);
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    onTestFinished(() => sql.end());
    const change = (payload: unknown) =>
      sql.query(
        `begin; alter table soundbite.ledger disable trigger ledger_append_only;
         update soundbite.ledger set payload = '${JSON.stringify(payload).replaceAll("'", "''")}' where sequence = 3;
         alter table soundbite.ledger enable trigger ledger_append_only; commit`,
      );
    await change({ state: 'succeeded' });
    expect(await engine.verifyLedger()).toMatchObject({ whole: false, entries: 3, broken: 3 });
    await change(entries[2]?.payload);
    expect((await engine.verifyLedger()).whole).toBe(true);
  });
});

describe('what a person deleted in the account', () => {
  const [, , third] = environments.map(({ name }) => name) as [string, string, string];
  const queue = { id: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'https://sqs/jobs' };
  afterEach(() => {
    delete world.hooks.deleted;
  });
  const enter = { override: true, reason: 'a test of what comes after' };

  it('is said at once by a rollback whose stack is gone', async () => {
    const [a, b] = [world.add('deleted-a'), world.add('deleted-b')];
    for (const release of [a, b]) await end((await ask(third, { release, ...enter })).promotion);
    world.hooks.deleted = 'stack';
    const begun = performance.now();
    const done = await end((await ask(third, { kind: 'rollback' })).promotion);
    expect(done).toMatchObject({
      state: 'errored',
      reason: `verify: ${third} has no stack; soundbite repair ${third}`,
    });
    // Once it was four minutes.
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it('costs no way back, unless the versions themselves are gone', async () => {
    const { liveRelease, previousRelease } = await engine.records.environment(third);
    const again = async () => end((await ask(third, { release: liveRelease as Digest, ...enter })).promotion);
    expect((await again()).state).toBe('succeeded');
    expect(world.versions.get(third)).toContain(previousRelease);
    expect((await engine.records.environment(third)).previousRelease).toBe(previousRelease);
    world.hooks.remade = true;
    expect((await again()).state).toBe('succeeded');
    delete world.hooks.remade;
    expect(await engine.records.environment(third)).toMatchObject({ liveRelease, previousRelease: null });
  });

  it('is not blamed on the release that a gate refuses meanwhile', async () => {
    const release = world.add('blameless');
    world.bad.add(release);
    world.hooks.deleted = [queue];
    const done = await end((await ask(third, { release, ...enter })).promotion);
    expect(done.state).toBe('errored');
    expect(done.reason).toContain('Queue (https://sqs/jobs); soundbite repair');
  });
});
