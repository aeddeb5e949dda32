import { readLedger } from '@soundbite/engine/store/ledger.ts';
import { type Digest, firstBroken, isFinal } from '@soundbite/model';
import { expect, it } from 'vitest';
import { environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { observedDatabase } from './observed.ts';
import { type OtherProcess, startOther } from './other-process.ts';

/** Control planes in processes of their own, on one real database; the world that all of them act on is in memory here. */

const here = environments[0]?.name as string;
const steps = ['verify', 'plan', 'infrastructure', 'publish', 'smoke', 'shift', 'watch', 'finalise'];

const world = fakeWorld(environments);
const on = observedDatabase();

async function start(name: string): Promise<OtherProcess> {
  const one = startOther(name, `${on.url}?application_name=${name}`, world);
  on.running.push(one);
  await one.ready;
  return one;
}

async function until<T>(
  what: string | (() => string),
  look: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, null | undefined | false>> {
  for (const end = performance.now() + withinMs; ; ) {
    const found = await look();
    if (found) return found as Exclude<T, null | undefined | false>;
    if (performance.now() > end)
      throw new Error(`waited ${withinMs} ms for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const end = (id: string, withinMs?: number) =>
  until(
    'the end of the promotion',
    async () => {
      const view = await on.seen.view(id);
      return view && isFinal(view.state) && view;
    },
    withinMs,
  );

/** Stops a process in the middle of what it does, and its sessions end, as they do when a laptop is closed: the others take over. */
async function fallAsleep(one: OtherProcess): Promise<void> {
  one.child.kill('SIGSTOP');
  await on.sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and (application_name = $1 or application_name like $2)`,
    [one.name, `dbos\\_transact\\_${one.name}\\_%`],
  );
}

/** It goes on where it was stopped, and finds that it lost its place. */
async function wakeUp(one: OtherProcess): Promise<void> {
  one.child.kill('SIGCONT');
  await until(
    () => `${one.name} to say that it lost its place; it said: ${one.events.join('\n')}`,
    () => one.events.some((event) => event.includes('no longer owned by this execution')),
  );
}

/** What changed the environment since, in order. */
const since = (mark: number) => world.calls.slice(mark);

/** One promotion, as it changes an environment that has another release. */
const promoted = (release: Digest) => [
  `deploy ${here} ${release}`,
  `install ${here} ${release}`,
  `weights ${here} ${release}`,
  `retire ${here}`,
];

async function inLedger(id: string): Promise<string[]> {
  const entries = await readLedger(on.db, 0, 10_000);
  expect(firstBroken(entries)).toBeNull();
  return entries
    .filter(({ subject }) => subject === id)
    .map(({ kind, payload }) => {
      const { step, state } = payload as { step?: string; state?: string };
      return [kind, step, kind === 'promotion.requested' ? undefined : state].filter(Boolean).join(' ');
    });
}

const wholeLedger = [
  'promotion.requested',
  'promotion.admitted',
  'promotion.planned',
  ...steps.map((step) => `step.finished ${step} succeeded`),
  'promotion.finished succeeded',
];

it('two that are asked at once promote one after the other, each release once', async () => {
  const [one, two] = await Promise.all([start('one'), start('two')]);
  const wanted = ['a', 'b', 'c', 'd'].map((name) => world.add(name));
  const ids = await Promise.all(wanted.map((release, index) => (index % 2 === 0 ? one : two).promote(here, release)));
  const views = await Promise.all(ids.map((id) => end(id)));
  expect(views.map(({ state, reason }) => reason ?? state)).toEqual(ids.map(() => 'succeeded'));
  const inOrder = views.toSorted((x, y) => Date.parse(x.finishedAt ?? '') - Date.parse(y.finishedAt ?? ''));
  expect(world.calls).toEqual(inOrder.flatMap(({ release }) => promoted(release)));
  for (const id of ids) expect(await inLedger(id)).toEqual(wholeLedger);
  expect((await on.seen.environment(here)).liveRelease).toBe(inOrder.at(-1)?.release);
});

it('one that sleeps in the middle of a step is taken over, and what it does after it woke is refused', async () => {
  const sleeper = await start('sleeper');
  const release = world.add('e');
  const mark = world.calls.length;
  const inShift = sleeper.hold('infrastructure.state', ['programs.collect']);
  const id = await sleeper.promote(here, release);
  await inShift.reached;

  const heir = await start('heir');
  const shifted = heir.hold('runtime.observe', ['runtime.setWeights']);
  await fallAsleep(sleeper);
  inShift.go();
  await shifted.reached;
  await wakeUp(sleeper);
  expect(since(mark)).toContain(`refused weights ${here} ${release}`);
  shifted.go();

  expect(await end(id)).toMatchObject({ state: 'succeeded', reason: null });
  expect(since(mark).filter((call) => !call.startsWith('refused'))).toEqual(promoted(release));
  expect(await inLedger(id)).toEqual(wholeLedger);
});

it('one that sleeps as a step begins is taken over, and does not begin it after it woke', async () => {
  await on.sql.query(`create function hold() returns trigger language plpgsql as
    $$ begin if new.name = 'shift' then perform pg_advisory_xact_lock_shared(4711); end if; return new; end $$`);
  await on.sql.query('create trigger hold before insert on soundbite.steps for each row execute function hold()');
  await on.sql.query('select pg_advisory_lock(4711)');
  const sleeper = await start('sleeper');
  const release = world.add('f');
  const mark = world.calls.length;
  const id = await sleeper.promote(here, release);
  await until('the step to begin', async () => {
    const { rows } = await on.sql.query(
      "select 1 from pg_locks where locktype = 'advisory' and objid = 4711 and not granted",
    );
    return rows.length > 0;
  });

  const heir = await start('heir');
  const shifting = heir.hold('runtime.setWeights', []);
  await fallAsleep(sleeper);
  await on.sql.query('select pg_advisory_unlock(4711)');
  await shifting.reached;
  await wakeUp(sleeper);
  shifting.go();

  expect(await end(id)).toMatchObject({ state: 'succeeded', reason: null });
  expect(since(mark)).toEqual(promoted(release));
  expect(await inLedger(id)).toEqual(wholeLedger);
  await on.sql.query('drop trigger hold on soundbite.steps');
});

it('one that sleeps while it brings back what was live does not bring it back over a later promotion', async () => {
  const sleeper = await start('sleeper');
  const looking = sleeper.hold('infrastructure.state', []);
  sleeper.reconcile(here);
  await looking.reached;

  const heir = await start('heir');
  await fallAsleep(sleeper);
  looking.go();
  const release = world.add('g');
  const shifting = heir.hold('runtime.setWeights', ['programs.collect']);
  const id = await heir.promote(here, release);
  await shifting.reached;
  const mark = world.calls.length;
  await wakeUp(sleeper);
  shifting.go();

  expect(await end(id)).toMatchObject({ state: 'succeeded', reason: null });
  // What it still asks for before it hears that it lost its place is refused, and changes nothing.
  expect(since(mark).filter((call) => !call.startsWith('refused'))).toEqual(promoted(release).slice(2));
  expect(world.weights.get(here)).toEqual([{ release, share: 1 }]);
});

it('one that stopped with its sessions open is taken over, too', async () => {
  const sleeper = await start('sleeper');
  const release = world.add('h');
  const mark = world.calls.length;
  const inShift = sleeper.hold('infrastructure.state', ['programs.collect']);
  const id = await sleeper.promote(here, release);
  await inShift.reached;
  await start('heir');
  sleeper.child.kill('SIGSTOP');
  inShift.go();

  expect(await end(id, 60_000)).toMatchObject({ state: 'succeeded', reason: null });
  await wakeUp(sleeper);
  expect(since(mark).filter((call) => !call.startsWith('refused'))).toEqual(promoted(release));
  expect(await inLedger(id)).toEqual(wholeLedger);
});

it('one that wakes while somebody takes over its work keeps its place', async () => {
  const sleeper = await start('sleeper');
  await fallAsleep(sleeper);
  await on.sql.query("select pg_advisory_lock(hashtextextended('soundbite-executor/sleeper', 0))");
  sleeper.child.kill('SIGCONT');
  await until('it to ask for its place', async () => {
    const { rows } = await on.sql.query(
      "select 1 from pg_stat_activity where application_name = 'sleeper' and query like '%pg_try_advisory_lock%'",
    );
    return rows.length > 0;
  });
  await on.sql.query("select pg_advisory_unlock(hashtextextended('soundbite-executor/sleeper', 0))");

  const release = world.add('j');
  expect(await end(await sleeper.promote(here, release))).toMatchObject({ state: 'succeeded' });
});

it('one that is killed between the end of a migration and its record is taken over; the migration is started again, and told so', async () => {
  const one = await start('one');
  const release = world.bringing('i', 'migration', 'compatibility');
  const live = (await on.seen.environment(here)).liveRelease;
  const ended = Promise.withResolvers<void>();
  world.hooks.program = () => {
    ended.resolve();
    return new Promise<never>(() => {});
  };
  const id = await one.promote(here, release);
  await ended.promise;
  delete world.hooks.program;
  await one.stop();
  await start('heir');

  expect(await end(id, 60_000)).toMatchObject({ state: 'succeeded', reason: null });
  const about = { environment: here, release, live };
  expect(world.runs).toEqual([
    { kind: 'migration', ...about, attempt: 1 },
    { kind: 'migration', ...about, attempt: 2 },
    { kind: 'compatibility', ...about, attempt: null },
  ]);
  expect((await inLedger(id)).filter((entry) => entry.includes('migration'))).toEqual([
    'step.finished migration succeeded',
  ]);
  expect(await on.seen.rollbackFloor(here)).toBe(release);
});
