import type { Known } from '@soundbite/client/serving/authority.ts';
import { refusal } from '@soundbite/client/serving/errors.ts';
import type { Context, Hono } from 'hono';
import type { PageFiles, PageSource } from '../page-source.ts';

/**
 * Scripts, styles and pictures of the page's own files, and calls of the control plane; nothing inline, nothing of elsewhere, no form, no frame. No text becomes
 * markup or a program: what would turn one into it (`innerHTML`) throws. The one rule of the page's own says which files are workers (apps/dashboard/src/trust.ts).
 */
const policy = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src', 'img-src', 'font-src'].map((what) => `${what} 'self'`),
  ...['form-action', 'frame-ancestors', 'base-uri'].map((what) => `${what} 'none'`),
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ');

/** Where the document says which event was the newest when it was sent. */
const placeOfNewest = 'data-newest-event=""';

/** The document of the page, the same at every address: what to show there, its script knows. `newest`: the number of the newest event; null: nobody knows. */
export function showBuiltPage(c: Context, { index }: PageFiles, newest: number | null): Response | Promise<Response> {
  c.header('content-security-policy', policy);
  return c.html(index.replace(placeOfNewest, placeOfNewest.replace('""', `"${newest ?? ''}"`)));
}

/** What the document loads, by names that say what is in them. Only a name that the build made leads anywhere: nothing of a request reaches the disk. */
export function serveAssets(app: Hono<Known>, source: PageSource): void {
  app.get('/assets/:file', async (c) => {
    const name = c.req.param('file');
    const asset = await source.asset(name);
    if (asset === undefined)
      throw refusal('route-unknown', `the page has no file ${JSON.stringify(name)}`, 'reload the page');
    // A worker has the policy of its own file, not that of the page.
    if (asset.type.startsWith('text/javascript')) c.header('content-security-policy', policy);
    c.header('content-type', asset.type);
    c.header('cache-control', 'public, max-age=31536000, immutable');
    c.header('vary', 'accept-encoding');
    const gzipped = takesGzip(c) ? asset.gzipped : undefined;
    if (gzipped) c.header('content-encoding', 'gzip');
    const bytes = gzipped ?? asset.bytes;
    c.header('content-length', String(bytes.length));
    return c.body(bytes);
  });
}

/** As browsers and programs say it; `gzip;q=0` refuses it. */
const takesGzip = (c: Context): boolean =>
  (c.req.header('accept-encoding') ?? '').split(',').some((one) => /^\s*gzip\s*(;(?!\s*q=0(\.0*)?\s*$)|$)/i.test(one));
