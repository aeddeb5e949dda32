import { patience } from '@soundbite/engine/patience.ts';
import { expect, it, vi } from 'vitest';
import { engineStage } from './stage.ts';

/** What keeps releases from entering an environment, on real records: waiting, saying why, letting go, over a restart. */

const on = engineStage();
const { world, ask, ended, promoted } = on;
const [first] = on.names;
const overridden = { override: true, reason: 'test' };

const records = () => on.engine.records;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const freeze = (more: { readonly until?: string; readonly idempotencyKey?: string } = {}) =>
  records().addFreeze({ environment: first, until: inMs(3_600_000), reason: 'release night', by: 'ana', ...more });

const waiting = (id: string, gate: string) =>
  vi.waitFor(async () => {
    const view = await on.engine.view(id);
    expect(
      view.waitingFor.map((one) => one.gate),
      JSON.stringify(view),
    ).toEqual([gate]);
    return view;
  }, 10_000);

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
  const asked = vi.spyOn(records(), 'freezes');
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), 15_000);
  expect(await ended(await ask(first, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: before });
  expect(await on.engine.view(id)).toMatchObject({ revision: held.revision, state: 'waiting' });
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
