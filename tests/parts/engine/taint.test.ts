import { patience } from '@soundbite/engine/patience.ts';
import { type Digest, digestOf, SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { engineStage } from './stage.ts';

/** Environments that were changed outside of promotions, on real records: what is live there goes on when that has ended. */

const on = engineStage();
const { world, ask, ended, promoted } = on;
const [first, second] = on.names;

const records = () => on.engine.records;
/** What a look finds in the first environment. */
let changed: string[] = [];
/** What happens there while it is looked at. */
let meanwhile = async () => {};

beforeEach(() => {
  changed = [];
  meanwhile = async () => {};
  world.hooks.differences = async (name) => {
    if (name !== first) return [];
    await meanwhile();
    const about = { where: 'settings', hint: `soundbite repair ${first}` };
    return changed.map((what) => ({ ...about, detail: `somebody changed ${what}` }));
  };
  world.hooks.declaration = () => ({
    digest: digestOf('drift'),
    environments: environments.map((one) =>
      one.name === second ? { ...one, gates: [{ gate: 'drift', options: {} }, ...one.gates] } : one,
    ),
  });
});

afterEach(() => records().acceptTaints(first, { by: 'test', reason: 'the end of a test' }));

const openIn = async (name: string) => (await records().taints(name)).filter((one) => one.ended === null);
const repaired = (release: Digest) => ask(first, { release, reason: 'repair' }).then(ended);
const gatesOf = async (id: string) =>
  (await on.engine.view(id)).gates.map(({ gate, verdict, reasons }) =>
    [gate, verdict, ...reasons.slice(0, 1)].join(' '),
  );
const waiting = (id: string, gate = 'taint') => on.heldBy(id, gate);

it('what a look finds where a release comes from keeps it, also when it is mended by hand, over a restart and without a row, until a repair', async () => {
  const before = await promoted(second, 'there before');
  await promoted(second, 'there');
  const release = await promoted(first, 'tried in what was changed');
  changed = ['Queue'];
  // Who only asks what would be said is told, and nothing is written down.
  const about = { release, requester: null };
  expect(await on.engine.entryGates(second, about)).toMatchObject([
    { gate: 'taint', verdict: 'wait' },
    { gate: 'drift' },
  ]);
  expect(await openIn(first)).toEqual([]);

  const id = await ask(second, { release });
  const held = await waiting(id);
  const [taint, ...more] = await openIn(first);
  expect(more).toEqual([]);
  expect(taint).toMatchObject({ why: 'drift', findings: ['settings: somebody changed Queue'], release });
  expect(held).toMatchObject({ state: 'waiting', waitsFor: 'person', admission: null });
  expect(held.reason).toMatch(
    new RegExp(`^taint: ${first} was changed .+Queue.+; soundbite repair ${first}, or soundbite taint accept ${first}`),
  );
  changed = [];
  await on.engine.stop();
  on.engine = await on.start();
  const asked = vi.spyOn(records(), 'acting');
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), 15_000);
  expect(await on.engine.view(id)).toMatchObject({ revision: held.revision, state: 'waiting' });
  expect(await ended(await ask(second, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: before });
  // It was asked for before that: somebody has to want it still.
  await on.resumed(second);
  expect(await openIn(first)).toEqual([taint]);
  await repaired(release);
  expect((await records().taints(first))[0]).toMatchObject({ id: taint?.id, endedAs: 'reconciled', by: 'test' });
  expect(await ended(id)).toMatchObject({ state: 'succeeded', gates: [{ gate: 'drift', verdict: 'pass' }, {}, {}] });
});

it('an environment that cannot be looked at before a release comes from it is no pass', async () => {
  const release = await promoted(first, 'nobody may look there');
  world.hooks.differences = (name) => {
    if (name === first) throw new SoundBiteError('cloud-throttled', 'the account does not answer');
    return [];
  };
  const id = await ask(second, { release });
  const says = `drift: ${first}, from which it comes, could not be looked at: the account does not answer`;
  await vi.waitFor(async () => expect((await on.engine.view(id)).reason).toContain(says), 10_000);
  expect(await openIn(first)).toEqual([]);
  await on.engine.abort(id, 'test');
});

