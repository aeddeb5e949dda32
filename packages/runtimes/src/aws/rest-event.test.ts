import { expect, it } from 'vitest';
import { requestEvent } from './invoke.ts';
import { restResponse } from './rest-event.ts';

const routes = async () => [
  { key: 'GET /orders/{id}', leadsHere: true },
  { key: 'ANY /{proxy+}', leadsHere: true },
];
const rest = { api: 'a1', stage: 'prod', deployment: 'd1' };
const component = { functionName: 'api', alias: 'live', rest };

it('a request to a version behind a REST API has the path, its names and its query as API Gateway hands them on', async () => {
  const request = { method: 'GET', path: '/orders/a%20b?x=1&x=2&y=', headers: { accept: 'text/plain' } };
  expect(await requestEvent({ routes }, component, { ...request, rehearsal: true })).toMatchObject({
    resource: '/orders/{id}',
    path: '/orders/a%20b',
    httpMethod: 'GET',
    headers: { accept: 'text/plain', host: 'pinned.invalid' },
    multiValueHeaders: { accept: ['text/plain'] },
    pathParameters: { id: 'a b' },
    queryStringParameters: { x: '2', y: '' },
    multiValueQueryStringParameters: { x: ['1', '2'], y: [''] },
    requestContext: {
      stage: 'rehearsal',
      path: '/rehearsal/orders/a%20b',
      resourcePath: '/orders/{id}',
      apiId: 'pinned',
    },
    body: null,
    isBase64Encoded: false,
  });
  expect(await requestEvent({ routes }, component, { method: 'POST', path: '/orders/7/x', body: 'ä' })).toMatchObject({
    resource: '/{proxy+}',
    pathParameters: { proxy: 'orders/7/x' },
    queryStringParameters: null,
    requestContext: {
      stage: 'prod',
      requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:]{8} \+0000$/),
    },
    body: 'ä',
  });
});

it('a request to a version behind an HTTP API has its route and the names in its path', async () => {
  const behindHttp = { functionName: 'api', alias: 'live', rest: null };
  expect(await requestEvent({ routes }, behindHttp, { method: 'GET', path: '/orders/7' })).toMatchObject({
    ...{ version: '2.0', routeKey: 'GET /orders/{id}', pathParameters: { id: '7' } },
    requestContext: { routeKey: 'GET /orders/{id}' },
  });
  const unknown = await requestEvent({ routes: async () => null }, behindHttp, { method: 'GET', path: '/orders/7' });
  expect(unknown).toMatchObject({ routeKey: '$default' });
  expect(unknown).not.toHaveProperty('pathParameters');
});

it.each([rest, null])('a request with a bad escape in its path is for the version to judge', async (behind) => {
  const event = await requestEvent({ routes }, { ...component, rest: behind }, { method: 'GET', path: '/orders/%zz' });
  expect(event).toMatchObject({ pathParameters: { id: '%zz' } });
});

it('an answer in payload format 1.0 has its headers, also those with several values; anything else is a 502', () => {
  const answer = { statusCode: 201, headers: { 'X-A': 1 }, multiValueHeaders: { 'X-B': ['2', '3'] }, body: 'ok' };
  const { status, headers, body } = restResponse(answer);
  expect({ status, headers, body: String(body) }).toEqual({
    status: 201,
    headers: { 'x-a': '1', 'x-b': '2, 3' },
    body: 'ok',
  });
  for (const wrong of [null, 'text', { hello: 1 }, { statusCode: 200, body: { hello: 1 } }])
    expect(restResponse(wrong).status).toBe(502);
});
