import type { PromotionView } from '@soundbite/client';
import { digestOf } from '@soundbite/model';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumPath } from '../../support/chromium.ts';
import { pageSuite } from '../../support/page-suite.ts';

/** Lists of many hundreds (of thousands in the bench): to the last one, with few rows in the document. */

const on = pageSuite();
const { opened } = on;

/** More than is ever near what is seen. */
const rowsAtMost = 300;

const gone = digestOf('gone');

/** Oldest first, a minute apart, the last one an hour ago. */
const remembered = (count: number): PromotionView[] =>
  Array.from({ length: count }, (_, n) => {
    const at = new Date(Date.now() - (count - n + 60) * 60_000).toISOString();
    return {
      ...{ promotion: `old-${n}`, environment: 'dev-aws', kind: 'promote', release: gone, previous: gone },
      ...{ state: 'succeeded', reason: null, waitsFor: null, gates: [], waitingFor: [], admission: 'as told' },
      ...{ steps: [], planned: [], createdAt: at, beganAt: at, finishedAt: at, actor: 'ana' },
      asked: { reason: `asked for the ${n}th time`, override: false, allowRemovals: [], through: null },
      ...{ rest: [], next: null, revision: 1 },
    } as unknown as PromotionView;
  });

/** By the keyboard, until its last row is seen: End leads to where the end is when it is pressed, and more may come after that. */
async function toTheEnd(page: Page, last: Locator): Promise<void> {
  const isSeen = () => page.keyboard.press('End').then(() => last.isVisible());
  await expect.poll(isSeen, { timeout: 30_000, interval: 20 }).toBe(true);
}

const topOf = async (row: Locator) => Math.round((await row.boundingBox())?.y ?? Number.NaN);

describe.skipIf(chromiumPath === undefined)('a long list', () => {
  it('of promotions is read to its end as one scrolls, keeps its place when others come, and says when a page cannot be read', async () => {
    on.fake.world.promotions.remember(remembered(450));
    const { page, client, complaints } = await opened();
    await page.goto(`${on.fake.url}/environments/dev-aws`);
    const box = page.getByRole('region', { name: 'Promotions, newest first' });
    await box.getByText('asked for the 449th time').waitFor();
    await box.focus();
    let isCut = true;
    await page.route(/before=old-300/, (route) => (isCut ? route.abort() : route.continue()));
    await expect
      .poll(async () => {
        await page.keyboard.press('End');
        return box.getByRole('alert').count();
      })
      .toBe(1);
    await box.getByText('150 promotions so far').waitFor();
    isCut = false;
    await box.getByRole('button', { name: 'Try again' }).click();
    await box.getByRole('alert').waitFor({ state: 'detached' });
    await box.focus();
    const last = box.getByText('asked for the 0th time');
    await toTheEnd(page, last);
    await box.getByText('450 promotions: that is all').waitFor();
    expect(await page.locator('.history li').count()).toBeLessThan(rowsAtMost);
    // The last link of the last row, by the keyboard alone.
    await box.getByRole('link').last().focus();
    const asked = on.fake.requests.length;
    const place = await topOf(last);
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'meanwhile' });
    await box.getByText('451 promotions: that is all').waitFor();
    on.fake.world.end(promotion, 'succeeded');
    // Browsers keep it to a pixel or two.
    expect(Math.abs((await topOf(last)) - place)).toBeLessThanOrEqual(2);
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('A');
    // What is read already, and has ended, is not asked for again with each change.
    const again = on.fake.requests.slice(asked).filter((one) => one.includes('before='));
    expect(new Set(again).size).toBeLessThanOrEqual(2);
    // What has the focus stays, however far one looks away from it.
    await box.evaluate((one) => one.scrollTo(0, 0));
    await box.getByText('meanwhile').waitFor();
    expect(await last.isVisible()).toBe(true);
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('A');
    // What gets the focus next is not taken away before it has it.
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('A');
    await box.evaluate((one) => one.scrollTo(0, 0));
    await box.focus();
    await last.waitFor({ state: 'detached' });
    expect(await page.locator('.history li').count()).toBeLessThan(rowsAtMost);
    expect(complaints.filter((one) => !/ERR_FAILED/.test(one))).toEqual([]);
  });

  it('of promotions of the past is read to its end, too', async () => {
    on.fake.world.promotions.remember(remembered(160));
    on.fake.world.setState('dev-aws', 'healthy');
    const { page, client } = await opened();
    await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'told of' });
    const at = new Date().toISOString();
    await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'later' });
    await page.goto(`${on.fake.url}/environments/dev-aws?at=${at}`);
    await page.getByRole('region', { name: 'Promotions, newest first' }).focus();
    await toTheEnd(page, page.getByText('asked for the 0th time'));
    await page.getByText('161 promotions: that is all').waitFor();
  });

  it('of releases is read to its end as one scrolls', async () => {
    const releases = Array.from({ length: 350 }, (_, n) => digestOf(`release ${n}`));
    for (const release of releases) on.fake.world.addRelease(release);
    const { page, complaints } = await opened();
    await page.goto(`${on.fake.url}/releases`);
    await page.locator('.matrix code').first().waitFor();
    const oldest = page.locator(`.matrix [title="${releases[0]}"]`);
    await toTheEnd(page, oldest);
    await page.getByText(/^35\d releases: that is all/).waitFor();
    const rows = await page.locator('.matrix tbody:not([aria-hidden]) tr').count();
    expect(rows).toBeGreaterThan(10);
    expect(rows).toBeLessThan(rowsAtMost);
    await oldest.click();
    await page.waitForURL(`**/releases/${releases[0]}`);
    expect(complaints).toEqual([]);
  });

  it('moves nothing while its rows are drawn, one block after the other, however high they are', async () => {
    for (let n = 0; n < 40; n++) on.fake.world.addRelease(digestOf(`release ${n}`));
    const { page } = await opened({ viewport: { width: 720, height: 1400 } });
    await page.addInitScript(`globalThis.moved = 0;
      new PerformanceObserver((list) => { for (const { value } of list.getEntries()) moved += value; }).observe({ type: 'layout-shift', buffered: true });`);
    await page.goto(`${on.fake.url}/releases`);
    await page.locator('.matrix tbody:not([aria-hidden])').nth(4).waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await page.evaluate('moved')).toBeLessThan(0.005);
  });
});
