import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import { axeFindings, fresh, old, pageSuite } from '../support/page-suite.ts';

/** What users asked: of each environment on home, and of a promotion while its traffic moves. */

const on = pageSuite();
const { opened } = on;

const minute = 60_000;
const card = (page: Page, name: string) => page.locator(`[data-environment="${name}"]`);

describe.skipIf(chromiumPath === undefined)('the traffic of users', () => {
  it('stands on each card: how many asked, how many failed, how long they waited; none is not unknown', async () => {
    const { traffic } = on.fake.world;
    for (let ago = 0; ago < 58; ago += 1) traffic.serve('production', ago * minute, 20 + ago, { ms: 80 });
    traffic.serve('production', 7 * minute, 9, { status: 502, release: null });
    traffic.unseen.set('staging', 'no <b>credentials</b>: log in');
    const { page, complaints } = await opened();
    await card(page, 'production')
      .getByRole('img', { name: /^2,822 requests in the last hour, 0\.3 % errors, p95 \d\d ms$/ })
      .waitFor();
    await card(page, 'dev-aws').getByText('no requests in the last hour').waitFor();
    await card(page, 'staging').getByText('no <b>credentials</b>: log in').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    // Nothing is moved by it, however late it comes.
    const heights = await page
      .locator('.traffic')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(new Set(heights).size).toBe(1);
    await page.goto(`${on.fake.url}/?at=${new Date(Date.now() - minute).toISOString()}`);
    await card(page, 'production').getByText('requests were not recorded').waitFor();
    expect(complaints).toEqual([]);
  });

  it('moves from one release to the other on the promotion’s own screen, with what failed of each', async () => {
    const { world } = on.fake;
    const { page, client, complaints } = await opened();
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    await page.goto(`${on.fake.url}/promotions/${promotion}`);
    await page.locator('.lane [data-state="running"]').getByText('verify').waitFor();
    await page.locator('.shares').getByText('has not moved yet').waitFor();
    world.traffic.serve('dev-aws', 30_000, 40, { release: old });
    while (world.promotion(promotion).steps.at(-1)?.name !== 'shift') world.advance(promotion);
    await page.locator('[data-role="old"]').getByText('40 requests, no errors').waitFor();
    world.traffic.serve('dev-aws', 0, 30, { release: fresh });
    world.traffic.serve('dev-aws', 0, 10, { release: fresh, status: 500 });
    const own = page.locator('[data-role="new"]');
    await own.getByText('40 requests, 25 % errors').waitFor({ timeout: 8_000 });
    // What the old one answered before that is not now.
    await own.getByText('now 100 %').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    world.end(promotion, 'failed', 'watch: 10 of 40 requests failed');
    await page.getByRole('heading', { name: 'Traffic' }).waitFor();
    await page.locator('header .failed').waitFor();
    expect(await page.locator('.shares [data-role]').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it('is not that of the environment of this name here, where the promotion is another home’s', async () => {
    const { world, url, requests } = on.fake;
    const { page, client, complaints } = await opened();
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    while (world.promotion(promotion).steps.at(-1)?.name !== 'shift') world.advance(promotion);
    world.traffic.serve('dev-aws', 0, 40, { release: fresh });
    await page.route(`**/v1/promotions/${promotion}/timeline`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), home: 'h-2' } });
    });
    await page.goto(`${url}/promotions/${promotion}`);
    await page.locator('.shares').getByText('it is another’s').waitFor();
    // An environment of its name is here, too: nothing leads there, and nothing is done with it from here.
    await page.getByText('It is another home’s').waitFor();
    expect(await page.getByRole('main').getByRole('link', { name: 'dev-aws' }).count()).toBe(0);
    expect(await page.getByRole('main').getByRole('button', { name: 'Abort' }).count()).toBe(0);
    expect(requests.filter((asked) => asked.includes('/v1/traffic?environment'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
