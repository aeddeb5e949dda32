import { strict as assert } from 'node:assert';
import { CreateUserCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Check } from './check.ts';

export const backDoors: Check = {
  correction: 'back_doors',
  title: 'nobody without credentials wipes or changes the account, reads its messages, or makes or lists buckets',
  failsWithout: /POST \/_ministack\/reset/,
  async holds(account) {
    const iam = new IAMClient(account.config);
    await iam.send(new CreateUserCommand({ UserName: 'still-here' }));
    const doors = [
      ['POST', '/_ministack/reset'],
      ['POST', '/_ministack/config'],
      ['GET', '/_ministack/sqs/messages'],
      ['GET', '/'],
      ['PUT', '/a-bucket'],
      ['GET', '/a-bucket'],
    ] as const;
    for (const [method, path] of doors) {
      const answer = await fetch(`${account.endpoint}${path}`, { method });
      assert.equal(answer.status, 403, `${method} ${path}`);
    }
    const { User } = await iam.send(new GetUserCommand({ UserName: 'still-here' }));
    assert.equal(User?.UserName, 'still-here');
  },
};
