import { startAlone } from '@soundbite/engine/executor.ts';
import { openDatabase } from '@soundbite/engine/store/database.ts';
import { readLedger } from '@soundbite/engine/store/ledger.ts';
import { type Records, records } from '@soundbite/engine/store/records.ts';
import {
  type Digest,
  digestOf,
  firstBroken,
  type PlannedStep,
  type PromotionRequest,
  planPromotion,
  sharedSite,
} from '@soundbite/model';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryPostgres } from '../parts/engine/database.ts';
import { environments } from '../parts/engine/declared.ts';
import { memoryRecords } from './memory-records.ts';

/** What the properties take for the records does what the records do. */

let postgres: Awaited<ReturnType<typeof temporaryPostgres>>;
let close: () => Promise<void>;
let ledger: () => ReturnType<typeof readLedger>;
const stores: Partial<Record<'memory' | 'Postgres', Records>> = { memory: memoryRecords().records };
beforeAll(async () => {
  postgres = await temporaryPostgres();
  const opened = await openDatabase(postgres.url, () => {});
  stores.Postgres = records(opened.db);
  ledger = () => readLedger(opened.db, 0, 10_000);
  ({ close } = opened);
});
afterAll(async () => {
  await close?.();
  await postgres?.stop();
});

const environment = environments[0] as (typeof environments)[number];
const { name } = environment;
const [a, b, c] = ['a', 'b', 'c'].map((text) => digestOf(text)) as [Digest, Digest, Digest];

/** What was said and seen, without times. */
async function told(store: Records): Promise<unknown[]> {
  const said: unknown[] = [];
  let count = 0;
  const create = async (release: Digest, kind: PromotionRequest['kind'] = 'promote') => {
    const request = { environment: name, kind, release, override: false, allowRemovals: [], actor: 'x' };
    const asking = { request, release, previous: null, declaration: 'd', rest: [], follows: null };
    return store.create({ id: `p${++count}`, ...asking });
  };
  const admit = (id: string) => store.decided(id, { is: 'admitted', note: 'test' });
  const begin = async (id: string) => {
    const { request, release } = await store.asked(id);
    return store.begin(id, sharedSite(name), ({ live }) =>
      planPromotion({ request, environment, release, previous: live, programs: ['migration'] }),
    );
  };
  const whole = async (release: Digest): Promise<void> => {
    const id = await create(release);
    await admit(id);
    await begin(id);
    await store.live(name, release, await store.generation());
    await store.finish(id, 'succeeded', null);
  };
  const environmentNow = async () => {
    const { generation: _, ...rest } = await store.environment(name);
    return rest;
  };

  await whole(a);
  await whole(b);
  said.push(await environmentNow(), await store.history(name), await store.wasLive(name, a));

  const id = await create(a);
  said.push(await admit(id), await admit(id));
  const plan = await begin(id);
  if (typeof plan === 'string') throw new Error(plan);
  const [verify, next] = plan.steps as [never, never];
  const {
    startedAt: __,
    generation,
    ...begun
  } = (await store.stepBegun(id, verify)) as never as Record<string, number>;
  const again = (await store.stepBegun(id, verify)) as { generation: number };
  said.push(begun, again.generation > (generation ?? 0));
  said.push(await store.stepEnded(id, verify, { state: 'succeeded', detail: 'first' }));
  said.push(
    await store.stepEnded(id, verify, { state: 'failed', detail: 'second' }),
    await store.stepBegun(id, verify),
  );
  said.push(await store.stop(id, 'enough'), await store.stop(id, 'once more'), await store.stepBegun(id, next));
  said.push(((await store.stepBegun(id, next, false)) as { is: string }).is, [...(await store.begunSteps(id))].sort());
  await store.breakOff(id, 'broken');
  said.push(await store.stepBegun(id, plan.steps[2] as never));
  await store.finish(id, 'aborted', 'enough');
  await store.finish(id, 'succeeded', null);
  said.push((await store.view(id))?.state, await store.stop(id, 'too late'), await begin(id));

  said.push(await onwards(store, await create(b), admit, begin));

  const waiting = await create(b);
  said.push(await store.stop(waiting, 'not wanted'), await admit(waiting), await begin(waiting));
  const refused = await create(b);
  said.push(await store.decided(refused, { is: 'refused', reason: 'no' }));
  const { state, reason } = (await store.view(refused)) ?? {};
  said.push(state, reason);
  const back = await create(a, 'rollback');
  await admit(back);
  const goingBack = await begin(back);
  if (typeof goingBack === 'string') throw new Error(goingBack);
  await store.breakOff(back, 'broken');
  said.push((await store.view(back))?.reason, (await store.stepBegun(back, goingBack.steps[0] as never)).is);
  await store.note(back, null);
  said.push((await store.view(back))?.reason);
  await store.finish(back, 'succeeded', null);
  await store.lost(name);
  said.push(await environmentNow(), await store.history(name));
  said.push(await migrations(store, await create(b), admit, begin));
  said.push(await environmentNow(), await store.history(name));
  const open = await store.list({ environment: name, limit: 9, unfinished: true });
  said.push(open.map(({ promotion }) => promotion));
  return said;
}

