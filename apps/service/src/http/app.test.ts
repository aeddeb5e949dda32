import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openLog } from '../log.ts';
import { openParts, type ServiceParts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { BAD_REQUESTS } from '../testing/bad-requests.ts';
import { variables } from '../testing/settings.ts';
import { createApp } from './app.ts';
import type { Outside } from './context.ts';
import { ProblemSchema } from './documents.ts';
import { openMetrics } from './metrics.ts';

const TOKEN = 'a-control-token-for-tests';
const opened: (() => Promise<void>)[] = [];

/** The app on an account that does not answer: for what is decided before any account is asked. */
function app(
  limits: Record<string, number> = {},
  now?: () => number,
  others: Partial<ServiceParts> = {},
  told: Record<string, string> = {},
) {
  const base = { textBytes: 3000, bodyBytes: 16_384, requestsPerSecond: 1000, ...limits };
  const settings = readSettings({ ...variables({ limits: base }), SOUNDBITE_CONTROL_TOKEN: TOKEN, ...told });
  const parts = openParts(settings, 'api', now);
  opened.push(parts.close);
  const metrics = openMetrics({ part: 'api', environment: 'test', release: settings.release }, false);
  const made = createApp({ ...parts, ...others, build: { commit: 'abc', builtAt: null }, metrics });
  const ask = (path: string, init: RequestInit = {}, outside: Outside = {}) => made.request(path, init, outside);
  return { made, ask };
}

afterAll(() => Promise.all(opened.map((close) => close())));

async function problem(response: Response): Promise<z.infer<typeof ProblemSchema>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return z.parse(ProblemSchema, await response.json());
}

describe('the API', () => {
  it('names release and request on every answer, and keeps a caller’s sane request id', async () => {
    const { ask } = app();
    for (const path of ['/health', '/nothing', '/soundbites/x', '/openapi.json']) {
      const { headers } = await ask(path, { headers: { 'x-request-id': 'my-id.1' } });
      expect(headers.get('x-soundbite-release')).toBe(`sha256:${'0'.repeat(64)}`);
      expect(headers.get('x-request-id')).toBe('my-id.1');
    }
    const odd = await ask('/health', { headers: { 'x-request-id': 'a b"<' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('writes one line for each request, by which others count what was answered', async () => {
    const lines: string[] = [];
    const settings = readSettings({ ...variables({ logLevel: 'info' }), AWS_LAMBDA_FUNCTION_VERSION: '7' });
    const log = openLog(settings, 'api', { write: (line) => void lines.push(line) });
    const { ask } = app({}, undefined, { log });
    await ask('/voices?lang=en');
    await ask('/nothing', { method: 'POST' }, { pinned: true });
    const [first, second, ...more] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const common = { msg: 'request', environment: 'test', release: settings.release, version: '7' };
    expect(first).toMatchObject({ ...common, method: 'GET', path: '/voices', status: 200, ms: expect.any(Number) });
    expect(Date.parse(String(first?.time))).toBeGreaterThan(Date.now() - 60_000);
    expect(first).not.toHaveProperty('pinned');
    expect(second).toMatchObject({ ...common, method: 'POST', path: '/nothing', status: 404, pinned: true });
    expect(more).toEqual([]);
  });

  it('refuses bad input before it asks any account', async () => {
    const { ask } = app();
    for (const { what, status, field, body, headers, method = 'POST', path = '/soundbites' } of BAD_REQUESTS) {
      const sent = headers ?? { 'content-type': 'application/json' };
      const response = await ask(path, method === 'GET' ? {} : { method, headers: sent, body });
      const { errors } = await problem(response);
      expect([what, response.status, errors?.map((error) => error.field)]).toEqual([
        what,
        status,
        expect.arrayContaining([field]),
      ]);
    }
  });

  it('knows what it does not know', async () => {
    const { ask } = app();
    expect((await problem(await ask('/nothing'))).code).toBe('no-such-route');
    const put = await ask('/soundbites', { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD']);
    expect((await ask('/voices', { method: 'HEAD' })).status).toBe(200);
  });

  it('turns away what is too much, but never those who look whether it lives', async () => {
    let time = 0;
    const { ask } = app({ requestsPerSecond: 5 }, () => time);
    const many = await Promise.all(Array.from({ length: 11 }, () => ask('/voices')));
    expect(many.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429]);
    expect(many.at(-1)?.headers.get('retry-after')).toBe('1');
    expect((await ask('/health')).status).toBe(200);
    time += 400;
    const after = await Promise.all([1, 2, 3].map(() => ask('/voices')));
    expect(after.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it('takes a rehearsal’s token, by header, as the control token only', async () => {
    const { ask } = app();
    const wrong = await ask('/soundbites/x', { headers: { 'x-soundbite-rehearsal': 'wrong' } });
    expect([wrong.status, (await problem(wrong)).errors?.[0]?.field]).toEqual([403, 'x-soundbite-rehearsal']);
    expect((await ask('/soundbites/x', { headers: { 'x-soundbite-rehearsal': TOKEN } })).status).toBe(404);
    expect((await ask('/soundbites/x', {}, { rehearsal: true })).status).toBe(404);
  });

  it('documents every route that it has, and has every route that it documents', async () => {
    const { made, ask } = app();
    const document = (await (await ask('/openapi.json')).json()) as { paths: Record<string, Record<string, unknown>> };
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const isPage = (route: string) => /^GET \/(docs|page\/\w+\.(css|js))?$/.test(route);
    const routes = made.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
    expect(documented.sort()).toEqual(routes.filter((route) => !isPage(route)).sort());
  });

  it('sends pages that load nothing from elsewhere', async () => {
    const { ask } = app();
    for (const path of ['/', '/docs']) {
      const page = await ask(path);
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(await page.text()).not.toMatch(/(src|href)="https?:/);
    }
  });

  it.each([
    ['https:', {}],
    ['http://127.0.0.1:8111', { AWS_ENDPOINT_URL: 'http://127.0.0.1:8111/' }],
    [
      'http://127.0.0.2:8111',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:8111', SOUNDBITE_SHOWN_ENDPOINT: 'http://127.0.0.2:8111' },
    ],
  ])('lets pages play what links to audio lead to, and nothing else: %s', async (sound, told) => {
    const { ask } = app({}, undefined, {}, told);
    const policy = (await ask('/')).headers.get('content-security-policy')?.split('; ');
    expect(policy).toContain(`media-src 'self' blob: ${sound}`);
    expect(policy).toContain(`connect-src 'self' ${sound}`);
  });
});
