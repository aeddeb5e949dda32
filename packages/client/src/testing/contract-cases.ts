import { request } from 'node:http';

/** A request that every control plane must refuse, the real one and the fake, and how. */
export interface RefusedRequest {
  readonly what: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
  readonly status: number;
  readonly code: string;
}

const up = { method: 'POST', path: '/v1/up' };
const promotions = { method: 'POST', path: '/v1/promotions' };
const nothing = `sha256:${'0'.repeat(64)}`;
const deep = `{"promote":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

const evidence = (query: string) => ({
  method: 'POST',
  path: `/v1/releases/${nothing}/evidence${query}`,
  headers: { 'content-type': 'application/octet-stream' },
  body: '{"verdict":"pass","facts":[]}',
});

/** What is refused for its form. */
const malformed: readonly RefusedRequest[] = [
  { what: 'no body', ...up, status: 400, code: 'usage' },
  { what: 'half of a JSON', ...up, body: '{"promote":', status: 400, code: 'usage' },
  { what: 'an unknown member', ...up, body: '{"x":1}', status: 400, code: 'usage' },
  { what: 'JSON of null', ...up, body: 'null', status: 400, code: 'usage' },
  { what: 'JSON of a list', ...up, body: '[]', status: 400, code: 'usage' },
  { what: 'a wrong type', ...up, body: '{"promote":"yes"}', status: 400, code: 'usage' },
  { what: 'a member twice', ...up, body: '{"promote":false,"promote":true}', status: 400, code: 'usage' },
  { what: '__proto__', ...up, body: '{"__proto__":{"promote":true}}', status: 400, code: 'usage' },
  { what: 'a byte order mark', ...up, body: '\ufeff{}', status: 400, code: 'usage' },
  { what: 'bad UTF-8', ...up, body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), status: 400, code: 'usage' },
  { what: 'deep JSON', ...up, body: deep, status: 400, code: 'usage' },
  { what: 'a huge body', ...up, body: `{"promote":false${' '.repeat(300_000)}}`, status: 413, code: 'body-too-large' },
  {
    what: 'another content type',
    ...up,
    body: '{}',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'content-type-wrong',
  },
  {
    what: 'another charset',
    ...up,
    body: '{}',
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    code: 'content-type-wrong',
  },
  {
    what: 'no content type',
    ...up,
    body: '{}',
    headers: { 'content-type': undefined },
    status: 415,
    code: 'content-type-wrong',
  },
  {
    what: 'a NUL in a body',
    ...promotions,
    body: JSON.stringify({ environment: 'staging', kind: 'rollback', reason: 'a\0b' }),
    status: 400,
    code: 'usage',
  },
  {
    what: 'half of a surrogate pair in a body',
    ...promotions,
    body: '{"environment":"staging","kind":"rollback","reason":"\\ud800"}',
    status: 400,
    code: 'usage',
  },
  {
    what: 'an empty idempotency key',
    ...promotions,
    body: '{"environment":"staging","kind":"rollback","idempotencyKey":""}',
    status: 400,
    code: 'usage',
  },
  { what: 'a NUL in a query', path: '/v1/promotions?environment=a%00b', status: 400, code: 'usage' },
  { what: 'a NUL in an id', path: '/v1/promotions/a%00b', status: 400, code: 'usage' },
  { what: 'a number that is none', path: '/v1/ledger?after=', status: 400, code: 'usage' },
  { what: 'a number before the first', path: '/v1/ledger/newest?before=0', status: 400, code: 'usage' },
  { what: 'a number of an event that is none', path: '/v1/events?after=-1', status: 400, code: 'usage' },
  {
    what: 'a last event that is no number',
    path: '/v1/events?after=1',
    headers: { 'last-event-id': 'x' },
    status: 400,
    code: 'usage',
  },
  { what: 'a number in hexadecimal', path: '/v1/promotions?limit=0x10', status: 400, code: 'usage' },
  { what: 'a number too large', path: '/v1/ledger?after=99999999999999999999', status: 400, code: 'usage' },
  { what: 'a parameter twice', path: '/v1/promotions?limit=1&limit=2', status: 400, code: 'usage' },
  { what: 'an unknown parameter', path: '/v1/promotions?environmet=staging', status: 400, code: 'usage' },
  { what: 'a time that is none', path: '/v1/environments/staging/logs?since=yesterday', status: 400, code: 'usage' },
  { what: 'evidence without a kind', ...evidence(''), status: 400, code: 'usage' },
  { what: 'evidence of a kind that is none', ...evidence('?kind=a%20b'), status: 400, code: 'usage' },
  { what: 'evidence with another URL', ...evidence('?kind=tests&url=javascript:alert(1)'), status: 400, code: 'usage' },
  { what: 'an empty file', ...evidence('?kind=tests'), body: '', status: 400, code: 'evidence-unreadable' },
  {
    what: 'a file that is none',
    ...evidence('?kind=tests'),
    body: 'tests passed',
    status: 400,
    code: 'evidence-unreadable',
  },
  {
    what: 'a huge file',
    ...evidence('?kind=tests'),
    body: ' '.repeat(2 ** 23 + 1),
    status: 413,
    code: 'body-too-large',
  },
  {
    what: 'a file as JSON',
    ...evidence('?kind=tests'),
    headers: { 'content-type': 'application/json' },
    status: 415,
    code: 'content-type-wrong',
  },
  { what: 'a diff with one end', path: '/v1/diff?from=staging', status: 400, code: 'usage' },
  {
    what: 'a diff with a day that is none',
    path: '/v1/diff?from=staging&to=staging&fromAt=yesterday',
    status: 400,
    code: 'usage',
  },
  {
    what: 'a diff with a time to come',
    path: '/v1/diff?from=staging&to=staging&toAt=9999-01-01T00:00:00Z',
    status: 400,
    code: 'usage',
  },
  { what: 'a release that is not a digest', path: '/v1/releases/latest', status: 400, code: 'usage' },
];

/** What is refused because it is not there. */
const unknown: readonly RefusedRequest[] = [
  ...['', '/why', '/plan', '/validate', '/logs', '/logs?follow=true'].map((rest) => ({
    what: `an unknown environment${rest}`,
    path: `/v1/environments/nosuch${rest}`,
    status: 404,
    code: 'environment-unknown',
  })),
  ...['from=nosuch&to=staging', 'from=staging&to=nosuch'].map((query) => ({
    what: `a diff ${query}`,
    path: `/v1/diff?${query}`,
    status: 404,
    code: 'environment-unknown',
  })),
  ...['/v1/health', '/v1/doctor', '/v1/promotions'].map((path) => ({
    what: `an unknown environment of ${path}`,
    path: `${path}?environment=nosuch`,
    status: 404,
    code: 'environment-unknown',
  })),
  ...['dev', 'access'].map((verb) => ({
    what: `${verb} of an unknown environment`,
    method: 'POST',
    path: `/v1/environments/nosuch/${verb}`,
    status: 404,
    code: 'environment-unknown',
  })),
  {
    what: 'bootstrap of an unknown environment',
    method: 'POST',
    path: '/v1/environments/nosuch/bootstrap',
    body: '{}',
    status: 404,
    code: 'environment-unknown',
  },
  {
    what: 'adoption of an unknown environment',
    method: 'POST',
    path: '/v1/environments/nosuch/adoption',
    body: '{}',
    status: 404,
    code: 'environment-unknown',
  },
  {
    what: 'handback of an unknown environment',
    method: 'POST',
    path: '/v1/environments/nosuch/handback',
    body: '{"confirm":"nosuch"}',
    status: 404,
    code: 'environment-unknown',
  },
  {
    what: 'destroy of an unknown environment',
    method: 'POST',
    path: '/v1/environments/nosuch/destroy',
    body: '{"confirm":"nosuch"}',
    status: 404,
    code: 'environment-unknown',
  },
  {
    what: 'takeover that is not confirmed',
    method: 'POST',
    path: '/v1/environments/staging/takeover',
    body: '{"confirm":"production","reason":"gone"}',
    status: 409,
    code: 'not-confirmed',
  },
  {
    what: 'destroy that is not confirmed',
    method: 'POST',
    path: '/v1/environments/staging/destroy',
    body: '{"confirm":"production"}',
    status: 409,
    code: 'not-confirmed',
  },
  {
    what: 'a promotion into an unknown environment',
    ...promotions,
    body: '{"environment":"nosuch","kind":"promote"}',
    status: 404,
    code: 'environment-unknown',
  },
  {
    what: 'a promotion that leads backwards',
    ...promotions,
    body: '{"environment":"staging","kind":"promote","through":"dev-aws"}',
    status: 400,
    code: 'usage',
  },
  { what: 'an unknown promotion', path: '/v1/promotions/nosuch', status: 404, code: 'promotion-unknown' },
  {
    what: 'a timeline of an unknown one',
    path: '/v1/promotions/nosuch/timeline',
    status: 404,
    code: 'promotion-unknown',
  },
  { what: 'an id in another alphabet', path: '/v1/promotions/%F0%9F%98%80', status: 404, code: 'promotion-unknown' },
  { what: 'an id with a slash', path: '/v1/promotions/a%2Fb', status: 404, code: 'promotion-unknown' },
  { what: 'a long id', path: `/v1/promotions/${'a'.repeat(8_000)}`, status: 404, code: 'promotion-unknown' },
  {
    what: 'abort of an unknown promotion',
    method: 'POST',
    path: '/v1/promotions/nosuch/abort',
    body: '{}',
    status: 404,
    code: 'promotion-unknown',
  },
  { what: 'an unknown release', path: `/v1/releases/${nothing}`, status: 404, code: 'release-unknown' },
  {
    what: 'verification of an unknown release',
    method: 'POST',
    path: `/v1/releases/${nothing}/verify`,
    status: 404,
    code: 'release-unknown',
  },
  {
    what: 'an image of an unknown release',
    method: 'POST',
    path: `/v1/releases/${nothing}/images`,
    body: '{"environment":"staging"}',
    status: 404,
    code: 'release-unknown',
  },
  {
    what: 'a push where homes share no releases',
    method: 'POST',
    path: `/v1/releases/${nothing}/push`,
    status: 409,
    code: 'release-store-unusable',
  },
  {
    what: 'removal of an unknown release',
    method: 'DELETE',
    path: `/v1/releases/${nothing}`,
    status: 404,
    code: 'release-unknown',
  },
  {
    what: 'a heartbeat of an unknown session',
    method: 'PUT',
    path: '/v1/dev/nosuch',
    body: '{}',
    status: 404,
    code: 'session-unknown',
  },
  { what: 'an unknown route', path: '/v1/nosuch', status: 404, code: 'route-unknown' },
  { what: 'two slashes', path: '//v1/status', status: 404, code: 'route-unknown' },
  { what: 'a trailing slash', path: '/v1/status/', status: 404, code: 'route-unknown' },
];

/** Who may not ask, and how nobody may. */
const forbidden: readonly RefusedRequest[] = [
  { what: 'no token', path: '/v1/status', headers: { authorization: undefined }, status: 401, code: 'unauthorized' },
  {
    what: 'a wrong token',
    path: '/v1/nosuch',
    headers: { authorization: 'Bearer guess' },
    status: 401,
    code: 'unauthorized',
  },
  {
    what: 'a page by another name',
    path: '/health',
    headers: { host: 'evil.example' },
    status: 421,
    code: 'host-refused',
  },
  {
    what: 'a name that begins as ours',
    path: '/v1/status',
    headers: { host: '127.0.0.1.evil.example:8100' },
    status: 421,
    code: 'host-refused',
  },
  {
    what: 'a change that a page asks for',
    ...up,
    body: '{"promote":false}',
    headers: { origin: 'http://evil.example' },
    status: 403,
    code: 'origin-refused',
  },
  {
    what: 'a change that a sandboxed page asks for',
    ...up,
    body: '{"promote":false}',
    headers: { origin: 'null' },
    status: 403,
    code: 'origin-refused',
  },
  ...['PATCH', 'DELETE', 'TRACE', 'OPTIONS', 'PROPFIND'].map((method) => ({
    what: `${method} of the status`,
    method,
    path: '/v1/status',
    status: 405,
    code: 'method-not-allowed',
  })),
];

export const refusedRequests: readonly RefusedRequest[] = [...malformed, ...unknown, ...forbidden];

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends it as it stands: `fetch` would put the path and some headers right, and takes not every method. */
export function sendRaw(
  { url, token }: { readonly url: string; readonly token: string },
  { method = 'GET', path, headers = {}, body }: Pick<RefusedRequest, 'method' | 'path' | 'headers' | 'body'>,
): Promise<RawAnswer> {
  const wanted = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
  const sent = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = request({ hostname, port, method, path, headers: Object.fromEntries(sent), agent: false });
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
