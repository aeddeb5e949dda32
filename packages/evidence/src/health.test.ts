import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probe } from './health.ts';

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

const ready = { dependencies: [{ name: 'table', ok: true, ms: 3 }], jobs: { waiting: 2, oldestSeconds: 7 } };

describe('looking at a service at its address', () => {
  it('finds a healthy one healthy, with its dependencies and jobs', async () => {
    const seen = await probe(await serve({ '/ready': [200, ready], '/version': [200, { release }] }), release);
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
    const seen = await probe(await serve({ '/ready': [503, unready], '/version': [200, { release }] }), release);
    expect(seen).toMatchObject({ state: 'degraded', jobs: null });
    expect(seen.findings).toContainEqual({
      name: 'dependency queue',
      ok: false,
      detail: 'AccessDenied',
      mend: 'soundbite logs',
    });
  });

  it('calls one degraded that is not the recorded release', async () => {
    const seen = await probe(
      await serve({ '/ready': [200, ready], '/version': [200, { release: other }] }, other),
      release,
    );
    expect(seen).toMatchObject({ state: 'degraded', release: other });
    expect(seen.findings.find(({ name }) => name === 'digest')?.detail).toBe(
      `${other} answers, ${release} is recorded`,
    );
  });

  it('names an endpoint that fails', async () => {
    const seen = await probe(await serve({ '/voices': [500, {}], '/ready': [200, ready] }), release);
    expect(seen.findings.find(({ name }) => name === 'endpoints')).toMatchObject({
      ok: false,
      detail: 'GET /voices: 500',
    });
  });

  it('calls one down that does not answer, or where something else does', async () => {
    const url = await serve({}, null);
    expect((await probe(url, release)).state).toBe('down');
    await new Promise((resolve) => server?.close(resolve));
    const seen = await probe(url, release);
    expect(seen).toMatchObject({ state: 'down', release: null, jobs: null });
    expect(seen.findings.find(({ name }) => name === 'alive')?.detail).toMatch(/ECONNREFUSED/);
  });
});
