import { describe, expect, it } from 'vitest';
import { greeter } from '../../support/described/greeter.ts';
import { serviceJourney, stageOf } from '../../support/service-journey.ts';

describe(greeter.is, () => {
  const on = stageOf(greeter);
  serviceJourney(greeter, on);

  it('is another release when its smoke alone changed, with nothing to change in its stack', async () => {
    const release = await on().cut([['smoke/main.mjs', "'Hello, Ada!'", "'Hello, Ada'"]]);
    await on().soundbite(0, 'promote', 'test', '--release', release);
    expect(await on().environment('test')).toMatchObject({ state: 'healthy', release });
  });
});
