import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from './checks/index.ts';
import { type PollyDouble, startPollyDouble } from './polly-double.ts';
import { createSpeaker } from './polly-double-speaker.ts';
import { startTestAccount } from './test-account.ts';

/** How many corrections one account lacks at the same time: a start costs as much as most checks, and each of them still has to fail at its own place. */
const together = 4;
const accounts = Math.ceil(checks.length / together);
const groups = Array.from({ length: accounts }, (_, at) => checks.filter((_check, index) => index % accounts === at));
const namesOf = (group: typeof checks) => group.map(({ correction }) => correction).join(', ');

/** The negative control: without its correction each check must fail, and at the expected place. */
describe('an emulated account without some corrections', () => {
  let polly: PollyDouble;
  beforeAll(async () => {
    polly = await startPollyDouble(0, createSpeaker(1_000));
  });
  afterAll(() => polly.close());

  it.concurrent.each(groups.map((group) => [namesOf(group), group] as const))(
    'fails the checks of %s',
    async (_names, group) => {
      const account = await startTestAccount({
        without: group.map(({ correction }) => correction),
        pollyUrl: `http://127.0.0.1:${polly.port}`,
        env: { LAMBDA_WARM_TTL_SECONDS: '1' },
      });
      try {
        for (const { correction, failsWithout, holds } of group)
          await expect(holds(account), correction).rejects.toThrow(failsWithout);
      } finally {
        await account.dispose();
      }
    },
  );

  it('has a check for every correction there is', async () => {
    const files = await readdir(new URL('../../emulator/corrections/', import.meta.url));
    const modules = files.filter((name) => /^[a-z].*\.py$/.test(name)).map((name) => name.slice(0, -3));
    expect(checks.map(({ correction }) => correction).sort()).toEqual(modules.sort());
  });
});
