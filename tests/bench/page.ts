import { type Client, connect } from '@soundbite/client';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { startChromium, wholeChromiumPath } from '../support/chromium.ts';
import { letIn } from '../support/page-stage.ts';
import { reader } from './events.ts';
import { onHistoryApart, type PlaneApart } from './history-apart.ts';
import { scrolling } from './scrolling.ts';
import { percentile, rounded } from './stage.ts';

/** How much slower than this machine the browser's is. */
const slowness = 4;
/** Each screen is opened so often. */
const openings = 8;
/** Of the openings, as Core Web Vitals are counted: three of four are at least as good. */
const counted = 0.75;
/** That follow the events beside the page. */
const otherReaders = 49;
const eventCount = 60;

/**
 * What the page costs whoever looks at it, over a year's records, in a Chromium whose processor is slowed: bytes of the first load, the largest paint, shifts
 * of what is shown, the slowest answer to a key or click; how soon after an event is asked for its pixels are there, while others listen; and how long frames
 * stay while one scrolls through long lists.
 */
export const page = (): Promise<object> =>
  onHistoryApart(async (plane) => {
    if (wholeChromiumPath === undefined) throw new Error('there is no Chromium: apt-get install chromium');
    const browser = await startChromium(wholeChromiumPath);
    try {
      const bytes = await firstLoad(browser, plane);
      const screens: Record<string, Seen> = {};
      for (const [name, screen] of Object.entries(screensOf(plane))) screens[name] = await seen(browser, plane, screen);
      const pixels = await eventToPixel(browser, plane);
      const scrolled = await scrolling(browser, plane, slowness);
      const worst = (of: keyof Seen) => Math.max(...Object.values(screens).map((one) => one[of]));
      return {
        bench: 'page',
        ...{ ...plane.figures, slowness, ...bytes },
        ...{ lcpMs: worst('lcpMs'), inpMs: worst('inpMs'), cls: worst('cls') },
        ...{ eventToPixel: pixels, scrolled, screens },
        must: { scriptKb: 130, allKb: 250, lcpMs: 1000, inpMs: 100, cls: 0.02, pixelP95Ms: 300, frameP95Ms: 34 },
      };
    } finally {
      await browser.close();
    }
  });

interface Screen {
  readonly path: string;
  /** It is there once this is. */
  readonly shows: string;
  /** What a reader does there. */
  act?(page: Page): Promise<unknown>;
}

const screensOf = ({ promotion, release, environments }: PlaneApart): Record<string, Screen> => ({
  environments: {
    ...{ path: '/', shows: '.card' },
    act: async (page) => {
      await page.getByRole('searchbox').pressSequentially('ana');
      await page.getByRole('searchbox').fill('');
      await page.getByRole('button', { name: 'Hold' }).first().click();
      await page.keyboard.press('Escape');
    },
  },
  past: { path: `/?at=${new Date(Date.now() - 90 * 24 * 3_600_000).toISOString()}`, shows: '.card' },
  releases: {
    ...{ path: '/releases', shows: '.matrix' },
    act: async (page) => {
      await page.getByRole('button', { name: 'Older ones' }).click();
      await page.locator('.matrix tbody tr').nth(30).waitFor();
    },
  },
  environment: { path: `/environments/${environments[0]}`, shows: 'main h1' },
  ledger: { path: '/ledger', shows: 'main h1' },
  release: { path: `/releases/${release}`, shows: 'main h1' },
  promotion: { path: `/promotions/${promotion}`, shows: '.lane' },
  approvals: { path: '/approvals', shows: 'main h1' },
  freezes: { path: '/freezes', shows: 'main h1' },
  people: { path: '/people', shows: 'main h1' },
});

interface Seen {
  readonly lcpMs: number;
  readonly cls: number;
  readonly inpMs: number;
}

/** Over some openings, each in a browser that has nothing kept; `worstLcpMs`: of the opening that took longest. */
async function seen(
  browser: Browser,
  plane: PlaneApart,
  screen: Screen,
): Promise<Seen & { readonly worstLcpMs: number }> {
  const all: Seen[] = [];
  for (let time = 0; time < openings; time++) all.push(await seenOnce(browser, plane, screen));
  const figure = (of: keyof Seen, digits: number) =>
    rounded(
      percentile(
        all.map((one) => one[of]),
        counted,
      ),
      digits,
    );
  const worstLcpMs = rounded(Math.max(...all.map(({ lcpMs }) => lcpMs)), 0);
  return { lcpMs: figure('lcpMs', 0), cls: figure('cls', 3), inpMs: figure('inpMs', 0), worstLcpMs };
}

