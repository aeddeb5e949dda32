import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { atAddress, authorizerAnswers } from './at-address.ts';
import { serviceHealth } from './service-health.ts';

const contract = { alive: '/health', ready: '/ready', keepsContract: true };

const release = `sha256:${'a'.repeat(64)}` as const;
const other = `sha256:${'b'.repeat(64)}` as const;
let server: Server | undefined;
afterEach(() => server?.close());

/** A service that answers `documents` by path, else 200 {}. */
async function serve(
  documents: Readonly<Record<string, readonly [number, unknown]>>,
  named: string | null = release,
): Promise<string> {
  server = createServer((request, response) => {
    const [status, document] = documents[request.url ?? ''] ?? [200, {}];
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(named ? { 'x-soundbite-release': named } : {}),
    });
    response.end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const service = async (...given: Parameters<typeof serve>) => atAddress(await serve(...given));

const ready = { dependencies: [{ name: 'table', ok: true, ms: 3 }], jobs: { waiting: 2, oldestSeconds: 7 } };

describe('looking at a service at its address', () => {
  it('finds a healthy one healthy, with its dependencies and jobs', async () => {
    const seen = await serviceHealth(
      await service({ '/ready': [200, ready], '/version': [200, { release }] }),
      release,
      contract,
    );
    expect(seen).toMatchObject({ state: 'healthy', release, jobs: { waiting: 2, oldestSeconds: 7 } });
    expect(seen.findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(seen.findings.map(({ name }) => name)).toEqual([
      'alive',
      'digest',
      'ready',
      'dependency table',
      'endpoints',
    ]);
  });

  it('calls one degraded whose dependency does not answer, and says which', async () => {
    const unready = {
      dependencies: [{ name: 'queue', ok: false, ms: 3, error: 'AccessDenied' }],
      jobs: { waiting: null },
    };
    const seen = await serviceHealth(
      await service({ '/ready': [503, unready], '/version': [200, { release }] }),
      release,
      contract,
    );
    expect(seen).toMatchObject({ state: 'degraded', jobs: null });
    expect(seen.findings).toContainEqual({
      name: 'dependency queue',
      ok: false,
      detail: 'AccessDenied',
      hint: 'soundbite logs',
    });
  });

  it('calls one degraded that is not the recorded release', async () => {
    const seen = await serviceHealth(
      await service({ '/ready': [200, ready], '/version': [200, { release: other }] }, other),
      release,
      contract,
    );
    expect(seen).toMatchObject({ state: 'degraded', release: other });
    expect(seen.findings.find(({ name }) => name === 'digest')?.detail).toBe(
      `${other} answers, ${release} is recorded`,
    );
  });

  it('names an endpoint that fails', async () => {
    const seen = await serviceHealth(
      await service({ '/openapi.json': [500, {}], '/ready': [200, ready] }),
      release,
      contract,
    );
    expect(seen.findings.find(({ name }) => name === 'endpoints')).toMatchObject({
      ok: false,
      detail: 'GET /openapi.json: 500',
    });
  });

  it('calls one down that does not answer, or where something else does', async () => {
    const url = await serve({}, null);
    expect((await serviceHealth(atAddress(url), release, contract)).state).toBe('down');
    await new Promise((resolve) => server?.close(resolve));
    const seen = await serviceHealth(atAddress(url), release, contract);
    expect(seen).toMatchObject({ state: 'down', release: null, jobs: null });
    expect(seen.findings.find(({ name }) => name === 'alive')?.detail).toMatch(/ECONNREFUSED/);
  });
});

describe('looking at a service that declares a health path', () => {
  const declared = { alive: '/ping', ready: '/ping', keepsContract: false };

  it.each<[string, readonly [number, unknown], string | null, object]>([
    ['names none', [204, {}], null, { state: 'healthy', release: null }],
    ['names the recorded release', [200, {}], release, { state: 'healthy', release }],
    ['names another release', [200, {}], other, { state: 'degraded', release: other }],
    ['is not well', [503, {}], null, { state: 'degraded', release: null }],
  ])('asks that path alone, and takes its word if it %s', async (_what, answer, named, expected) => {
    const asked: string[] = [];
    const ask = await service({ '/ping': answer }, named);
    const remembering = (path: string) => {
      asked.push(path);
      return ask(path);
    };
    const seen = await serviceHealth(remembering, release, declared);
    expect(seen).toMatchObject({ ...expected, jobs: null });
    expect(asked).toEqual(['/ping']);
    expect(seen.findings.every(({ ok }) => ok)).toBe(seen.state === 'healthy');
  });

  it('calls one down that does not answer', async () => {
    const ask = await service({});
    await new Promise((resolve) => server?.close(resolve));
    expect(await serviceHealth(ask, release, declared)).toMatchObject({ state: 'down', findings: [{ ok: false }] });
  });
});

describe('looking at an address behind an authorizer, without a token', () => {
  async function answering(status: number, headers: Record<string, string> = {}): Promise<string> {
    server = createServer((_, response) => response.writeHead(status, headers).end('{"message":"Unauthorized"}'));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each(['Bearer', 'Bearer scope="" error="invalid_token" error_description="no"'])(
    'takes the authorizer’s refusal for well: %s',
    async (challenge) => {
      const url = await answering(401, { 'www-authenticate': challenge });
      expect(await authorizerAnswers(url, '/health')).toEqual({
        name: 'public address',
        ok: true,
        detail: `the authorizer answers at ${url}: 401 without a user's token, as expected; everything else is checked by invocation`,
      });
    },
  );

  it('finds an address that answers anybody', async () => {
    const seen = await authorizerAnswers(await answering(200), '/health');
    expect(seen).toMatchObject({ ok: false, hint: expect.stringContaining('apigatewayv2') });
    expect(seen.detail).toContain('answered 200 without a token: no authorizer stands before');
  });

  it.each([
    [401, {}],
    [401, { 'www-authenticate': 'Basic realm="x"' }],
    [503, {}],
  ])('does not take another’s %i %o for the authorizer’s', async (status, headers) => {
    expect((await authorizerAnswers(await answering(status, headers), '/health')).detail).toContain(
      `answered ${status}, which is not the authorizer's word`,
    );
  });

  it('says why nobody answers', async () => {
    const url = await answering(401);
    await new Promise((resolve) => server?.close(resolve));
    expect(await authorizerAnswers(url, '/health')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