/** What is known of the migration of a release, and of the floor that it raises, from its first start to the end of its promotion. */
async function migrations(
  store: Records,
  id: string,
  admit: (id: string) => Promise<unknown>,
  begin: (id: string) => ReturnType<Records['begin']>,
): Promise<unknown[]> {
  await admit(id);
  const plan = await begin(id);
  const step = typeof plan === 'string' ? undefined : plan.steps.find(({ kind }) => kind === 'migration');
  if (!step) throw new Error('no migration is planned');
  const said: unknown[] = [];
  const known = async () => {
    said.push(await store.ranMigration(name, b), await store.hasMigrated(id), await store.rollbackFloor(name));
    said.push(await store.floorAbove(name, a), await store.floorAbove(name, b), await store.floorAbove(name, c));
  };
  await store.stepBegun(id, step);
  said.push(await store.migrationBegun(id, step), await store.migrationBegun(id, step));
  await known();
  await store.stepEnded(id, step, { state: 'succeeded', detail: 'migrated' });
  await known();
  await store.finish(id, 'succeeded', null);
  await known();
  return said;
}

/** From step to step: the next one begins with the end of the one before, unless that is not well, or somebody stops it. */
async function onwards(
  store: Records,
  id: string,
  admit: (id: string) => Promise<unknown>,
  begin: (id: string) => ReturnType<Records['begin']>,
): Promise<unknown[]> {
  await admit(id);
  const plan = await begin(id);
  if (typeof plan === 'string') throw new Error(plan);
  const [first, second, third] = plan.steps as [PlannedStep, PlannedStep, PlannedStep];
  const end = async (step: PlannedStep, state: 'succeeded' | 'failed', next?: PlannedStep) => {
    const ended = await store.stepEnded(id, step, { state, detail: `${state} ${step.key}` }, next);
    return { ...ended, next: ended.next?.is === 'begun' ? 'begun' : ended.next };
  };
  const said: unknown[] = [(await store.stepBegun(id, first)).is];
  said.push(await end(first, 'succeeded', second), await end(first, 'failed', second), await end(second, 'succeeded'));
  said.push(await end(second, 'failed', third));
  await store.stop(id, 'enough');
  said.push(await end(third, 'succeeded', plan.steps[3]), [...(await store.begunSteps(id))].sort());
  await store.finish(id, 'aborted', 'enough');
  return said;
}

describe('records in memory', () => {
  it('say what those on Postgres say', async () => {
    const said = await told(stores.Postgres as Records);
    expect(await told(stores.memory as Records)).toEqual(said);
    // A rollback goes on when its workflow ends in an unforeseen way.
    const at = said.indexOf('broken; it goes on');
    expect(said.slice(at, at + 3)).toEqual(['broken; it goes on', 'begun', null]);
  });
});