async function seenOnce(browser: Browser, plane: PlaneApart, { path, shows, act }: Screen): Promise<Seen> {
  const { context, page } = await letIn(browser, plane);
  // Nothing is kept but the cookie: the page is loaded anew.
  const fresh = await context.newPage();
  await page.close();
  const session = await context.newCDPSession(fresh);
  await showWhole(session);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
  await fresh.addInitScript(watching(shows));
  await fresh.goto(plane.url + path, { waitUntil: 'commit' });
  // Not by a locator: what playwright brings into the page for one costs as much as the page's own first draw.
  await session.send('Runtime.evaluate', { expression: 'globalThis.isThere', awaitPromise: true });
  // A key that means nothing ends what counts as the first paints.
  await fresh.keyboard.press('Shift');
  await act?.(fresh);
  await fresh.keyboard.press('Control+k');
  await fresh.getByRole('combobox').pressSequentially('prom');
  await fresh.keyboard.press('Escape');
  await fresh.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))');
  const found = await fresh.evaluate<Seen>('globalThis.seen');
  await context.close();
  return found;
}

/**
 * Makes the window as large as the page and what a browser has around it. What is cut off at its end is on no screen: a click on it is answered by no frame, and
 * counted until the next one.
 */
async function showWhole(session: CDPSession): Promise<void> {
  const { windowId } = await session.send('Browser.getWindowForTarget');
  await session.send('Browser.setWindowBounds', { windowId, bounds: { width: 1600, height: 1200 } });
}

/** Core Web Vitals as browsers measure them; an answer that took less than 16 ms is told of by none. `isThere`: the screen is, and live. */
const watching = (shows: string) => `
  globalThis.seen = { lcpMs: 0, cls: 0, inpMs: 0 };
  globalThis.isThere = new Promise((done) => {
    const look = () => {
      if (!document.querySelector(${JSON.stringify(shows)}) || !document.querySelector('[data-live="live"]')) return;
      requestAnimationFrame(() => setTimeout(done, 200));
      seeing.disconnect();
    };
    const seeing = new MutationObserver(look);
    seeing.observe(document, { subtree: true, childList: true, attributes: true });
  });
  const watch = (type, take, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  watch('largest-contentful-paint', (entry) => { seen.lcpMs = entry.startTime; });
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
  watch('event', (entry) => { if (entry.interactionId) seen.inpMs = Math.max(seen.inpMs, entry.duration); }, { durationThreshold: 16 });
`;

/** In kB (1,000 bytes) as they are sent, of a browser that has nothing. */
async function firstLoad(browser: Browser, plane: PlaneApart): Promise<{ scriptKb: number; allKb: number }> {
  const { context, page } = await letIn(browser, plane);
  const fresh = await context.newPage();
  await page.close();
  let [script, all] = [0, 0];
  fresh.on('response', async (answer) => {
    if (answer.url().includes('/v1/')) return;
    const { responseBodySize } = await answer.request().sizes();
    all += responseBodySize;
    if (answer.request().resourceType() === 'script') script += responseBodySize;
  });
  const session = await context.newCDPSession(fresh);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await fresh.goto(plane.url);
  await fresh.locator('[data-live="live"]').waitFor();
  await context.close();
  return { scriptKb: rounded(script / 1000, 1), allKb: rounded(all / 1000, 1) };
}

/** From the moment in which something is asked for to the one in which it is painted, while others follow the same events. */
async function eventToPixel(browser: Browser, plane: PlaneApart) {
  const client: Client = connect(plane);
  const tokens = await Promise.all(
    Array.from({ length: otherReaders }, (_, number) =>
      client.createToken({ name: `reader-${number}`, role: 'viewer' }),
    ),
  );
  const readers = tokens.map(({ token }) => reader({ url: plane.url, token }));
  await Promise.all(readers.map(({ begun }) => begun));
  const { context, page } = await letIn(browser, plane);
  await page.locator('[data-live="live"]').waitFor();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
  const delays: number[] = [];
  for (let number = 0; number < eventCount; number++)
    delays.push(await painted(client, plane.environments[number % plane.environments.length] ?? '', page, number));
  for (const one of readers) one.leave();
  await context.close();
  return {
    ...{ readers: otherReaders, events: eventCount },
    p50Ms: rounded(percentile(delays, 0.5), 0),
    p95Ms: rounded(percentile(delays, 0.95), 0),
  };
}

/** A freeze that says its number, until a frame shows it; taken away again. In ms, the writing included. */
async function painted(client: Client, environment: string, page: Page, number: number): Promise<number> {
  const reason = `bench event ${number} is here`;
  const shown = page.evaluate<number>(`new Promise((done) => {
    const look = () => {
      if (!document.body.textContent.includes(${JSON.stringify(reason)})) return;
      watching.disconnect();
      requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => done(Date.now()); port2.postMessage(0); });
    };
    const watching = new MutationObserver(look);
    watching.observe(document.body, { subtree: true, childList: true, characterData: true });
  })`);
  await page.evaluate('0');
  const asked = Date.now();
  const until = new Date(asked + 3_600_000).toISOString();
  const { freezes } = await client.freeze(environment, { until, reason });
  const delay = (await shown) - asked;
  await client.removeFreeze(freezes[0]?.id ?? '');
  await page.locator('body').filter({ hasNotText: reason }).waitFor();
  return delay;
}
