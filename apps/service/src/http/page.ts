import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';
import { assetPath, FROM_SOURCE } from '../assets.ts';
import type { Settings } from '../settings.ts';
import type { AppParts, AppTypes } from './context.ts';

/** Nothing from elsewhere but sound: a presigned URL leads to the bucket's host, or to an emulated account where users reach it. */
function policyOf({ shownEndpoint }: Pick<Settings, 'shownEndpoint'>): string {
  const sound = shownEndpoint === undefined ? 'https:' : new URL(shownEndpoint).origin;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${sound}`, // the wave is drawn from the sound
    "img-src 'self' data:",
    `media-src 'self' blob: ${sound}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const HEADERS = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache' };

const PAGES = [
  { path: '/', file: 'page/index.html', type: 'text/html; charset=utf-8' },
  { path: '/docs', file: 'page/docs.html', type: 'text/html; charset=utf-8' },
  { path: '/page/page.css', file: 'page/page.css', type: 'text/css; charset=utf-8' },
  { path: '/page/page.js', file: 'page/page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page/lately.js', file: 'page/lately.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page/service.js', file: 'page/service.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page/sound.js', file: 'page/sound.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page/docs.js', file: 'page/docs.js', type: 'text/javascript; charset=utf-8' },
] as const;

/** The page where a person hears a text, the page of the API, and the document that it shows. */
export function pageRoutes(app: Hono<AppTypes>, parts: AppParts): void {
  const headers = { ...HEADERS, 'content-security-policy': policyOf(parts.settings) };
  const texts = new Map<string, Promise<string>>();
  for (const { path, file, type } of PAGES) {
    app.get(path, async (c) => {
      const text = texts.get(file) ?? readFile(assetPath(file), 'utf8');
      // From source it may be written just now: nothing imports it, so no watcher starts the process anew.
      if (!FROM_SOURCE) texts.set(file, text);
      return c.body(await text, 200, { ...headers, 'content-type': type });
    });
  }
  app.get('/openapi.json', async (c) => {
    const { openApiDocument } = await import('./openapi.ts');
    return c.json(openApiDocument(parts.settings));
  });
}
