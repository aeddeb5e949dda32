import { optionalPrograms, type ProgramKind } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { engineStage } from './stage.ts';

/** Programs that a release brings beside its smoke: a migration runs once, and what was live before it is no target any more. */

const on = engineStage();
const { world, ask, ended, promoted, stepsOf } = on;
const [first] = on.names;
const overridden = { override: true, reason: 'test' };
const promote = async (release: Parameters<typeof ask>[1]) => ended(await ask(first, { ...overridden, ...release }));
const runsOf = (kind: ProgramKind) => world.runs.filter((run) => run.kind === kind);
const floored = /^[0-9a-f]{12} has migrated the data of \S+, and /;

/** Holds the next run of a program where it has done its work and nobody knows yet. */
function heldAtItsEnd(kind: ProgramKind) {
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<boolean>()];
  world.hooks.program = async (asked) => {
    if (asked !== kind) return true;
    delete world.hooks.program;
    reached.resolve();
    return gate.promise;
  };
  return { reached: reached.promise, end: (ok: boolean) => gate.resolve(ok) };
}

describe('a release that brings a migration and a compatibility program', () => {
  it('runs them before it has traffic, in an empty environment the migration alone', async () => {
    const release = world.bringing('the first', ...optionalPrograms);
    const view = await promote({ release });
    expect(stepsOf(view).slice(3, 7)).toEqual([
      'publish succeeded',
      'migration succeeded',
      'smoke succeeded',
      'compatibility skipped',
    ]);
    expect(view.steps[6]?.detail).toBe('nothing is live here that it would have to bear with');
    expect(world.runs).toEqual([{ kind: 'migration', environment: first, release, live: null, attempt: 1 }]);
  });

  it('migrates once, however often it is promoted', async () => {
    const { liveRelease } = await on.engine.records.environment(first);
    const view = await promote({ release: liveRelease ?? undefined });
    expect(stepsOf(view)).toContain('migration skipped');
    await promoted(first, 'in between');
    const again = await promote({ release: liveRelease ?? undefined });
    expect(stepsOf(again)).toContain('migration skipped');
    expect(stepsOf(again)).toContain('compatibility succeeded');
    expect(runsOf('migration')).toHaveLength(1);
    // It was behind its own migration: one may go back to what came after that.
    expect((await ended(await ask(first, { kind: 'rollback' }))).state).toBe('succeeded');
  });

  it('is stopped before it has traffic when a program says no, and what was live stays; the floor does not rise', async () => {
    const live = await promoted(first, 'plain');
    for (const kind of optionalPrograms) {
      world.hooks.program = async (asked) => asked !== kind;
      const view = await promote({ release: world.bringing(`no ${kind}`, ...optionalPrograms) });
      expect(view).toMatchObject({ state: 'failed', reason: `${kind}: answers: GET /ready answered 500` });
      expect(stepsOf(view)).not.toContain('shift succeeded');
      expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    }
    expect((await ended(await ask(first, { kind: 'rollback' }))).state).toBe('succeeded');
  });

  it('is not migrated again by the promotion that follows one that failed later, and raises the floor then', async () => {
    const old = await promoted(first, 'old');
    const release = world.bringing('second try', ...optionalPrograms);
    world.hooks.program = async (kind) => kind !== 'smoke';
    expect(await promote({ release })).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^smoke: /) });
    expect(await on.engine.records.rollbackFloor(first)).not.toBe(release);
    expect((await on.engine.records.environment(first)).liveRelease).toBe(old);
    delete world.hooks.program;
    const view = await promote({ release });
    expect(view.steps.find(({ name }) => name === 'migration')).toMatchObject({
      state: 'succeeded',
      detail: expect.stringMatching(/^promotion \S+ ran it here; it is not run again$/),
    });
    expect(runsOf('migration').filter((run) => run.release === release)).toHaveLength(1);
    expect(await on.engine.records.rollbackFloor(first)).toBe(release);
  });

  it('is a floor: what was live before is gone back to by nobody who does not insist', async () => {
    const old = await promoted(first, 'below');
    await promote({ release: world.bringing('floor', ...optionalPrograms) });
    const refused = { code: 'rollback-below-floor', message: expect.stringMatching(floored) };
    await expect(ask(first, { kind: 'rollback' })).rejects.toMatchObject(refused);
    await expect(ask(first, { kind: 'rollback', release: old })).rejects.toMatchObject(refused);
    expect(await ended(await ask(first, { release: old }))).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(floored),
    });
    const above = await promoted(first, 'above');
    await promoted(first, 'bad news');
    expect(await ended(await ask(first, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: above });
    expect(await promote({ release: old })).toMatchObject({ state: 'succeeded', release: old });
  });

  it('refuses a rollback that was let in before the floor rose', async () => {
    const old = await promoted(first, 'just in time');
    await promoted(first, 'live meanwhile');
    const held = heldAtItsEnd('compatibility');
    const migrating = await ask(first, { release: world.bringing('rises', ...optionalPrograms), ...overridden });
    await held.reached;
    // Stopping it comes too late: what it found to be right is finished.
    const stop = on.engine.records.stop;
    on.engine.records.stop = async () => false;
    const back = await ask(first, { kind: 'rollback', release: old });
    held.end(true);
    expect((await ended(migrating)).state).toBe('succeeded');
    on.engine.records.stop = stop;
    expect(await ended(back)).toMatchObject({ state: 'failed', reason: expect.stringMatching(floored) });
  });

  it('begins anew in an environment that was destroyed', async () => {
    await on.engine.destroy(first, 'ana');
    expect(await on.engine.records.rollbackFloor(first)).toBeNull();
    const [run] = runsOf('migration');
    await promote({ release: run?.release });
    expect(runsOf('migration').at(-1)).toMatchObject({ release: run?.release, live: null, attempt: 1 });
  });
});
