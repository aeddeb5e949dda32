import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Endpoint } from '@soundbite/client';
import { sendRaw } from '@soundbite/client/testing/contract-cases.ts';
import { beforeAll, describe, expect, inject, it } from 'vitest';

let endpoint: Endpoint;
let cookie: string;

/** As it stands, without a token. */
const send = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  sendRaw(endpoint, { method, path, headers: { authorization: undefined, ...headers } });

beforeAll(async () => {
  endpoint = JSON.parse(await readFile(join(inject('home'), 'control-plane.json'), 'utf8')) as Endpoint;
  const { path } = await connect(async () => endpoint).pageLink();
  cookie = String((await send(path)).headers['set-cookie']?.[0]).split(';')[0] ?? '';
});

/** The document; the control plane may be building it. */
async function document(path = '/'): Promise<string> {
  let text = '';
  await expect
    .poll(
      async () => {
        text = (await send(path, { cookie })).text;
        return text;
      },
      { timeout: 60_000 },
    )
    .toContain('<div id="app">');
  return text;
}

describe('the real control plane', () => {
  it('shows the page at the address of each screen to whom it let in, and to nobody else', async () => {
    const page = await document();
    for (const path of ['/releases', '/promotions/p-1?at=2026-01-01T03:12:00Z', '/approvals']) {
      expect(await send(path, { cookie })).toMatchObject({ status: 200, text: page });
      const refused = await send(path);
      expect(refused.status).toBe(401);
      expect(refused.text).not.toContain('/assets/');
    }
    expect(await send('/', { cookie }, 'HEAD')).toMatchObject({ status: 200, text: '' });
    expect(await send('/', { cookie, host: 'evil.example' })).toMatchObject({ status: 421 });
  });

  it('answers the files that the page names, to be kept', async () => {
    const named = [...(await document()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(1);
    for (const path of named)
      expect(await send(path)).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'public, max-age=31536000, immutable' },
      });
  });

  it.each([
    ...['/index.html', '/page.json', '/assets', '/assets/', '/assets/page.json', '/assets/index.html', '/src/main.tsx'],
    ...[
      '/assets/../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '//etc/passwd',
    ],
    ...['/apps/dashboard/src/main.tsx', '/control-plane.json', '/.soundbite/control-plane.json', '/@vite/client'],
    ...['/environments', '/environments/a/b', '/nosuch', '/v1'],
  ])('has no %s, whoever asks', async (path) => {
    for (const headers of [{}, { cookie }]) {
      const { status, text } = await send(path, headers);
      expect([status, text.includes('<div id="app">')]).toEqual([
        path.startsWith('/v1') && !('cookie' in headers) ? 401 : 404,
        false,
      ]);
    }
  });

  it('takes nothing at these addresses but a look', async () => {
    const origin = new URL(endpoint.url).origin;
    for (const path of ['/', '/releases', '/assets/index.js'])
      for (const method of ['POST', 'PUT', 'DELETE'])
        expect(await send(path, { cookie, origin }, method)).toMatchObject({ status: 405 });
  });
});
