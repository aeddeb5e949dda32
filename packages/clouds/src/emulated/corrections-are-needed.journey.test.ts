import { describe, expect, it } from 'vitest';
import { checks } from './checks/index.ts';
import { startTestAccount } from './test-account.ts';

describe('an emulated account without one correction', () => {
  it.each(checks)('fails the check of $correction', async (check) => {
    const account = await startTestAccount({ without: [check.correction], env: { LAMBDA_WARM_TTL_SECONDS: '1' } });
    try {
      await expect(check.holds(account)).rejects.toThrow();
    } finally {
      await account.dispose();
    }
  });
});
