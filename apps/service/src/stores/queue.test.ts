import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { readSettings } from '../settings.ts';
import { variables } from '../testing/settings.ts';
import { openQueue } from './queue.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

afterEach(() => vi.unstubAllEnvs());

it('asks the account where it is now, not where it was when the queue got its URL', async () => {
  const asked: string[] = [];
  const account = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push(JSON.parse(body).QueueUrl);
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ MessageId: 'm1', MD5OfMessageBody: md5('work') }));
    });
  }).listen(0, '127.0.0.1');
  await once(account, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(account.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLEEXAMPLE00');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');

  await openQueue(readSettings(variables())).send('work');

  expect(asked).toEqual(['http://127.0.0.1:9/queue']);
  account.closeAllConnections();
  account.close();
});
