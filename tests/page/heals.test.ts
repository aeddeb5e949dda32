import { expect, it } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import { fresh, pageSuite } from '../support/page-suite.ts';

/** What goes wrong for a moment leaves nothing wrong on the page. */

const on = pageSuite();
const { opened } = on;
const itInChromium = it.skipIf(chromiumPath === undefined);

itInChromium('a change that an early answer does not have is shown all the same', async () => {
  const { page, client } = await opened();
  await page.goto('about:blank');
  let asked = 0;
  await page.route('**/v1/overview', async (route) => {
    if (asked++ > 0) return route.continue();
    const answer = await route.fetch();
    await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'meanwhile' });
    const isLive = page.locator('[data-live="live"]').waitFor();
    await isLive;
    await route.fulfill({ response: answer });
  });
  await page.goto(`${on.fake.url}/`);
  await page.getByLabel('Promotion under way in dev-aws').waitFor();
});

itInChromium(
  'what failed is asked for again, who asks, too; until then what is shown has no colour that says good',
  async () => {
    const { page, client } = await opened();
    let isFailing = true;
    const error = { code: 'database-down', message: 'the database is away', hint: 'wait' };
    await page.route('**/v1/me', (route) =>
      isFailing ? route.fulfill({ status: 503, json: { error } }) : route.continue(),
    );
    await page.goto(`${on.fake.url}/`);
    await page.locator('.card').first().waitFor();
    isFailing = false;
    await page.locator('.reader').getByText('local').waitFor();

    // The stream goes on: what is shown is old all the same, and has no colour that says good.
    const filter = () => page.evaluate('getComputedStyle(document.querySelector(".chain")).filter');
    expect(await filter()).toBe('none');
    await page.route('**/v1/overview', (route) => route.fulfill({ status: 503, json: { error } }));
    await client.hold('dev-aws', { reason: 'unseen' });
    await page.getByText('not live: records cannot be read').waitFor();
    await expect.poll(filter).toBe('grayscale(1)');
    await page.goto(`${on.fake.url}/`);
    await page.getByRole('heading', { name: 'Environments' }).waitFor();
    await page.getByText('the database is away').waitFor();
    await page.unroute('**/v1/overview');
    await page.getByText('unseen').waitFor();
    await page.locator('[data-live="live"]').waitFor();
  },
);

itInChromium('what cannot be drawn is said, and the next screen has nothing of it', async () => {
  on.fake.world.addRelease(fresh);
  const { page } = await opened();
  await page.route('**/v1/matrix*', async (route) => {
    const answer = await route.fetch();
    const json = (await answer.json()) as { releases: { cells?: unknown }[] };
    for (const one of json.releases) delete one.cells;
    await route.fulfill({ response: answer, json });
  });
  await page.getByRole('link', { name: 'Releases' }).click();
  await page.getByText('reload the page').first().waitFor();
  await page.getByRole('link', { name: 'Environments' }).click();
  await page.locator('.card').first().waitFor();
  expect(await page.locator('main h1').allInnerTexts()).toEqual(['Environments']);
});

itInChromium('typing in the past stays there; the name to destroy is not spell-checked', async () => {
  const { page } = await opened();
  await page.goto(`${on.fake.url}/?at=${new Date(Date.now() - 1000).toISOString()}`);
  await page.getByText(/^As it was on/).waitFor();
  await page.getByRole('searchbox').first().pressSequentially('a');
  await page.waitForURL(/find=a/);
  expect(new URL(page.url()).searchParams.get('at')).not.toBeNull();
  await page.goto(`${on.fake.url}/environments/dev-aws`);
  await page.getByRole('button', { name: /^Destroy/ }).click();
  await page.locator('dialog[open] .asked input').waitFor();
  expect(await page.evaluate(`document.querySelector('dialog[open] .asked input').spellcheck`)).toBe(false);
});

itInChromium('what could not be read while the control plane was gone is read as soon as it is back', async () => {
  const { page, client } = await opened();
  const port = Number(new URL(on.fake.url).port);
  await page.route('**/v1/overview', (route) => route.abort());
  await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'unseen' });
  await page.getByText('not live: records cannot be read').waitFor();
  await on.fake.stop();
  await page.getByText(/^not live: .* old$/).waitFor();
  await page.unroute('**/v1/overview');
  await on.fake.start(port);
  await page.locator('[data-live="live"]').waitFor({ timeout: 2_000 });
  await page.getByLabel('Promotion under way in dev-aws').waitFor({ timeout: 1_000 });
});
