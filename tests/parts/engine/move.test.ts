import { type Moved, moveRecords, startEngine } from '@soundbite/engine';
import { type Digest, digestOf, firstBroken, isFinal } from '@soundbite/model';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../packages/engine/src/store/database.ts';
import { eventsAfter } from '../../../packages/engine/src/store/heard-events.ts';
import { readLedger } from '../../../packages/engine/src/store/ledger.ts';
import { keptTables, movedTables } from '../../../packages/engine/src/store/move.ts';
import { records } from '../../../packages/engine/src/store/records.ts';
import { ownSites, sitesOf } from '../../../packages/engine/src/store/sites.ts';
import { temporaryPostgres } from './database.ts';
import { environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';

const environment = environments[0]?.name ?? '';
const silent = () => undefined;
const declaration = () => ({ environments, digest: digestOf('x') });

let postgres: Awaited<ReturnType<typeof temporaryPostgres>>;
let from: string;
const place = (name: string) => from.replace(/\/soundbite$/, `/${name}`);

const home = 'a'.repeat(32);
const release = digestOf('a release that has evidence');

const said = { subject: 'Louder', author: 'Ana' };

const looked = {
  ...{ minute: '2026-11-28T10:00:00.000Z', actor: 'ana', token: '', operation: 'getStatus', action: 'look' as const },
  ...{ places: '', allowed: true, times: 2 },
} as const;

/** Somebody looked at the shared database while it was empty. */
async function look(url: string): Promise<void> {
  const { db, close } = await openDatabase(url, silent);
  await records(db).recordAccesses([looked]);
  await close();
}

/** Evidence of several kinds: more than are copied at a time. */
async function addEvidence(url: string): Promise<void> {
  const { db, close } = await openDatabase(url, silent);
  const about = { release, format: 'json', verdict: 'pass', facts: [], url: null, by: 'ana' } as const;
  for (const kind of ['tests', 'review', 'load'])
    await records(db).addEvidence({ ...about, kind, file: new Uint8Array(100_000).fill(kind.length) });
  const until = '2099-01-01T00:00:00.000Z';
  await records(db).addFreeze({ environment, until, reason: 'night', by: 'ana' });
  await records(db).recordAccesses([looked]);
  await records(db).createToken({ name: 'ana', role: 'admin', environments: [], days: 1, hash: 'hash', by: 'local' });
  await records(db).hold({ environment, scope: 'all', until: null, reason: 'outage', by: 'ana' });
  await records(db).tainted({ environment, why: 'dev', findings: ['dev session 1'] });
  await records(db).setBlock({ release, blocked: true, reason: 'bad', by: 'ana' });
  await records(db).recordCommit('c'.repeat(40), said);
  await records(db).recordCut(release, { by: 'ana', ci: null, labels: { team: 'shop' } });
  await close();
}

/** What another home hears of all that happened. */
async function heardElsewhere(url: string) {
  const { db, close } = await openDatabase(url, silent);
  try {
    return (
      await eventsAfter(db, sitesOf({ id: 'b'.repeat(32), host: 'y' }, { declaration, isHere: () => true }), 0, 1000)
    ).events;
  } finally {
    await close();
  }
}

/** What a database says of the environment, its promotions and the ledger; a shared one says it to the home whose it is. */
async function saidBy(url: string) {
  const { db, installation, close } = await openDatabase(url, silent);
  try {
    const sites =
      url === place('shared') ? sitesOf({ id: home, host: 'x' }, { declaration, isHere: () => true }) : ownSites;
    const store = records(db, undefined, sites);
    const { generation: _, ...environmentRecord } = await store.environment(environment);
    const ledger = await readLedger(db, 0, 1000);
    const { events } = await eventsAfter(db, sites, 0, 1000);
    expect(new Set(events.map(({ kind }) => kind)).size).toBeGreaterThan(4);
    const evidence = await store.evidenceOf(release);
    const files = await Promise.all(evidence.map(async ({ id }) => digestOf((await store.evidenceFile(id)) ?? '')));
    const cuts = await store.cutsOf(release);
    expect(await store.commitText('c'.repeat(40))).toEqual(said);
    const tokens = await store.tokens();
    const acting = await store.acting(environment, release);
    expect(acting).toMatchObject({ freezes: [{}], holds: [{}], block: { blocked: true }, taints: [{}] });
    return {
      installation,
      environmentRecord,
      promotions: await store.list({ limit: 100 }),
      ledger,
      events,
      evidence,
      files,
      cuts,
      acting,
      tokens,
    };
  } finally {
    await close();
  }
}

async function onServer(text: string, database = 'soundbite'): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: place(database) });
  await client.connect();
  return client.query(text).finally(() => client.end());
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

