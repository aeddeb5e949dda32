import { describe, expect, it } from 'vitest';
import { itemsIn, tell } from '../../packages/runtimes/src/testing-account.ts';
import { watch } from '../support/described/watch.ts';
import { serviceJourney, stageOf } from '../support/service-journey.ts';

describe(watch.is, () => {
  const on = stageOf(watch);
  const told = async (what: string) => tell(await on().account('test'), 'watch', { what });
  const notes = async () =>
    (await itemsIn(await on().account('test'), 'Notes'))
      .map(({ what, by, kind }) => `${what} by ${by} as ${kind}`)
      .sort();

  it('is called by none of them before a release of it has passed its smoke', async () => {
    await on().service.edited(watch.bad.edits, () => on().soundbite(1, 'up'));
    expect(await on().environment('test')).toMatchObject({ state: 'empty' });
    await told('too early');
  });

  it('is called as soon as its first release is live', async () => {
    const release = await on().cut();
    await on().soundbite(0, 'promote', 'test', '--release', release);
    expect(await on().environment('test')).toMatchObject({ state: 'healthy', url: null });
    await told('in time');
    const twice = ['topic', 'watch'].map((by) => `in time by ${by} as note`);
    await expect.poll(notes, { timeout: 30_000, interval: 500 }).toEqual(twice);
  });

  serviceJourney(watch, on);
});