it('a look that saw half of something, or a session, lets nothing go on: it is looked at again', async () => {
  const release = await promoted(first, 'looked at in between');
  const shift = on.heldInShift();
  const running = await ask(first, { release, reason: 'repair' });
  await shift.reached;
  const id = await ask(second, { release });
  const says = (await waiting(id, 'drift')).reason;
  expect(says).toContain(`${first} is being changed by a promotion or a dev session`);
  shift.go();
  expect((await ended(running)).state).toBe('succeeded');
  expect((await ended(id)).state).toBe('succeeded');

  const newer = await promoted(first, 'a session begins meanwhile');
  changed = ['Queue'];
  meanwhile = async () => void (await on.engine.locks.hold(first, 'dev session 1'));
  const beside = await ask(second, { release: newer });
  expect((await waiting(beside, 'drift')).reason).toContain(`${first} is being changed`);
  expect(await openIn(first)).toEqual([]);
  meanwhile = async () => {};
  await on.engine.locks.release(first, 'dev session 1');
  await waiting(beside);
  expect((await openIn(first)).map(({ why }) => why)).toEqual(['drift']);
  await on.engine.abort(beside, 'test');
});

it('what ended last may have been asked for long before others that ended', async () => {
  const release = await promoted(first, 'asked for before fifty others');
  const [last] = await records().list({ environment: first, limit: 1 });
  const columns = 'environment, kind, release, previous, request, actor, declaration';
  await on.sql.query(
    `insert into promotions (id, ${columns}, state, created_at, finished_at)
     select 'later-' || n, ${columns}, 'aborted', finished_at - interval '1 ms', finished_at - interval '1 ms'
     from promotions, generate_series(1, 60) n where id = $1`,
    [last?.promotion],
  );
  changed = ['Queue'];
  const id = await ask(second, { release });
  await waiting(id);
  await on.engine.abort(id, 'test');
});

it('nobody accepts what a session goes on changing', async () => {
  await promoted(first, 'served');
  await on.engine.locks.hold(first, 'dev session 1');
  await records().tainted({ environment: first, why: 'dev', findings: ['dev session 1'] });
  const accepted = () => records().acceptTaints(first, { by: 'ana', reason: 'early' });
  const message = `dev session 1 is changing ${first}`;
  await expect(accepted()).rejects.toMatchObject({ code: 'environment-busy', message });
  expect(await openIn(first)).toHaveLength(1);
  await on.engine.locks.release(first, 'dev session 1');
  await accepted();
  expect(await openIn(first)).toEqual([]);
});

it('one is over when something was promoted there, also by a control plane that knows of none', async () => {
  const release = await promoted(first, 'promoted by an older one');
  await records().tainted({ environment: first, why: 'dev', findings: ['dev session 1'] });
  await repaired(release);
  const [taint] = await records().taints(first);
  await on.sql.query(
    'update taints set ended_at = null, ended_as = null, ended_by = null, promotion = null where id = $1',
    [taint?.id],
  );
  expect((await records().acting(first, null)).taints).toEqual([]);
  expect(await openIn(first)).toEqual([]);
  expect((await ended(await ask(second, { release }))).state).toBe('succeeded');
  await records().tainted({ environment: first, why: 'dev', findings: ['dev session 1'] });
  expect(await openIn(first)).toHaveLength(1);
});

