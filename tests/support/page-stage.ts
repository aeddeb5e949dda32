import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { serveAssets } from '../../apps/control-plane/src/http/built-page.ts';
import { serveHome } from '../../apps/control-plane/src/http/home-page.ts';
import { type PageSource, pageSource } from '../../apps/control-plane/src/page-source.ts';
import type { Client } from '../../packages/client/src/client.ts';
import { connect } from '../../packages/client/src/client.ts';
import { type FakeControlPlane, startFake } from '../../packages/client/src/testing/fake-control-plane.ts';
import { type FakeWorld, makeWorld } from '../../packages/client/src/testing/fake-world.ts';

/** The real page, built as a control plane builds it, and its real routes, over a world in memory. `asked` hears whenever the page is wanted. */
export function servePage(
  world: FakeWorld = makeWorld(),
  asked: () => void = () => undefined,
): Promise<FakeControlPlane> {
  const built = pageSource();
  const source: PageSource = {
    asset: built.asset,
    ready() {
      asked();
      return built.ready(60_000);
    },
  };
  const events = ({ signal }: { readonly signal: AbortSignal }) => world.events.follow(undefined, false, signal);
  const engine = { database: {}, events };
  const plane = { page: () => Promise.reject(new Error('the page was built')), engine } as never;
  return startFake(world, (app, authority) => {
    serveHome(app, plane, authority, source);
    serveAssets(app, source);
  });
}

/** What a browser complains of while it is used. */
export function complaintsOf(context: BrowserContext): readonly string[] {
  const said: string[] = [];
  context.on('weberror', (error) => said.push(String(error.error())));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(`${message.text()} ${message.location().url}`);
  });
  // What a page asks when it is left is broken off, and playwright takes what a shared worker loads for that.
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') said.push(`${why}: ${request.url()}`);
  });
  return said;
}

/** A browser of somebody's own, with the page open; `token`: whose, of the fake's owner unless told. */
export async function letIn(
  browser: Browser,
  { url, token: own }: Pick<FakeControlPlane, 'url' | 'token'>,
  { token = own, ...options }: BrowserContextOptions & { readonly token?: string } = {},
) {
  const client: Client = connect({ url, token });
  const context = await browser.newContext(options);
  const complaints = complaintsOf(context);
  const page = await context.newPage();
  await page.goto(url + (await client.pageLink()).path);
  return { context, page, complaints, client };
}