describe('records that are moved into a shared database', () => {
  let before: Awaited<ReturnType<typeof saidBy>>;

  beforeAll(async () => {
    postgres = await temporaryPostgres();
    from = postgres.url;
    for (const name of ['shared', 'used', 'other']) await onServer(`create database ${name}`);
    const world = fakeWorld(environments);
    const engine = await startEngine({ databaseUrl: from, executor: 'test', ports: world.ports, lost: silent });
    for (const release of [world.add('a'), world.add('b')]) {
      const asked = await engine.request({
        environment,
        kind: 'promote',
        release,
        override: false,
        allowRemovals: [],
        actor: 'ana',
        reason: 'it said “hello”\n½',
      });
      for (let seen: number | undefined, view = asked; !isFinal(view.state); seen = view.revision)
        view = await engine.view(asked.promotion, seen, 20_000);
    }
    await engine.stop();
    await addEvidence(from);
    before = await saidBy(from);
  });
  afterAll(() => postgres?.stop());

  it('stay where they are while a promotion has not ended', async () => {
    await onServer(`update soundbite.promotions set state = 'running' where id = '${before.promotions[0]?.promotion}'`);
    expect(await codeOf(moveRecords(from, place('shared'), home, silent))).toBe('promotions-under-way');
    await onServer(
      `update soundbite.promotions set state = 'succeeded' where id = '${before.promotions[0]?.promotion}'`,
    );
    expect(await saidBy(from)).toEqual(before);
  });

  it('stay where they are when the other database holds records already', async () => {
    await openDatabase(place('used'), silent).then(({ close }) => close());
    await onServer(`insert into soundbite.environments (name) values ('staging')`, 'used');
    expect(await codeOf(moveRecords(from, place('used'), home, silent))).toBe('database-holds-records');
    expect(await saidBy(from)).toEqual(before);
  });

  it('stay where they are when both URLs lead to one database, in whatever words', async () => {
    expect(
      await codeOf(moveRecords(from, `${from.replace('127.0.0.1', 'localhost')}?application_name=x`, home, silent)),
    ).toBe('database-same');
    expect(await saidBy(from)).toEqual(before);
  });

  it('are all there, by the microsecond, under the same installation, and newer generations follow', async () => {
    const generation = Number((await onServer(`select last_value from soundbite.generation`)).rows[0].last_value);
    await look(place('shared'));
    const moved = await moveRecords(from, place('shared'), home, silent);
    const { rows: accesses } = await onServer(`select times from soundbite.accesses`, 'shared');
    expect(accesses).toEqual([{ times: 4 }]);
    expect(moved).toEqual({
      installation: before.installation,
      promotions: before.promotions.length,
      entries: before.ledger.length,
      to: expect.stringMatching(/^127\.0\.0\.1:\d+\/shared$/),
    } satisfies Moved);
    const after = await saidBy(place('shared'));
    expect(after).toEqual(before);
    expect(firstBroken(after.ledger)).toBeNull();
    const elsewhere = await heardElsewhere(place('shared'));
    expect(new Set(elsewhere.map(({ kind }) => kind))).toEqual(new Set(['release']));
    const times = `select id, created_at::text, finished_at::text from soundbite.promotions order by id`;
    expect((await onServer(times, 'shared')).rows).toEqual((await onServer(times)).rows);
    const next = Number((await onServer(`select nextval('soundbite.generation') as n`, 'shared')).rows[0].n);
    expect(next).toBeGreaterThan(generation);
    expect(after.files).toEqual(after.evidence.map(({ digest }) => digest));
    const { rows: tables } = await onServer(
      `select table_name as name from information_schema.tables where table_schema = 'soundbite' and table_name not like 'kysely_%'`,
    );
    expect(
      tables.map(({ name }) => name).sort(),
      'a table that is neither carried over nor of one database alone',
    ).toEqual([...movedTables.map(([table]) => table), ...keptTables].sort());
  });

  it('leave behind a database that nobody opens again', async () => {
    expect(await codeOf(openDatabase(from, silent))).toBe('database-moved');
    expect(await codeOf(moveRecords(from, place('other'), home, silent))).toBe('database-moved');
    expect(await moveRecords(from, place('shared'), home, silent)).toMatchObject({
      promotions: before.promotions.length,
    });
  });

  it('are there once when the move was cut off before its end', async () => {
    await onServer(`update soundbite.installation set moved_to = null`);
    await moveRecords(from, place('shared'), home, silent);
    expect(await saidBy(place('shared'))).toEqual(before);
    expect(await codeOf(openDatabase(from, silent))).toBe('database-moved');
  });

  it('are copied again when the source went on after a move that was cut off', async () => {
    await onServer(`update soundbite.installation set moved_to = null`);
    const { db, close } = await openDatabase(from, silent);
    await records(db).removed(before.environmentRecord.liveRelease as Digest);
    await close();
    const newer = await saidBy(from);
    expect(newer.ledger).toHaveLength(before.ledger.length + 1);
    await moveRecords(from, place('shared'), home, silent);
    expect(await saidBy(place('shared'))).toEqual(newer);
    await expect(onServer('delete from soundbite.ledger', 'shared')).rejects.toThrow('append-only');
  });

  it('are not merged when others went on with the copy of a move that was cut off', async () => {
    await onServer(`update soundbite.installation set moved_to = null`);
    const { db, close } = await openDatabase(place('shared'), silent);
    await records(db).removed(before.environmentRecord.liveRelease as Digest);
    await close();
    const there = await saidBy(place('shared'));
    const error = await moveRecords(from, place('shared'), home, silent).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'database-holds-records',
      message: expect.stringContaining('others have used it since'),
    });
    expect(await saidBy(place('shared'))).toEqual(there);
  });
});