it('what is accepted with a reason is not raised again until something is promoted there; other changes are', async () => {
  const release = await promoted(first, 'meant');
  changed = ['Queue'];
  const id = await ask(second, { release });
  await waiting(id);
  const at = performance.now();
  await records().acceptTaints(first, { by: 'ana', reason: 'it is meant', taint: 'nosuch' });
  expect(await openIn(first)).toHaveLength(1);
  await records().acceptTaints(first, { by: 'ana', reason: 'it is meant' });
  expect((await records().taints(first))[0]).toMatchObject({ endedAs: 'accepted', by: 'ana', reason: 'it is meant' });
  expect((await ended(id)).state).toBe('succeeded');
  expect(performance.now() - at).toBeLessThan(patience.admission.afterFixMs - 1_000);
  expect(await openIn(first)).toEqual([]);

  const next = world.add('meant, too');
  await ended(await ask(first, { release: next, override: true, reason: 'test' }));
  changed = ['Queue', 'Table'];
  const found = (what: string[]) =>
    records().tainted({ environment: first, why: 'drift', findings: what, lastEnded: '2099-01-01T00:00:00.000Z' });
  await Promise.all([found(['a']), found(['a']), found(['a', 'b'])]);
  expect((await openIn(first)).flatMap(({ findings }) => findings).toSorted()).toEqual(['a', 'b']);
  await records().acceptTaints(first, { by: 'ana', reason: 'these as well' });
  await found(['b', 'a']);
  expect(await openIn(first)).toEqual([]);
  await found(['b', 'c']);
  expect((await openIn(first)).map(({ findings }) => findings)).toEqual([['c']]);
  await repaired(next);
  await found(['a']);
  expect((await openIn(first)).map(({ findings }) => findings)).toEqual([['a']]);
});

it('a look that is out of date taints nothing, nor one of what a session serves, nor one where nothing is live', async () => {
  await promoted(first, 'newer than the look');
  const found = (environment: string, lastEnded: string | null) =>
    records().tainted({ environment, why: 'drift', findings: ['x'], lastEnded });
  await found(first, '2020-01-01T00:00:00.000Z');
  await found(first, null);
  await found(on.names[2], null);
  const view = (await records().list({ environment: first, limit: 1 }))[0];
  await on.engine.locks.hold(first, 'dev session 1');
  await found(first, view?.finishedAt ?? null);
  expect(await records().taints(on.names[2])).toEqual([]);
  expect(await openIn(first)).toEqual([]);
  await on.engine.locks.release(first, 'dev session 1');
  await found(first, view?.finishedAt ?? null);
  expect(await openIn(first)).toHaveLength(1);
  // It ends with its environment.
  const last = on.names[2];
  await promoted(last, 'to be destroyed');
  await records().tainted({ environment: last, why: 'dev', findings: ['dev session 1'] });
  await records().forget(last, 'ana', { key: 'once', departure: 'destroyed' });
  expect(await records().taints(last)).toMatchObject([{ endedAs: 'emptied', by: 'ana' }]);
  // A rollback moves the traffic, and brings nothing else back.
  expect((await ended(await ask(first, { kind: 'rollback' }))).state).toBe('succeeded');
  expect(await openIn(first)).toHaveLength(1);
});

it('a session that begins while one waits for its turn keeps that; what runs goes on, a broken glass goes past it', async () => {
  const release = await promoted(first, 'served beside');
  const shift = on.heldInShift();
  const running = await ask(second, { release });
  await shift.reached;
  const newer = await promoted(first, 'served next');
  // An override passes the gates, not that.
  const queued = await ask(second, { release: newer, override: true, reason: 'test' });
  await vi.waitFor(async () => expect((await on.engine.view(queued)).admission).not.toBeNull(), 10_000);
  const session = (name: string) => records().tainted({ environment: first, why: 'dev', findings: [name] });
  await session('dev session 1');
  await session('dev session 2');
  expect((await openIn(first)).map(({ findings }) => findings)).toEqual([['dev session 1']]);
  shift.go();
  expect((await ended(running)).state).toBe('succeeded');
  expect(await waiting(queued)).toMatchObject({ state: 'waiting', admission: null, steps: [] });
  const ana = { actor: 'ana', breakGlass: true, reason: 'an outage' };
  const passed = await ask(second, { release: newer, ...ana });
  expect((await ended(passed)).state).toBe('succeeded');
  expect(await gatesOf(passed)).toContainEqual(expect.stringMatching(/^taint overridden .+ served the working tree/));
  // It brings back what is live there by now.
  expect((await ended(queued)).state).toBe('succeeded');
  expect(await openIn(first)).toHaveLength(1);
});
