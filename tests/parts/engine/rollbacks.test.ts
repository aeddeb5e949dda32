import { type Digest, SoundBiteError } from '@soundbite/model';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { engineStage } from './stage.ts';

/** Rollbacks that people ask for, and the undoing of promotions that do not succeed. */

const on = engineStage();
const { world, ask, ended, promoted, heldInShift } = on;

/** Until a promotion has heard that it is to stop. */
const stopped = (promotion: string) =>
  vi.waitFor(async () => {
    const { rows } = await on.sql.query('select stopped from soundbite.promotions where id = $1', [promotion]);
    expect(rows).toMatchObject([{ stopped: 'test asked for a rollback' }]);
  }, 15_000);
const [first, , third] = on.names;

/** A promotion of a release of this text, once it is held in its shift, and what lets it go on. */
async function heldWith(text: string) {
  const { reached, go } = heldInShift();
  const promotion = await ask(first, { release: world.add(text) });
  await reached;
  return { promotion, go };
}

const saying = (id: string, reason: string) =>
  vi.waitFor(async () => expect((await on.engine.view(id)).reason).toContain(reason), 15_000);

describe('a rollback that is asked for while a promotion is under way', () => {
  it('stops it, and has nothing more to do when what was live is live again', async () => {
    await promoted(first, 'z');
    const live = await promoted(first, 'a');
    const { promotion, go } = await heldWith('b');
    const rollback = await ask(first, { kind: 'rollback' });
    await stopped(promotion);
    go();
    expect(await ended(promotion)).toMatchObject({ state: 'aborted', reason: 'test asked for a rollback' });
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: live, previous: live, steps: [] });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    expect((await on.engine.records.environment(first)).liveRelease).toBe(live);
  });

  it('stops it though environments.yaml breaks before it is let in', async () => {
    const live = (await on.engine.records.environment(first)).liveRelease;
    const { promotion, go } = await heldWith('half saved');
    const { create } = on.engine.records;
    vi.spyOn(on.engine.records, 'create').mockImplementationOnce(async (asked) => {
      const id = await create(asked);
      world.hooks.declaration = () => {
        throw new SoundBiteError('declaration-invalid', 'environments.yaml:3 is half saved', { hint: 'fix it' });
      };
      return id;
    });
    const rollback = await ask(first, { kind: 'rollback' });
    await stopped(promotion);
    go();
    expect(await ended(promotion)).toMatchObject({ state: 'aborted' });
    delete world.hooks.declaration;
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: live });
  });

  it.each([
    ['to what was live before', () => ({})],
    ['to the release that is named', (live: Digest) => ({ release: live })],
  ])('rolls it back when it became final first: %s', async (to, named) => {
    const live = await promoted(first, `c, ${to}`);
    const finished = Promise.withResolvers<void>();
    const { retire } = world.ports.runtime('process');
    const release = world.add(`d, ${to}`);
    const inFinalise = vi.spyOn(world.ports.runtime('process'), 'retire').mockImplementationOnce(async (...given) => {
      await finished.promise;
      return retire(...given);
    });
    const promotion = await ask(first, { release });
    await vi.waitFor(() => expect(inFinalise).toHaveBeenCalled(), 10_000);
    const rollback = await ask(first, { kind: 'rollback', ...named(live) });
    finished.resolve();
    expect(await ended(promotion)).toMatchObject({ state: 'succeeded' });
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: live, previous: release });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    inFinalise.mockRestore();
  });

  it('has nothing more to do when that one fails by itself, also while it is undone, or a person stopped it', async () => {
    const live = await promoted(first, 'stays');
    const bad = world.add('fails meanwhile');
    world.bad.add(bad);
    // Of what fails before it has traffic the first shift is its undoing.
    const undoing = heldInShift();
    const failing = await ask(first, { release: bad });
    await undoing.reached;
    const back = await ask(first, { kind: 'rollback' });
    await stopped(failing);
    undoing.go();
    expect(await ended(failing)).toMatchObject({ state: 'failed', reason: expect.stringContaining('smoke: ') });
    expect(await ended(back)).toMatchObject({ state: 'succeeded', release: live, previous: live, steps: [] });

    const { promotion: unwanted, go } = await heldWith('stopped by a person');
    await on.engine.abort(unwanted, 'enough');
    const again = await ask(first, { kind: 'rollback' });
    go();
    expect(await ended(unwanted)).toMatchObject({ state: 'aborted', reason: 'enough' });
    expect(await ended(again)).toMatchObject({ state: 'succeeded', release: live, previous: live, steps: [] });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('has nothing more to do where it names what is live again, and what is live stays so however that one ends', async () => {
    await promoted(first, 'before what stays');
    const live = await promoted(first, 'stays by name');
    const { promotion: unwanted, go } = await heldWith('stopped by name');
    const back = await ask(first, { kind: 'rollback', release: live });
    expect(await ask(first, { kind: 'rollback', release: live })).toBe(back);
    await stopped(unwanted);
    go();
    expect(await ended(back)).toMatchObject({ state: 'succeeded', release: live, previous: live, steps: [] });
    // Asked for when that one had ended already: what was live before is not gone back to.
    const late = await ask(first, { kind: 'rollback', release: live });
    expect(await ended(late)).toMatchObject({ state: 'succeeded', release: live });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('comes before promotions that have not begun, which then wait for somebody who wants them still', async () => {
    const live = await promoted(first, 'e');
    const shift = heldInShift();
    const [running, waiting] = [
      await ask(first, { release: world.add('f') }),
      await ask(first, { release: world.add('g') }),
    ];
    await shift.reached;
    const rollback = await ask(first, { kind: 'rollback' });
    await stopped(running);
    shift.go();
    const views = await Promise.all([running, rollback].map((id) => ended(id)));
    expect(views.map(({ state }) => state)).toEqual(['aborted', 'succeeded']);
    expect(views[1]).toMatchObject({ release: live });
    await on.heldBy(waiting, 'hold');
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
    await on.resumed(first);
    expect(await ended(waiting)).toMatchObject({ state: 'succeeded', previous: live });
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
    const live = (await on.engine.records.environment(first)).liveRelease;
    const { promotion, go } = await heldWith('late stop');
    const stop = vi.spyOn(on.engine.records, 'stop').mockRejectedValueOnce(new Error('dead'));
    const rollback = await ask(first, { kind: 'rollback' });
    await vi.waitFor(() => expect(stop).toHaveBeenCalled(), 10_000);
    stop.mockRestore();
    await stopped(promotion);
    go();
    expect(await ended(promotion)).toMatchObject({ state: 'aborted' });
    expect(await ended(rollback)).toMatchObject({ state: 'succeeded', release: live, steps: [] });
  });
});

describe('a rollback that meets trouble', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  /** `b` is live, `a` before it. */
  const live = async () => [
    await promoted(first, `trouble a ${Math.random()}`),
    await promoted(first, `trouble b ${Math.random()}`),
  ];

  it('publishes anew what was removed meanwhile, from the release', async () => {
    world.hooks.lambda = true;
    const [a] = await live();
    world.versions.get(first)?.delete(a as never);
    expect(await ended(await ask(first, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: a });
    expect(world.weights.get(first)).toEqual([{ release: a, share: 1 }]);
  });

  it('waits, says why and keeps the environment while the bytes of the release are gone too', async () => {
    world.hooks.lambda = true;
    const [a, b] = await live();
    world.versions.get(first)?.delete(a as never);
    const { get } = world.ports.releases;
    const gone = vi.spyOn(world.ports.releases, 'get').mockImplementation(async (digest) => {
      if (digest !== a) return get(digest);
      throw new SoundBiteError('release-unknown', `no release ${digest}`, { hint: 'bring it back' });
    });
    const id = await ask(first, { kind: 'rollback' });
    await saying(id, `verify is retried: no release ${a}; bring it back; soundbite abort ${first} ends it`);
    const next = await ask(first, { release: b as never });
    expect(await on.engine.view(id)).toMatchObject({ state: 'running' });
    gone.mockRestore();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', release: a, reason: null });
    expect(await ended(next)).toMatchObject({ state: 'succeeded', release: b });
  });

  it('of which a step says no, or a person must fix something, is tried until it succeeds', async () => {
    const [a] = await live();
    const tries: number[] = [];
    world.hooks.beforeShift = async () => {
      tries.push(performance.now());
      if (tries.length === 1) throw new SoundBiteError('version-unhealthy', 'it does not start');
      throw new SoundBiteError('cloud-denied', 'not today');
    };
    const id = await ask(first, { kind: 'rollback' });
    await saying(id, 'shift is retried: not today');
    delete world.hooks.beforeShift;
    // Its own note wakes nobody from the pause between two tries.
    expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThan(490);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', release: a, reason: null });
  });

  it('is given up by a person: what was live is live again', async () => {
    const [, b] = await live();
    world.hooks.beforeShift = () => Promise.reject(new SoundBiteError('cloud-denied', 'not today'));
    const id = await ask(first, { kind: 'rollback' });
    await saying(id, 'shift is retried');
    delete world.hooks.beforeShift;
    await on.engine.abort(id, 'enough');
    expect(await ended(id)).toMatchObject({ state: 'aborted', reason: 'enough' });
    expect(world.weights.get(first)).toEqual([{ release: b, share: 1 }]);
  });
});

describe('a step whose machinery is away', () => {
  it('is not waited for once a person has stopped its promotion', async () => {
    const live = await promoted(first, 'runs');
    world.hooks.beforeShift = () => Promise.reject(new SoundBiteError('engine-down', 'the engine does not answer'));
    const id = await ask(first, { release: world.add('waits for the engine') });
    await saying(id, 'shift is retried: the engine does not answer');
    const stoppedAt = performance.now();
    await on.engine.abort(id, 'enough');
    await vi.waitFor(async () => {
      const { steps } = await on.engine.view(id);
      expect(steps.find(({ name }) => name === 'shift')).toMatchObject({ state: 'errored' });
    }, 10_000);
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);
    delete world.hooks.beforeShift;
    expect(await ended(id)).toMatchObject({ state: 'aborted', reason: 'enough' });
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

  it('is no longer said to be retried when it has ended, also by one who took over from a control plane that died', async () => {
    const finished = Promise.withResolvers<void>();
    const { retire } = world.ports.runtime('process');
    const inFinalise = vi.spyOn(world.ports.runtime('process'), 'retire').mockImplementationOnce(async (...given) => {
      await finished.promise;
      return retire(...given);
    });
    const { promotion: id, go } = await heldWith('taken over');
    await on.engine.records.note(id, 'shift is retried: said by one that died');
    go();
    await vi.waitFor(() => expect(inFinalise).toHaveBeenCalled(), 10_000);
    expect((await on.engine.view(id)).reason).toBeNull();
    finished.resolve();
    expect(await ended(id)).toMatchObject({ state: 'succeeded' });
    inFinalise.mockRestore();
  });
});

describe('the undoing of a promotion', () => {
  it('publishes anew what was removed meanwhile, from the release', async () => {
    world.hooks.lambda = true;
    const live = await promoted(first, 'removed meanwhile');
    const shift = heldInShift();
    const bad = world.add('undone');
    const id = await ask(first, { release: bad });
    await shift.reached;
    world.versions.get(first)?.delete(live);
    await on.engine.abort(id, 'enough');
    shift.go();
    expect(await ended(id)).toMatchObject({ state: 'aborted' });
    expect(world.versions.get(first)).toContain(live);
    expect(world.weights.get(first)).toEqual([{ release: live, share: 1 }]);
  });

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
      async () => expect((await on.engine.view(id)).reason).toContain('the rollback is retried: no weights today'),
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
    await vi.waitFor(async () => expect((await on.engine.view(id)).reason).toContain('retried'), 10_000);
    await on.engine.abort(id, 'I do it by hand');
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
