import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import { axeFindings, looksWell, pageSuite, phoneSize } from '../support/page-suite.ts';

/** The page as it was: what it showed then, it shows of then. */

const on = pageSuite();
const { opened } = on;

/** Nothing happens within a millisecond of the time that is given. */
async function aMoment(): Promise<string> {
  const time = Date.now();
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(time + 1), { interval: 1 });
  return new Date(time).toISOString();
}

/** What stands in the cards, but for what no record has, what one does, and distances. */
const cards = (page: Page): Promise<unknown> =>
  page.evaluate(`[...document.querySelectorAll('.card')].map((card) => {
    const copy = card.cloneNode(true);
    for (const one of copy.querySelectorAll('.top .state, .buttons, .address, .traffic, time, .number')) one.remove();
    return copy.textContent;
  })`);

describe.skipIf(chromiumPath === undefined)('the past', () => {
  it('is what the page showed then, under a band that says so; nobody acts in it', async () => {
    const { page, client, complaints } = await opened();
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'Friday' });
    await client.freeze('production', { until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'fair' });
    const frozen = page.locator('[data-environment="production"]').getByText('fair');
    await frozen.waitFor();
    await page.getByLabel('Promotion under way in dev-aws').waitFor();
    const then = await cards(page);
    const at = await aMoment();
    on.fake.world.end(promotion, 'failed', 'smoke: no sound');
    await page.getByText('smoke: no sound').waitFor();
    expect(await cards(page)).not.toEqual(then);
    await page.goto(`${on.fake.url}/?at=${at}`);
    await page.getByText(/^As it was on .+\.$/).waitFor();
    await frozen.waitFor();
    expect(await cards(page)).toEqual(then);
    expect(await page.locator('main button').count()).toBe(0);
    expect(await page.getByText('not on record').count()).toBe(5);
    await page.getByRole('link', { name: 'Releases' }).click();
    await page.getByRole('heading', { name: 'Releases' }).waitFor();
    expect(new URL(page.url()).searchParams.get('at')).toBe(at);
    await page.getByRole('link', { name: 'Back to now' }).click();
    await page.getByText(/^As it was on/).waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${on.fake.url}/releases`);
    expect(complaints).toEqual([]);
  });

  it('is reached by the keyboard, and left; what is no time that is over is refused', async () => {
    const { page } = await opened();
    const earlier = page.getByText('Earlier', { exact: true });
    await earlier.focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('A time that is over').fill('2999-01-01T00:00:00');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('This is no time that is over.').waitFor();
    await page.keyboard.press('Escape');
    expect(await earlier.evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'an hour ago' }).press('Enter');
    await page.getByText(/^As it was on .+\.$/).waitFor();
    await page.getByRole('link', { name: '−1 min' }).press('Enter');
    await page.goBack();
    await page.goBack();
    await earlier.waitFor();
    for (const [at, says] of [
      ['nonsense', 'The address names no time.'],
      ['2999-01-01T00:00:00Z', '2999-01-01T00:00:00Z has not come yet'],
    ]) {
      await page.goto(`${on.fake.url}/?at=${at}`);
      await page.getByText(says ?? '').waitFor();
      expect(await page.getByText('As it was').count()).toBe(0);
    }
  });

  it('has nothing that axe finds, in either theme', async () => {
    const { page } = await opened({ viewport: phoneSize });
    await page.getByText('Earlier', { exact: true }).click();
    expect(await axeFindings(page)).toEqual([]);
    for (const path of ['/', '/releases']) {
      await page.goto(`${on.fake.url}${path}?at=${new Date().toISOString()}`);
      await page.locator('main h1').waitFor();
      await looksWell(page, path);
    }
  });
});
