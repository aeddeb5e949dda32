import { afterAll, beforeAll, describe, it, onTestFailed } from 'vitest';
import { checks } from './checks/index.ts';
import { startTestAccount, type TestAccount } from './test-account.ts';

describe('an emulated account with all corrections', () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await startTestAccount({ env: { LAMBDA_WARM_TTL_SECONDS: '1' } });
  });
  afterAll(() => account.dispose());

  for (const check of checks) {
    it(`${check.correction}: ${check.title}`, () => {
      onTestFailed(() => {
        process.stderr.write(account.log());
      });
      return check.holds(account);
    });
  }
});
