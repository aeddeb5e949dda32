import { patience } from '@soundbite/engine/patience.ts';
import { type Digest, digestOf } from '@soundbite/model';
import { expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { engineStage } from './stage.ts';

/** What keeps releases from entering an environment, on real records: waiting, saying why, letting go, over a restart. */

const on = engineStage();
const { world, ask, ended, promoted, heldBy: waiting, resumed } = on;
const [first, second] = on.names;
const overridden = { override: true, reason: 'test' };

const records = () => on.engine.records;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const freeze = (more: { readonly until?: string; readonly idempotencyKey?: string } = {}) =>
  records().addFreeze({ environment: first, until: inMs(3_600_000), reason: 'release night', by: 'ana', ...more });

it('a freeze keeps a promotion, whatever it overrides, over a restart and without a row; a rollback goes; removed, it lets go at once', async () => {
  const before = await promoted(first, 'before');
  await promoted(first, 'live');
  const idempotencyKey = 'once';
  await freeze({ idempotencyKey });
  await freeze({ idempotencyKey });
  const [one, ...more] = await records().freezes(first);
  expect(more).toEqual([]);
  const id = await ask(first, { release: world.add('next'), ...overridden });
  const held = await waiting(id, 'freeze');
  expect(held).toMatchObject({ state: 'waiting', waitsFor: null, admission: null });
  expect(held.waitingFor[0]?.until).toBe(one?.until);
  await on.engine.stop();
  on.engine = await on.start();
  const asked = vi.spyOn(records(), 'acting');
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), 15_000);
  expect(await on.engine.view(id)).toMatchObject({ revision: held.revision, state: 'waiting' });
  expect(await ended(await ask(first, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: before });
  // It was asked for before that: somebody has to want it still.
  await resumed(first);
  await waiting(id, 'freeze');
  const at = performance.now();
  expect(await records().removeFreeze(one?.id ?? '', 'ana')).toBe(first);
  expect(await ended(id)).toMatchObject({ state: 'succeeded', waitingFor: [] });
  expect(performance.now() - at).toBeLessThan(patience.admission.afterFixMs - 1_000);
  expect(await records().removeFreeze('nosuch', 'ana')).toBeNull();
});

it('a freeze is over at its end, by itself', async () => {
  await freeze({ until: inMs(1_500) });
  const [one] = await records().freezes();
  const view = await ended(await ask(first, { release: world.add('after the freeze'), ...overridden }));
  expect(view.state).toBe('succeeded');
  expect(Date.parse(view.finishedAt ?? '')).toBeGreaterThan(Date.parse(one?.until ?? ''));
  expect(await records().freezes()).toEqual([]);
});

const hold = (environment: string, scope: 'automatic' | 'all') =>
  records().hold({ environment, scope, until: null, reason: 'an outage', by: 'ana' });
const holdsIn = async (environment: string) => (await records().acting(environment, null)).holds;
it('a hold of all keeps what a person promotes; a rollback goes, and several are ended one by one', async () => {
  await promoted(first, 'one');
  await promoted(first, 'two');
  const before = Date.now();
  await hold(first, 'all');
  const id = await ask(first, { release: world.add('three'), ...overridden });
  const reason = expect.stringContaining(
    `hold: ${first} is held by ana (an outage); soundbite resume ${first} --hold `,
  );
  expect(await waiting(id, 'hold')).toMatchObject({ reason, waitsFor: 'person' });
  expect((await ended(await ask(first, { kind: 'rollback', reason: 'too loud' }))).state).toBe('succeeded');
  const [after, byAna, ...more] = await holdsIn(first);
  expect(more).toEqual([]);
  for (const { since = '' } of [byAna, after].filter((one) => one !== undefined))
    expect(Math.abs(Date.parse(since) - before)).toBeLessThan(60_000);
  expect(after).toMatchObject({ scope: 'automatic', reason: 'rolled back: too loud', by: 'test' });
  await records().resume(first, [byAna?.id ?? ''], 'ana');
  // It was asked for before somebody rolled back.
  await vi.waitFor(
    async () =>
      expect((await waiting(id, 'hold')).reason).toMatch(
        /is held by test for what comes by itself, and for what was asked for before/,
      ),
    10_000,
  );
  expect((await ended(await ask(first, { release: world.add('four'), ...overridden }))).state).toBe('succeeded');
  // A person's release is final there: the person has decided how it goes on.
  expect(await holdsIn(first)).toEqual([]);
  expect((await ended(id)).state).toBe('succeeded');
});

it('what waits is superseded by what is promoted later, where that is declared; what brings back the live release is not', async () => {
  const live = await promoted(first, 'of Sunday');
  const [older, newer] = [world.add('of Monday'), world.add('of Tuesday')];
  await hold(first, 'all');
  const waits = (release: Digest) => ask(first, { release, ...overridden });
  const repair = await waits(live);
  const kept = await waits(older);
  await waiting(kept, 'hold');
  const both = await waits(newer);
  await waiting(both, 'hold');
  expect((await on.engine.view(kept)).state).toBe('waiting');
  world.hooks.declaration = () => ({
    digest: digestOf('superseding'),
    environments: environments.map((one) => (one.name === first ? { ...one, supersede: true } : one)),
  });
  const reason = `superseded by promotion ${both} with the newer ${newer.slice(7, 19)}`;
  const at = performance.now();
  expect(await ended(kept)).toMatchObject({ state: 'failed', reason, steps: [] });
  const again = await waits(older);
  const said = `superseded by promotion ${again} with the newer ${older.slice(7, 19)}`;
  expect(await ended(both)).toMatchObject({ state: 'failed', reason: said });
  expect(performance.now() - at).toBeLessThan(2 * patience.admission.afterFixMs);
  await resumed(first);
  expect((await ended(repair)).state).toBe('succeeded');
  expect(await ended(again)).toMatchObject({ state: 'succeeded', release: older });
  delete world.hooks.declaration;
});

