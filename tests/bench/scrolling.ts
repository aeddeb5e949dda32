import type { Browser, Page } from 'playwright-core';
import { letIn } from '../support/page-stage.ts';
import type { PlaneApart } from './history-apart.ts';
import { percentile, rounded } from './stage.ts';

/** A list that is read to so many rows first; `scroller`: the element that scrolls, as an expression. */
interface LongList {
  readonly path: string;
  readonly row: string;
  readonly scroller: string;
  readonly rows: number;
}

interface Scrolling {
  /** That were read, and scrolled over. */
  readonly rows: number;
  /** How long frames stayed, in ms: a screen shows 60 a second. */
  readonly frameP95Ms: number;
  /** The same in a browser that is slowed. */
  readonly slowedFrameP95Ms: number;
}

const listsOf = ({ environments: [first] }: PlaneApart): Record<string, LongList> => ({
  promotions: {
    ...{ path: `/environments/${first}`, row: '.history li', rows: 10_000 },
    scroller: "document.querySelector('.long')",
  },
  releases: { path: '/releases', row: '.matrix code', scroller: 'document.scrollingElement', rows: 1_000 },
});

/** In px for each frame: about five rows in a tenth of a second. */
const speed = 40;
/** So many frames are looked at. */
const frames = 300;

/** How long frames stay while one scrolls through 10,000 promotions and 1,000 releases. Without a graphics processor all is painted by the one that is slowed. */
export async function scrolling(
  browser: Browser,
  plane: PlaneApart,
  slowness: number,
): Promise<Record<string, Scrolling>> {
  const found: Record<string, Scrolling> = {};
  for (const [name, list] of Object.entries(listsOf(plane)))
    found[name] = await through(browser, plane, list, slowness);
  return found;
}

async function through(
  browser: Browser,
  plane: PlaneApart,
  { path, row, scroller, rows }: LongList,
  slowness: number,
): Promise<Scrolling> {
  const { context, page } = await letIn(browser, plane);
  await page.goto(plane.url + path);
  await page.locator(row).first().waitFor();
  const read = await readUntil(page, scroller, rows);
  const session = await context.newCDPSession(page);
  const frameP95Ms = async (rate: number) => {
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    return rounded(percentile(await page.evaluate<number[]>(scrolled(scroller)), 0.95), 0);
  };
  const found = { rows: read, frameP95Ms: await frameP95Ms(1), slowedFrameP95Ms: await frameP95Ms(slowness) };
  await context.close();
  return found;
}

/** Scrolls to the end of what is there until so many rows were read, or all. How many. Errors: a minute without a row more. */
async function readUntil(page: Page, scroller: string, rows: number): Promise<number> {
  for (let [read, since] = [0, Date.now()]; Date.now() - since < 60_000; ) {
    const said = await page.evaluate<string>(`${scroller}.scrollTo(0, 1e9), document.body.innerText`);
    const [, count = '0', rest] = /(\d+) (?:promotions|releases)(: that is all| so far)/.exec(said) ?? [];
    if (Number(count) >= rows || rest === ': that is all') return Number(count);
    if (Number(count) > read) [read, since] = [Number(count), Date.now()];
  }
  throw new Error(`a long list at ${page.url()} is not read on`);
}

/** Upwards from the end, some px for each frame: how long each stayed, in ms. */
const scrolled = (scroller: string) => `new Promise((done) => {
  const one = ${scroller};
  const stays = [];
  let last;
  const frame = (now) => {
    if (last !== undefined) stays.push(now - last);
    last = now;
    one.scrollBy(0, -${speed});
    if (stays.length === ${frames}) done(stays);
    else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;
