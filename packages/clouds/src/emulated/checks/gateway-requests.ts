import { strict as assert } from 'node:assert';
import { createHttpApi, createWeighted } from '../test-functions.ts';
import type { Check } from './check.ts';

const source = `export const handler = async ({ requestContext }) => ({ statusCode: 405, body: requestContext.http.method });`;

export const gatewayRequests: Check = {
  correction: 'gateway_requests',
  title: 'an HTTP API without CORS settings hands OPTIONS to its function, as every other method',
  failsWithout: /403 !== 405/,
  async holds(account) {
    await createWeighted(account, 'live-options', 0, source);
    const url = await createHttpApi(account, 'live-options');
    for (const method of ['OPTIONS', 'PATCH']) {
      const answer = await fetch(url, { method, headers: { origin: 'http://other.example' } });
      assert.equal(answer.status, 405, await answer.clone().text());
      assert.equal(await answer.text(), method);
    }
  },
};