it('after a rollback what follows another promotion waits, and what up brings; what a person promotes goes', async () => {
  await promoted(second, 'old');
  await promoted(second, 'newer');
  await ended(await ask(second, { kind: 'rollback' }));
  const release = world.add('newest');
  const leading = await ended(await ask(first, { release, through: second }));
  const follower = leading.next ?? '';
  const says = new RegExp(
    `^hold: ${second} is held by test for what comes by itself, and for what was asked for before .* UTC \\(rolled back\\); soundbite resume ${second} --hold `,
  );
  expect((await waiting(follower, 'hold')).reason).toMatch(says);
  await waiting(await ask(second, { release, via: 'up' }), 'hold');
  expect((await ended(await ask(second, { release }))).state).toBe('succeeded');
  expect((await ended(follower)).state).toBe('succeeded');
});

it('after a rollback what a person asked for before it waits, too: nobody decided anew that it comes', async () => {
  await promoted(second, 'good');
  await promoted(second, 'to be taken back');
  await records().addFreeze({ environment: second, until: inMs(3_600_000), reason: 'a night', by: 'ana' });
  const [frozen] = await records().freezes(second);
  const release = world.add('asked for before');
  const earlier = await ask(second, { release, ...overridden });
  await waiting(earlier, 'freeze');
  await ended(await ask(second, { kind: 'rollback' }));
  await records().removeFreeze(frozen?.id ?? '', 'test');
  expect((await waiting(earlier, 'hold')).reason).toMatch(
    /is held by test for what comes by itself, and for what was asked for before/,
  );
  expect((await ended(await ask(second, { release: world.add('asked for after'), ...overridden }))).state).toBe(
    'succeeded',
  );
  // That was a person's decision: the hold is over.
  expect((await ended(earlier)).state).toBe('succeeded');
});

it('what waits for its turn when it is held goes back to its admission: a follower does not undo the rollback that came before it', async () => {
  const live = await promoted(second, 'before the night');
  const held = on.heldInShift();
  const running = await ask(second, { release: world.add('of the night'), ...overridden });
  await held.reached;
  const release = await (async () => {
    const next = world.add('follows');
    await ended(await ask(first, { release: next }));
    return next;
  })();
  const queued = await ask(second, { release, via: 'up' });
  await vi.waitFor(async () => expect((await on.engine.view(queued)).admission).not.toBeNull(), 10_000);
  const back = await ask(second, { kind: 'rollback' });
  await vi.waitFor(async () => expect((await records().asked(running)).stopped).not.toBeNull(), 10_000);
  held.go();
  expect((await ended(running)).state).toBe('aborted');
  expect(await ended(back)).toMatchObject({ state: 'succeeded', release: live });
  expect(await waiting(queued, 'hold')).toMatchObject({ state: 'waiting', admission: null, steps: [] });
  expect((await records().environment(second)).liveRelease).toBe(live);
  await resumed(second);
  expect(await ended(queued)).toMatchObject({ state: 'succeeded', release });
});

it('a blocked release goes nowhere further, at once and while under way; nobody goes back to it, and one goes back from it', async () => {
  const good = await promoted(first, 'good');
  const bad = await promoted(first, 'bad');
  const blocking = { release: bad, reason: 'wrong prices', by: 'ana' };
  const shift = on.heldInShift();
  const running = await ask(second, { release: bad, ...overridden });
  await shift.reached;
  const waits = await ask(second, { release: bad, ...overridden });
  await records().setBlock({ ...blocking, blocked: true });
  await records().setBlock({ ...blocking, blocked: true });
  shift.go();
  const says = `${bad.slice(7, 19)} is blocked by ana (wrong prices); soundbite unblock ${bad.slice(7, 19)}`;
  for (const id of [running, waits]) expect(await ended(id)).toMatchObject({ state: 'aborted', reason: says });
  expect(await ended(await ask(second, { release: bad, ...overridden }))).toMatchObject({
    ...{ state: 'failed', reason: `block: ${says}`, steps: [] },
    gates: [{ gate: 'block', verdict: 'fail' }],
  });
  // Restored where it is live; then back from it, and not to it again.
  expect((await ended(await ask(first, { release: bad }))).state).toBe('succeeded');
  expect(await ended(await ask(first, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: good });
  await ended(await ask(first, { release: world.add('later'), ...overridden }));
  await expect(ask(first, { kind: 'rollback', release: bad })).rejects.toMatchObject({ code: 'release-blocked' });
  const { rows } = await on.sql.query(`select kind from soundbite.ledger where kind like 'release.%blocked'`);
  expect(rows).toHaveLength(1);
  await records().setBlock({ ...blocking, blocked: false });
  expect((await ended(await ask(second, { release: bad, ...overridden }))).state).toBe('succeeded');
});

it('a rollback that names no release passes over a blocked one', async () => {
  const oldest = await promoted(first, 'oldest');
  const between = await promoted(first, 'between');
  await promoted(first, 'on top');
  await records().setBlock({ release: between, blocked: true, reason: 'wrong prices', by: 'ana' });
  expect((await records().environment(first)).previousRelease).toBe(oldest);
  expect(await ended(await ask(first, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: oldest });
});