describe('records on Postgres', () => {
  it('end a step and begin the next in four round trips, of which the last commits, and their ledger is whole', async () => {
    const store = stores.Postgres as Records;
    const request: PromotionRequest = {
      environment: name,
      kind: 'promote',
      release: a,
      override: false,
      allowRemovals: [],
      actor: 'x',
    };
    const id = 'counted';
    await store.create({ id, request, release: a, previous: null, declaration: 'd', rest: [], follows: null });
    await store.decided(id, { is: 'admitted', note: 'test' });
    const plan = await store.begin(id, sharedSite(name), () =>
      planPromotion({ request, environment, release: a, previous: null }),
    );
    if (typeof plan === 'string') throw new Error(plan);
    const [first, second] = plan.steps as [PlannedStep, PlannedStep];
    await store.stepBegun(id, first);
    const asked = vi.spyOn(Client.prototype, 'query');
    const { next } = await store.stepEnded(id, first, { state: 'succeeded', detail: 'done' }, second);
    const statements = asked.mock.calls.map(([asked]) => textOf(asked).trim().replaceAll(/\s+/g, ' '));
    asked.mockRestore();
    expect(next?.is).toBe('begun');
    expect(statements).toEqual([
      'begin',
      expect.stringContaining('append_ledger'),
      expect.stringMatching(/^update "promotions" .* returning/),
      expect.stringMatching(/^select append_event\(.*\); commit$/s),
    ]);
    expect(firstBroken(await ledger())).toBeNull();
  });

  it('plan what is frequent once for each connection, and go on where a newer version migrates meanwhile', async () => {
    const store = stores.Postgres as Records;
    const [promotion = ''] = (await store.list({ limit: 1 })).map((view) => view.promotion);
    const use = async () => [
      await store.environment(name),
      await store.view(promotion),
      await store.note(promotion, 'x'),
    ];
    for (let times = 0; times < 6; times++) await use();
    const asked = vi.spyOn(Client.prototype, 'query');
    const before = await use();
    const named = asked.mock.calls.map(([one]) => (one as unknown as { name?: string }).name ?? textOf(one));
    asked.mockRestore();
    expect(named.filter((name) => name.startsWith('soundbite_')).length).toBeGreaterThanOrEqual(3);
    const newer = new Client({ connectionString: postgres.url, options: '-c search_path=soundbite' });
    await newer.connect();
    const migrate = (what: string) => newer.query(`alter table promotions ${what}; alter table environments ${what}`);
    await migrate('add column of_later text');
    expect(await use()).toEqual(before);
    await migrate('drop column of_later');
    expect(await use()).toEqual(before);
    await newer.end();
  });

  it('take an environment over whatever its account calls the one before', async () => {
    const store = stores.Postgres as Records;
    const before = { owner: 'half \ud83d, NUL \0', generation: 7 };
    const taken = {
      environment: 'taken',
      live: a,
      infrastructure: a,
      before,
      actor: 'x',
      reason: 'gone',
      declaration: 'd',
    };
    await store.takenOver(taken, 8);
    expect((await store.list({ environment: 'taken', limit: 1 }))[0]?.reason).toBe(
      'taken over from installation half \ufffd, NUL \ufffd',
    );
    expect(firstBroken(await ledger())).toBeNull();
  });

  it('find all that are under way, however many', async () => {
    const store = stores.Postgres as Records;
    const before = (await store.open()).length;
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(
      `insert into soundbite.promotions (id, environment, kind, release, state, request, actor, declaration, admitted_at)
       select 'one of many ' || i, $1, 'promote', $2, 'running', '{}', 'x', 'd', now() from generate_series(1, 120) as i`,
      [name, a],
    );
    await client.end();
    expect(await store.open()).toHaveLength(before + 120);
  });
});

describe('a database', () => {
  it('on which another control plane goes on starting is busy, and nothing is begun there', async () => {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("select pg_advisory_lock(hashtextextended('soundbite-start', 0))");
    const start = vi.fn(async () => 'started');
    await expect(startAlone(postgres.url, start, 200)).rejects.toMatchObject({ code: 'database-busy' });
    expect(start).not.toHaveBeenCalled();
    await client.end();
    expect(await startAlone(postgres.url, start, 10_000)).toBe('started');
  });

  it('whose tables are somebody’s own is not migrated, and says at what', async () => {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('create database taken');
    await client.end();
    const url = postgres.url.replace(/\/soundbite$/, '/taken');
    const there = new Client({ connectionString: url });
    await there.connect();
    await there.query('create schema soundbite; create table soundbite.promotions (mine int)');
    await there.end();
    await expect(openDatabase(url, () => {})).rejects.toMatchObject({
      code: 'database-migration',
      message: expect.stringContaining('promotions'),
    });
  });
});

const textOf = (asked: unknown): string => (typeof asked === 'string' ? asked : (asked as { text: string }).text);
