import { strict as assert } from 'node:assert';
import { request } from 'node:http';
import { CreateUserCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { TestAccount } from '../test-account.ts';
import { createFunction, tellsItsVersion } from '../test-functions.ts';
import type { Check } from './check.ts';

export const backDoors: Check = {
  correction: 'back_doors',
  title:
    'nobody without credentials wipes or changes the account, reads its messages or its code, or makes or lists buckets; nobody asks it by a name that is not its own',
  failsWithout: /POST \/_ministack\/reset/,
  async holds(account) {
    const iam = new IAMClient(account.config);
    await iam.send(new CreateUserCommand({ UserName: 'still-here' }));
    const doors = [
      ['POST', '/_ministack/reset'],
      ['POST', '/_ministack/config'],
      ['GET', '/_ministack/sqs/messages'],
      ['GET', '/latest/meta-data/iam/security-credentials/'],
      ['GET', '/v2/credentials/1'],
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
    await givesCodeToSignedUrlsOnly(account);
    for (const host of ['evil.example', '127.0.0.1.evil.example:4566', '128.0.0.1', 'evil.example, 127.0.0.1'])
      assert.equal(await statusByHost(account.endpoint, host), 403, `Host: ${host}`);
    for (const host of [
      'localhost:1',
      '[::1]',
      // Where a second house is published.
      '127.0.0.2:8111',
      'a-bucket.s3.localhost:4566',
      'abc.execute-api.us-east-1.amazonaws.com',
    ])
      assert.notEqual(await statusByHost(account.endpoint, host), 403, `Host: ${host}`);
  },
};

/** What GetFunction names as the code's place is a URL that holds for that function and for ten minutes. */
async function givesCodeToSignedUrlsOnly(account: TestAccount): Promise<void> {
  for (const name of ['coded', 'other-coded']) await createFunction(account, name, tellsItsVersion);
  const lambda = new LambdaClient(account.config);
  const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'coded' }));
  const url = new URL(Code?.Location ?? '');
  assert.equal((await fetch(url)).status, 200, 'the signed URL');
  const altered = [
    new URL(url.pathname, url),
    new URL(url.href.replace('/coded', '/other-coded')),
    new URL(url.href.replace(/Expires=(\d+)/, (_, until: string) => `Expires=${Number(until) + 600}`)),
    new URL(url.href.replace(/Signature=.*$/, `Signature=${'0'.repeat(64)}`)),
    new URL(`/_ministack/lambda-code/coded`, url),
  ];
  for (const wrong of altered) assert.equal((await fetch(wrong)).status, 403, wrong.href);
}

function statusByHost(endpoint: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${endpoint}/_ministack/health`, { headers: { host } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    })
      .on('error', reject)
      .end();
  });
}
