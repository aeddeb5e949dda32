import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from './checks/index.ts';
import { type PollyDouble, startPollyDouble } from './polly-double.ts';
import { createSpeaker } from './polly-double-speaker.ts';
import { startTestAccount } from './test-account.ts';

/** The negative control: without its correction each check must fail, and at the expected place. */
describe('an emulated account without one correction', () => {
  let polly: PollyDouble;
  beforeAll(async () => {
    polly = await startPollyDouble(0, createSpeaker(1_000));
  });
  afterAll(() => polly.close());

  it.concurrent.each(checks)('fails the check of $correction', async ({ correction, failsWithout, holds }) => {
    const account = await startTestAccount({
      without: [correction],
      pollyUrl: `http://127.0.0.1:${polly.port}`,
      env: { LAMBDA_WARM_TTL_SECONDS: '1' },
    });
    try {
      await expect(holds(account)).rejects.toThrow(failsWithout);
    } finally {
      await account.dispose();
    }
  });

  it('has a check for every correction there is', async () => {
    const files = await readdir(new URL('../../emulator/corrections/', import.meta.url));
    const modules = files.filter((name) => /^[a-z].*\.py$/.test(name)).map((name) => name.slice(0, -3));
    expect(checks.map(({ correction }) => correction).sort()).toEqual(modules.sort());
  });
});
