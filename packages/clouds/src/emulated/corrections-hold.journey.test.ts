import { afterAll, beforeAll, describe, it, onTestFailed } from 'vitest';
import { checks } from './checks/index.ts';
import { type PollyDouble, startPollyDouble } from './polly-double.ts';
import { createSpeaker } from './polly-double-speaker.ts';
import { startTestAccount, type TestAccount } from './test-account.ts';

describe('an emulated account with all corrections', () => {
  let account: TestAccount;
  let polly: PollyDouble;
  beforeAll(async () => {
    polly = await startPollyDouble(0, createSpeaker(1_000));
    account = await startTestAccount({
      pollyUrl: `http://127.0.0.1:${polly.port}`,
      env: { LAMBDA_WARM_TTL_SECONDS: '1' },
    });
  });
  afterAll(async () => {
    await account.dispose();
    await polly.close();
  });

  for (const check of checks) {
    it(`${check.correction}: ${check.title}`, () => {
      onTestFailed(() => {
        process.stderr.write(account.log());
      });
      return check.holds(account);
    });
  }
});
