import { type Engine, startEngine } from '@soundbite/engine';
import { type Digest, isFinal, type Runtime } from '@soundbite/model';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { temporaryDatabase } from './shared-database.ts';

const names = environments.map(({ name }) => name);
const [first, second, third] = names as [string, string, string];
const last = names.at(-1) as string;

const world = fakeWorld(environments);
const hooks = { beforeShift: async () => {}, beforeRetire: async () => {} };
const inMemory = world.ports.runtime('process');
const runtime: Runtime = {
  ...inMemory,
  setWeights: async (...args) => {
    await hooks.beforeShift();
    await inMemory.setWeights(...args);
  },
  retire: async (...args) => {
    await hooks.beforeRetire();
    return inMemory.retire(...args);
  },
};
let database: Awaited<ReturnType<typeof temporaryDatabase>>;
let engine: Engine;

beforeAll(async () => {
  database = await temporaryDatabase();
  engine = await startEngine({
    databaseUrl: database.url,
    executor: 'test',
    ports: { ...world.ports, runtime: () => runtime },
    lost: (error) => {
      throw error;
    },
  });
});
afterEach(() => {
  hooks.beforeShift = hooks.beforeRetire = async () => {};
});
afterAll(async () => {
  await engine?.stop();
  await database?.stop();
});

const ask = (environment: string, release: Digest, through: string, more: { reason?: string } = {}) =>
  engine.request({
    environment,
    kind: 'promote',
    release,
    through,
    override: false,
    allowRemovals: [],
    actor: 'test',
    ...more,
  });

async function end(id: string) {
  for (let seen: number | undefined; ; ) {
    const now = await engine.view(id, seen, 20_000);
    seen = now.revision;
    if (isFinal(now.state)) return now;
  }
}

/** The promotions of one request, each at its end. */
async function wholeOf(id: string) {
  const all = [await end(id)];
  for (let next = all[0]?.next; next; next = all.at(-1)?.next) all.push(await end(next));
  return all;
}

const told = (all: Awaited<ReturnType<typeof wholeOf>>) =>
  all.map(({ environment, state, reason }) => `${environment} ${state}${reason ? `: ${reason}` : ''}`);

/** Holds the work of a hook until it is opened; `reached` resolves when it is there. */
function gate(hook: 'beforeShift' | 'beforeRetire') {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  hooks[hook] = () => {
    reached.resolve();
    return opened.promise;
  };
  return { reached: reached.promise, open: opened.resolve };
}

describe('a promotion through several environments', () => {
  it('goes on by itself with the same release, and names what is still to come', async () => {
    const release = world.add('good');
    const asked = await ask(first, release, last, { reason: 'spring' });
    expect(asked).toMatchObject({ environment: first, next: null, rest: names.slice(1), asked: { through: last } });
    const all = await wholeOf(asked.promotion);
    expect(told(all)).toEqual(names.map((name) => `${name} succeeded`));
    expect(all.map(({ rest }) => rest)).toEqual(names.map((_, index) => names.slice(index + 1)));
    for (const one of all)
      expect(one).toMatchObject({ release, actor: 'test', asked: { through: last, reason: 'spring' } });
  });

  it('is recorded whole in the ledger', async () => {
    const [one, two] = await wholeOf((await ask(first, world.add('told'), second)).promotion);
    const entries = await engine.ledger(0, 1000);
    const of = (id: string | undefined) => entries.filter(({ subject }) => subject === id);
    expect(of(one?.promotion)[0]?.payload).toMatchObject({ environment: first, through: second });
    expect(of(two?.promotion)[0]).toMatchObject({
      kind: 'promotion.requested',
      payload: { environment: second, through: second, follows: one?.promotion },
    });
  });

  it('stops where the release is not taken, and says what is never begun', async () => {
    const bad = world.add('bad');
    world.bad.add(bad);
    expect(told(await wholeOf((await ask(first, bad, third)).promotion))).toEqual([
      `${first} failed: smoke: answers: GET /ready answered 500; not begun: ${second}, ${third}`,
    ]);
    expect(await engine.records.list({ limit: 100, unfinished: true })).toEqual([]);
  });

  it('asked for twice with one key is one', async () => {
    const request = { release: world.add('twice'), idempotencyKey: 'through', through: second, actor: 'test' };
    const twice = () =>
      engine.request({ ...request, environment: first, kind: 'promote', override: false, allowRemovals: [] });
    const [one, two] = await Promise.all([twice(), twice()]);
    expect(two.promotion).toBe(one.promotion);
    const all = await wholeOf(one.promotion);
    expect(told(all)).toEqual([`${first} succeeded`, `${second} succeeded`]);
    expect((await twice()).promotion).toBe(one.promotion);
  });

  it('goes through where the release is live already, and does not call that going back', async () => {
    const release = world.add('again');
    await wholeOf((await ask(first, release, second)).promotion);
    const again = await wholeOf((await ask(first, release, third)).promotion);
    expect(told(again)).toEqual([`${first} succeeded`, `${second} succeeded`, `${third} succeeded`]);
    expect(again.map(({ admission }) => admission)).toEqual([
      `already live in ${first}`,
      `already live in ${second}`,
      `healthy in ${second}`,
    ]);
  });

  it.each([
    ['moon', 'environment-unknown'],
    [first, 'usage'],
  ])('is refused through %s: nothing is recorded', async (through, code) => {
    const before = await engine.ledger(0, 1000);
    await expect(ask(second, world.add('good'), through)).rejects.toMatchObject({ code, source: 'user' });
    expect(await engine.ledger(0, 1000)).toEqual(before);
  });
});

describe('an abort', () => {
  it('stops the one under way and the rest', async () => {
    const { reached, open } = gate('beforeShift');
    const asked = await ask(first, world.add('aborted'), third);
    await reached;
    await engine.abort(asked.promotion, 'enough');
    hooks.beforeShift = async () => {};
    open();
    expect(told(await wholeOf(asked.promotion))).toEqual([`${first} aborted: enough; not begun: ${second}, ${third}`]);
  });

  it('by the name of the first stops the one that it has gone on to', async () => {
    await engine.locks.hold(second, 'dev session x');
    const asked = await ask(first, world.add('later'), third);
    const { next } = await end(asked.promotion);
    expect(await engine.abort(asked.promotion, 'enough')).toMatchObject({ promotion: next, environment: second });
    expect(told(await wholeOf(asked.promotion))).toEqual([
      `${first} succeeded`,
      `${second} aborted: enough; not begun: ${third}`,
    ]);
    await engine.locks.release(second, 'dev session x');
    await expect(engine.abort(asked.promotion, 'more')).rejects.toMatchObject({ code: 'promotion-over' });
  });

  it('that comes when the one under way is as good as done still stops the rest', async () => {
    const { reached, open } = gate('beforeRetire');
    const asked = await ask(first, world.add('late'), third);
    await reached;
    await engine.abort(asked.promotion, 'enough');
    open();
    expect(told(await wholeOf(asked.promotion))).toEqual([
      `${first} succeeded: stopped when it was done (enough); not begun: ${second}, ${third}`,
    ]);
  });
});
