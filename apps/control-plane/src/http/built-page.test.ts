import { gunzipSync, gzipSync } from 'node:zlib';
import type { Known } from '@soundbite/client/serving/authority.ts';
import { errorAnswer } from '@soundbite/client/serving/errors.ts';
import { closeAnswers } from '@soundbite/client/serving/guards.ts';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { serveAssets } from './built-page.ts';

const script = { type: 'text/javascript; charset=utf-8', bytes: Buffer.from('let a;'), gzipped: gzipSync('let a;') };
const picture = { type: 'image/svg+xml', bytes: Buffer.from('<svg/>') };
const assets = new Map(Object.entries({ 'index-Yx9.js': script, 'icon-Yx9.svg': picture }));
const app = new Hono<Known>();
app.onError(errorAnswer);
app.use(closeAnswers);
serveAssets(app, {
  ready: () => Promise.reject(new Error('no page is asked for')),
  asset: async (name) => assets.get(name),
});

describe('a file of the page', () => {
  it('is answered as what it is, to be kept for ever, and for no other origin', async () => {
    const answer = await app.request('/assets/index-Yx9.js');
    expect([answer.status, await answer.text()]).toEqual([200, 'let a;']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': '6',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  it('that is a worker may ask the control plane, and a picture may nothing', async () => {
    const policyOf = async (name: string) =>
      (await app.request(`/assets/${name}`)).headers.get('content-security-policy');
    expect(await policyOf('index-Yx9.js')).toContain("connect-src 'self'");
    expect(await policyOf('icon-Yx9.svg')).not.toContain('self');
  });

  it.each([
    ['gzip, deflate, br', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['gzip; q=0.000, br', null],
    ['br', null],
    ['x-gzip-like', null],
  ])('is compressed for whom that suits: %s', async (accepted, encoding) => {
    const answer = await app.request('/assets/index-Yx9.js', { headers: { 'accept-encoding': accepted } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([encoding, 'accept-encoding']);
    expect(answer.headers.get('content-length')).toBe(String(bytes.length));
    expect(String(encoding === null ? bytes : gunzipSync(bytes))).toBe('let a;');
  });

  it('is described by HEAD, without it', async () => {
    const answer = await app.request('/assets/index-Yx9.js', { method: 'HEAD' });
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '6']);
  });

  it.each([
    ...[
      'index-Yx9.css',
      'index.html',
      'page.json',
      '__proto__',
      'constructor',
      '%00',
      'index-Yx9.js%00',
      'INDEX-Yx9.js',
    ],
    ...['..%2f..%2fpackage.json', '%2e%2e%2fpackage.json', '..%5cpackage.json', '%2fetc%2fpasswd', '', 'a/b'],
    ...['../../package.json', '%ff'],
  ])('that the build did not make is not there, and never kept: %j', async (name) => {
    const answer = await app.request(`/assets/${name}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});
