import { createHash } from 'node:crypto';
import { statusOf } from '@soundbite/client/serving/errors.ts';
import { toErrorDocument } from '@soundbite/model';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { pageStyle } from './page-style.ts';

export type Html = ReturnType<typeof html>;

const style = `sha256-${createHash('sha256').update(pageStyle).digest('base64')}`;

/** The one style, by its digest, and forms to where the page came from; all else stays as closed as any answer (`closeAnswers`). */
const policy = `default-src 'none'; style-src '${style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;

/** Answers with a page, or with the error as one. Nothing in it is a script, whatever people wrote. */
export async function showPage(c: Context, title: string, make: () => Promise<Html> | Html): Promise<Response> {
  try {
    const content = await make();
    c.header('content-security-policy', policy);
    return await c.html(framed(title, content));
  } catch (error) {
    return showError(c, title, error);
  }
}

/** Answers with an error as a page. */
export function showError(c: Context, title: string, error: unknown): Response | Promise<Response> {
  const { message, hint } = toErrorDocument(error);
  c.header('content-security-policy', policy);
  return c.html(framed(title, html`<h1>${message}</h1><p class="dim">${hint}</p>`), statusOf(error) as 400);
}

const framed = (title: string, content: Html): Html => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <style>${raw(pageStyle)}</style>
  </head>
  <body><main>${content}</main></body>
</html>`;
