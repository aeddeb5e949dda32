import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { TestAccount } from '../test-account.ts';
import { createFunction, publishVersion, tellsItsVersion } from '../test-functions.ts';
import type { Check } from './check.ts';

/** So many that looking them over takes longer than a thread runs at a time. */
const sessions = 100_000;

export const sessionsInTurn: Check = {
  correction: 'sessions_in_turn',
  title: 'functions that start at the same time, while many sessions are open, do not fail each other',
  failsWithout: /dictionary changed size during iteration/,
  async holds(account) {
    await createFunction(account, 'in-turn', tellsItsVersion);
    const versions: string[] = [];
    for (const n of [1, 2, 3, 4, 5, 6])
      versions.push(await publishVersion(account, 'in-turn', `${tellsItsVersion}\n// ${n}`));
    await withManySessions(account, async () => {
      const lambda = new LambdaClient(account.config);
      const answers = await Promise.all(
        versions.map((Qualifier) => lambda.send(new InvokeCommand({ FunctionName: 'in-turn', Qualifier }))),
      );
      const errors = answers.filter(({ FunctionError }) => FunctionError !== undefined);
      assert.deepEqual(
        errors.map(({ Payload }) => Buffer.from(Payload ?? []).toString()),
        [],
      );
    });
  },
};

/** With sessions in the account's journal that nobody uses; it is started anew for it, and again without them. */
async function withManySessions(account: TestAccount, run: () => Promise<void>): Promise<void> {
  const journal = join(account.stateRoot, 'sessions.jsonl');
  const until = Date.now() / 1000 + 3600;
  const line = (_: unknown, n: number) =>
    JSON.stringify([
      `ASIAUNUSED${n}`,
      { Arn: `arn:aws:sts::${account.account}:assumed-role/unused/${n}`, Expiration: until },
    ]);
  await account.stop();
  const before = await readFile(journal, 'utf8').catch(() => '');
  try {
    await writeFile(journal, `${before}\n${Array.from({ length: sessions }, line).join('\n')}\n`);
    await account.start();
    await run();
  } finally {
    await account.stop('SIGKILL');
    await writeFile(journal, before);
    await account.start();
  }
}
