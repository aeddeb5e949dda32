import { describe, expect, it } from 'vitest';
import { connect } from '../../packages/client/src/client.ts';
import { chromiumPath } from '../support/chromium.ts';
import { looksWell, pageSuite, phoneSize } from '../support/page-suite.ts';

/** One environment: what happened there, how it is declared, and what is done with it alone. */

const on = pageSuite();
const { opened } = on;

describe.skipIf(chromiumPath === undefined)('an environment', () => {
  it('is one click from home: its history, how it is declared, and what would enter', async () => {
    const { page, client, complaints } = await opened();
    const bad = await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'Friday' });
    on.fake.world.end(bad.promotion, 'failed', 'smoke: <b>no</b> sound');
    await page.getByRole('link', { name: 'dev-aws', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'dev-aws' }).waitFor();
    const tried = page.locator('.history li').first();
    await tried.getByText('smoke: <b>no</b> sound').waitFor();
    expect(await tried.textContent()).toMatch(/failed.*promotion of f{12} by local .*: Friday/s);
    await client.promote({ environment: 'dev-aws', kind: 'promote' });
    await page.locator('.history li').first().getByText('running').waitFor();
    await page.getByText('emulated account').waitFor();
    await page.getByText('smoke', { exact: true }).first().waitFor();
    await page.getByText('May what is in the one before enter').click();
    await page.getByText('may enter').first().waitFor();
    await page.goto(`${on.fake.url}/environments/no%3Csuch%3E`);
    await page.getByRole('heading', { name: 'There is no environment no<such>' }).waitFor();
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
  });

  it('is frozen for a time, promoted through as far as is chosen, and destroyed when its name is typed', async () => {
    const { page, client, complaints } = await opened();
    await page.goto(`${on.fake.url}/environments/dev-localstack`);
    // Into the first one the newest release goes.
    await page.getByRole('button', { name: 'Promote, dev-localstack' }).waitFor();
    await page.goto(`${on.fake.url}/environments/dev-aws`);
    await page.getByRole('button', { name: 'Freeze' }).click();
    await page.getByLabel('For', { exact: true }).selectOption('a day');
    await page.getByLabel('Why').fill('fair');
    await page.getByText("soundbite freeze add dev-aws --until 24h --reason 'fair'").waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Freeze' }).click();
    await page.locator('.rule').getByText('fair').waitFor();
    const [freeze] = (await client.freezes()).freezes;
    expect(Math.round((Date.parse(freeze?.until ?? '') - Date.now()) / 3_600_000)).toBe(24);
    await page.goto(`${on.fake.url}/environments/dev-aws-deployed`);
    await page.getByRole('button', { name: 'Promote through' }).click();
    await page.getByLabel('As far as').selectOption('staging');
    await page.getByRole('dialog').getByRole('button', { name: 'Promote through' }).click();
    // The dialog has such a heading, too.
    await page.getByRole('heading', { level: 1, name: /into dev-aws-deployed/ }).waitFor();
    expect(on.fake.world.promotions.all().at(-1)).toMatchObject({ asked: { through: 'staging' }, rest: ['staging'] });
    await page.goto(`${on.fake.url}/environments/production`);
    await page.getByRole('button', { name: 'Destroy' }).click();
    const destroy = page.getByRole('dialog').getByRole('button', { name: 'Destroy' });
    expect(await destroy.isDisabled()).toBe(true);
    await page.getByLabel(/^Its name/).fill('production');
    await destroy.click();
    await page.getByRole('heading', { name: 'Environments' }).waitFor();
    await page.locator('[data-environment="production"]').getByText('nothing is live').waitFor();
    expect(complaints).toEqual([]);
  });

  it('has nothing that axe finds, in either theme; who only looks destroys nothing', async () => {
    const usual = connect({ url: on.fake.url, token: on.fake.token });
    const { token } = await usual.createToken({ name: 'vic', person: 'vic@example.com', role: 'viewer' });
    const { page } = await opened({ token, viewport: phoneSize });
    const { promotion } = await usual.promote({ environment: 'dev-aws', kind: 'promote' });
    on.fake.world.end(promotion, 'succeeded');
    for (const path of ['/environments/dev-aws', `/environments/dev-aws?at=${new Date().toISOString()}`]) {
      await page.goto(on.fake.url + path);
      await page.locator('.history li').first().waitFor();
      await looksWell(page, path);
    }
    await page.goto(`${on.fake.url}/environments/dev-aws`);
    const button = page.getByRole('button', { name: 'Destroy' });
    await expect.poll(() => button.getAttribute('title')).toMatch(/vic@example.com is viewer; only admin/);
  });
});
