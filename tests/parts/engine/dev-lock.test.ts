import { type Engine, startEngine } from '@soundbite/engine';
import { type Digest, isFinal, SoundBiteError } from '@soundbite/model';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { temporaryDatabase } from './shared-database.ts';

/** Sessions of `dev` and promotions on one real database: only one of them has an environment at a time. */

const [here, there] = environments.map(({ name }) => name) as [string, string];
const world = fakeWorld(environments);
let database: Awaited<ReturnType<typeof temporaryDatabase>>;
let engine: Engine;
let sql: Client;

beforeAll(async () => {
  database = await temporaryDatabase();
  const lost = (error: Error) => {
    throw error;
  };
  engine = await startEngine({ databaseUrl: database.url, executor: 'test', ports: world.ports, lost });
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql?.end();
  await engine?.stop();
  await database?.stop();
});

const ask = (release: string) =>
  engine.request({
    environment: here,
    kind: 'promote',
    release: world.add(release),
    override: false,
    allowRemovals: [],
    actor: 'test',
  });
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const view = await engine.view(id);
      expect(isFinal(view.state)).toBe(true);
      return view;
    },
    { timeout: 30_000, interval: 50 },
  );
/** As if nobody had renewed it for a minute. */
const goStale = () =>
  sql.query(`update soundbite.locks set beat_at = now() - interval '1 minute' where environment = $1`, [here]);

it('a promotion that is asked for during a session waits, and runs when the lock is given back', async () => {
  expect(await engine.locks.hold(here, 'dev session 1')).toBe(true);
  expect(await engine.locks.hold(here, 'dev session 2')).toBe(false);
  const { promotion } = await ask('a');
  await vi.waitFor(
    async () => expect((await engine.view(promotion)).reason).toBe(`dev session 1 holds ${here}`),
    10_000,
  );
  expect(await engine.locks.hold(here, 'dev session 1')).toBe(true);
  await engine.locks.release(here, 'dev session 1');
  expect(await ended(promotion)).toMatchObject({ state: 'succeeded' });
});

/** Lets the database tell of every row that is written. */
async function tellWrites(): Promise<void> {
  await sql.query(`create function tell_write() returns trigger language plpgsql as
    $$ begin perform pg_notify('writes', tg_table_name); return null; end $$`);
  const { rows } = await sql.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('soundbite', 'dbos')`,
  );
  for (const { name } of rows)
    await sql.query(
      `create trigger tell_write after insert or update or delete on ${name} for each row execute function tell_write()`,
    );
  await sql.query('listen writes');
}

it('a promotion that waits for a session, for its turn or for its admission writes no row while nothing happens', async () => {
  const { liveRelease } = await engine.records.environment(here);
  expect(await engine.locks.hold(here, 'dev session 1')).toBe(true);
  const { promotion } = await ask('waits');
  const says = (id: string, reason: string) =>
    vi.waitFor(async () => expect((await engine.view(id)).reason).toContain(reason), 10_000);
  await says(promotion, 'holds');
  const { promotion: behind } = await ask('waits behind it');
  await vi.waitFor(async () => expect((await engine.view(behind)).admission).not.toBeNull(), 10_000);
  world.hooks.healthy = () => {
    throw new SoundBiteError('cloud-denied', 'nobody may look', { hint: 'let somebody' });
  };
  // This is decided again each five seconds.
  const request = { environment: there, kind: 'promote', release: liveRelease as Digest } as const;
  const looks = vi.spyOn(world.ports, 'healthy');
  const held = await engine.request({ ...request, override: false, allowRemovals: [], actor: 'test' });
  await says(held.promotion, 'nobody may look; let somebody');
  looks.mockClear();
  const written: string[] = [];
  sql.on('notification', ({ payload = '' }) => written.push(payload));
  await tellWrites();
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  // Each control plane gives a sign of life.
  expect(written.filter((table) => table !== 'executors')).toEqual([]);
  expect(written).toContain('executors');
  expect(looks).toHaveBeenCalled();
  delete world.hooks.healthy;
  expect(await ended(held.promotion)).toMatchObject({ state: 'succeeded' });
  await engine.locks.release(here, 'dev session 1');
  for (const id of [promotion, behind]) expect(await ended(id)).toMatchObject({ state: 'succeeded' });
});

it('a session whose lock went stale does not come back over a promotion that has begun, and reconciles nothing', async () => {
  expect(await engine.locks.hold(here, 'dev session 1')).toBe(true);
  await goStale();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  world.hooks.beforeShift = () => {
    arrive();
    return gate;
  };
  const { promotion } = await ask('b');
  await arrived;
  expect(await engine.locks.hold(here, 'dev session 1')).toBe(false);
  expect(await engine.locks.hold(here, 'dev session 2')).toBe(false);
  const mark = world.calls.length;
  expect(await engine.reconcileUnderLock(here, 'dev session 1')).toBe(`dev session 1 holds ${here} no more`);
  expect(world.calls.slice(mark)).toEqual([]);
  delete world.hooks.beforeShift;
  open();
  expect(await ended(promotion)).toMatchObject({ state: 'succeeded' });
  await engine.locks.release(here, 'dev session 1');
});

it('of a session and a promotion that begin at the same moment one waits for the other', async () => {
  for (let round = 0; round < 8; round += 1) {
    const [{ promotion }, isHeld] = await Promise.all([ask(`c${round}`), engine.locks.hold(here, 'dev session 3')]);
    if (isHeld) {
      await vi.waitFor(async () => expect((await engine.view(promotion)).reason).toContain('holds'), 10_000);
      expect((await engine.view(promotion)).state).toBe('waiting');
      await engine.locks.release(here, 'dev session 3');
    }
    expect(await ended(promotion)).toMatchObject({ state: 'succeeded' });
  }
});
