import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { chromiumPath } from '../support/chromium.ts';
import { axeFindings, old, pageSuite, usuallyLive } from '../support/page-suite.ts';

/** The page on a phone, by a thumb alone. */

const on = pageSuite(() => makeWorld({ ...usuallyLive, 'dev-aws-deployed': old }));
const viewport = { width: 390, height: 844 };
const phone = { viewport, hasTouch: true, isMobile: true, colorScheme: 'dark' } as const;

/** What is too low to be hit, within one element: 44 px are wanted. */
const tooLow = (page: Page, within: string) =>
  page
    .locator(within)
    .locator('a, button, summary, input, select')
    .evaluateAll((all) =>
      all
        .map((one) => [one.textContent, one.getBoundingClientRect().height] as const)
        .filter(([, height]) => height > 0 && height < 44),
    );

describe.skipIf(chromiumPath === undefined)('the page on a phone', () => {
  it('rolls back by three taps, whose buttons are large and in reach', async () => {
    const { page, client, complaints } = await on.opened(phone);
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    await expect.poll(() => on.fake.world.promotions.view(promotion).state).toBe('running');
    on.fake.world.end(promotion, 'succeeded');
    expect(await tooLow(page, '.masthead')).toEqual([]);
    await page.locator('[data-environment="dev-aws"]').getByRole('button', { name: 'Roll back' }).tap();
    const dialog = page.getByRole('dialog', { name: /^Roll dev-aws back/ });
    await dialog.getByText('back to', { exact: true }).waitFor();
    // No field has the focus: a keyboard would hide what is to be read.
    await dialog.locator('button:focus').getByText('Leave it').waitFor();
    expect(await tooLow(page, 'dialog[open] form')).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    const box = await dialog.getByRole('button', { name: 'Roll back' }).boundingBox();
    expect((box?.y ?? viewport.height) + (box?.height ?? 0)).toBeLessThan(viewport.height);
    await dialog.getByRole('button', { name: 'Roll back' }).tap();
    await page.getByRole('heading', { name: /^Rollback to 0{12}/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('has the answer in reach, however much a dialog shows', async () => {
    const { page, client } = await on.opened({ ...phone, viewport: { width: 390, height: 320 } });
    await page.goto(`${on.fake.url}/environments/dev-aws`);
    await page.getByRole('button', { name: 'Promote, dev-aws' }).tap();
    const dialog = page.getByRole('dialog', { name: 'Promote into dev-aws' });
    await dialog.getByText('may enter').waitFor();
    expect(await dialog.evaluate((one) => one.scrollHeight > one.clientHeight)).toBe(true);
    // What would happen is read first.
    expect(await dialog.evaluate((one) => one.scrollTop)).toBe(0);
    const box = await dialog.getByRole('button', { name: 'Promote' }).boundingBox();
    expect((box?.y ?? 320) + (box?.height ?? 0)).toBeLessThan(320);
    expect((await client.promotions({})).promotions).toEqual([]);
  });

  it('moves nothing on the screen of an environment, however late its answers come', async () => {
    const { page, client } = await on.opened(phone);
    for (const reason of ['one', 'another']) {
      const { promotion } = await client.promote({ environment: 'dev-aws-deployed', kind: 'promote', reason });
      on.fake.world.end(promotion, 'succeeded');
    }
    on.fake.world.setState('dev-aws-deployed', 'degraded');
    await page.addInitScript(`
      globalThis.moved = 0;
      new PerformanceObserver((list) => { for (const { value } of list.getEntries()) globalThis.moved += value; })
        .observe({ type: 'layout-shift', buffered: true });
    `);
    const answers = ['me', 'status', 'environments/dev-aws-deployed', 'environments/*/account', 'promotions?*'];
    const arrivals: (() => void)[] = [];
    for (const answer of answers) {
      const { promise, resolve } = Promise.withResolvers<void>();
      arrivals.push(resolve);
      await page.route(`**/v1/${answer}`, (route) => promise.then(() => route.continue()));
    }
    await page.goto(`${on.fake.url}/environments/dev-aws-deployed`);
    await page.getByRole('button', { name: 'Roll back' }).waitFor();
    for (const arrive of arrivals) {
      arrive();
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))');
    }
    await page.getByText('In its account').waitFor();
    await page.getByText('degraded').waitFor();
    expect(await page.evaluate('globalThis.moved')).toBeLessThan(0.02);
  });

  it('has the list of earlier times within its width', async () => {
    const { page } = await on.opened(phone);
    await page.getByText('Earlier', { exact: true }).tap();
    const panel = page.locator('.earlier .panel');
    await panel.getByRole('button', { name: 'Show' }).waitFor();
    const box = await panel.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? viewport.width)).toBeLessThanOrEqual(viewport.width);
    expect(await tooLow(page, '.earlier')).toEqual([]);
    on.fake.world.addRelease(old);
    await page.goto(`${on.fake.url}/releases`);
    await page.locator('.matrix td a').first().waitFor();
    expect(await tooLow(page, '.matrix td')).toEqual([]);
    expect(await page.locator('.masthead').evaluate((bar) => bar.getBoundingClientRect().height)).toBeLessThan(110);
  });
});
