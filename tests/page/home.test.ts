import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { connect } from '../../packages/client/src/client.ts';
import { usualEnvironments } from '../../packages/client/src/testing/fake-declaration.ts';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { chromiumPath } from '../support/chromium.ts';
import { axeFindings, fresh, looksWell, old, pageSuite, phoneSize, usuallyLive } from '../support/page-suite.ts';

/** Two say yes before something enters production. */
const declared = usualEnvironments().map((one) =>
  one.name === 'production'
    ? { ...one, gates: [{ gate: 'approval' as const, options: { by: 2 } }, ...one.gates] }
    : one,
);

const on = pageSuite(() => makeWorld({ ...usuallyLive, 'dev-aws-deployed': old }, declared));
const { opened } = on;

const card = (page: Page, name: string) => page.locator(`[data-environment="${name}"]`);
const freshness = (page: Page, state: string) => page.locator(`[data-live="${state}"]`).waitFor();

/** A token of somebody who approves. */
const tokenOf = async (name: string, role: 'approver') =>
  (await connect({ url: on.fake.url, token: on.fake.token }).createToken({ name, person: `${name}@example.com`, role }))
    .token;

describe.skipIf(chromiumPath === undefined)('the page', () => {
  it('follows a promotion to its end from home, without being asked to', async () => {
    const { page, client, complaints } = await opened();
    await card(page, 'dev-aws').getByText('0'.repeat(12), { exact: true }).waitFor();
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    const underWay = card(page, 'dev-aws').getByLabel('Promotion under way in dev-aws');
    await underWay.getByText(/verify \(1 of \d\)/).waitFor();
    await underWay.getByText('Speak louder', { exact: true }).waitFor();
    on.fake.world.advance(promotion);
    await underWay.getByText(/\(2 of \d\)/).waitFor();
    on.fake.world.end(promotion, 'succeeded');
    await card(page, 'dev-aws').locator('.live').getByText('f'.repeat(12)).waitFor();
    expect(await underWay.count()).toBe(0);
    const bad = await client.promote({ environment: 'dev-aws-deployed', kind: 'promote' });
    on.fake.world.end(bad.promotion, 'failed', 'smoke: <script>alert(1)</script> \u202e answered 500');
    await card(page, 'dev-aws-deployed').getByText('smoke: <script>alert(1)</script>  answered 500').waitFor();
    await card(page, 'dev-aws-deployed').locator('.failed').getByText('Speak louder', { exact: true }).waitFor();
    await page.goto(`${on.fake.url}/promotions/${bad.promotion}`);
    await page.getByText('Everything that is on record of it').click();
    await page.getByRole('listitem').filter({ hasText: 'promotion.finished' }).waitFor();
    expect(await page.getByText('promotion.requested').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('shows what a promotion would bring before it is asked for, and then itself; by the keyboard alone', async () => {
    const { page, client, complaints } = await opened();
    const button = card(page, 'dev-aws').getByRole('button', { name: 'Promote' });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Promote into dev-aws' });
    await dialog.getByText('may enter').waitFor({ timeout: 1000 });
    // It shows what would be now, not what would have been when it was opened.
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const { freezes } = await client.freeze('dev-aws', { until, reason: 'the fair' });
    await dialog.getByText('the fair').waitFor();
    await client.removeFreeze(freezes[0]?.id ?? '');
    await dialog.getByText('the fair').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await button.evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await dialog.getByText('may enter').waitFor();
    await page.keyboard.type("it's time");
    await dialog.getByText("soundbite promote dev-aws --release ffffffffffff --reason 'it'\\''s time'").waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Promotion of f+ into dev-aws/ }).waitFor();
    expect(on.fake.world.promotions.all()).toMatchObject([
      { environment: 'dev-aws', state: 'running', actor: 'local', asked: { reason: "it's time" } },
    ]);
    await page.locator('.lane [data-state="running"]').getByText('verify').waitFor();
    expect(complaints).toEqual([]);
  });

  it('lets two people approve in two browsers; who may not is told who may', async () => {
    const ana = await opened({ token: await tokenOf('ana', 'approver') });
    const ben = await opened({ token: await tokenOf('ben', 'approver') });
    const { promotion } = await connect({ url: on.fake.url, token: on.fake.token }).promote({
      environment: 'production',
      kind: 'promote',
      reason: 'the fair begins',
    });
    for (const [who, count] of [
      [ana, '0 of 2'],
      [ben, '1 of 2'],
    ] as const) {
      await who.page.getByRole('link', { name: 'Approvals 1' }).click();
      await who.page.getByRole('heading', { name: 'Waits for you' }).waitFor();
      const decision = who.page.locator('.decisions li');
      await decision.getByText('Speak louder').first().waitFor();
      await decision.getByText('the fair begins').waitFor();
      if (count === '1 of 2')
        await who.page
          .getByText(/1 of 2 said yes/)
          .first()
          .waitFor();
      await who.page.getByRole('button', { name: 'Approve' }).click();
      await who.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      await who.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await expect.poll(() => on.fake.world.promotion(promotion).state).toBe('running');
    await ana.page.getByText('Nothing waits for anybody’s word.').waitFor();
    await ana.page.getByRole('link', { name: 'Environments' }).first().click();
    const refused = card(ana.page, 'staging').getByRole('button', { name: 'Roll back' });
    expect(await refused.getAttribute('aria-disabled')).toBe('true');
    await expect
      .poll(() => refused.getAttribute('title'))
      .toMatch(/ana@example.com is approver; only deployer or admin/);
    await refused.click({ force: true });
    // A finger sees no tooltip.
    const told = card(ana.page, 'staging').locator('.refusal:visible');
    await told.filter({ hasText: 'ana@example.com is approver; only deployer or admin' }).waitFor();
    expect(await ana.page.getByRole('dialog').count()).toBe(0);
  });

  it('says that it is not live when the control plane is gone, and is right again when that is back', async () => {
    const { page, client } = await opened();
    const port = Number(new URL(on.fake.url).port);
    await on.fake.stop();
    await page.locator('[data-live="stale"]').waitFor({ timeout: 5_000 });
    // A screen reader says that it is so, not each second of it.
    expect(await page.locator('[data-live="stale"] [aria-live="off"]').innerText()).toMatch(/old$/);
    on.fake.world.setState('staging', 'down');
    const { promotion } = on.fake.world.promote({
      environment: 'dev-aws',
      kind: 'promote',
      override: false,
      allowRemovals: [],
      actor: 'ana',
    });
    on.fake.world.end(promotion, 'succeeded');
    await on.fake.start(port);
    await page.locator('[data-live="live"]').waitFor({ timeout: 2_000 });
    await card(page, 'dev-aws').locator('.live').getByText('f'.repeat(12)).waitFor();
    await card(page, 'staging').getByText('down', { exact: true }).waitFor();
    expect((await client.overview()).environments[1]?.why.release).toBe(fresh);
  });

  it('is live in three tabs, which have one connection between them and ask once for what did not change meanwhile', async () => {
    const { context, client } = await opened();
    const tabs = await Promise.all([context.newPage(), context.newPage()]);
    await Promise.all(tabs.map((page) => page.goto(on.fake.url)));
    await Promise.all(tabs.map((page) => freshness(page, 'live')));
    // Whatever a tab asked for when it became live was on its way before this.
    await Promise.all(tabs.map((page) => page.evaluate(`fetch('/v1/demo').then((answer) => answer.text())`)));
    const asked = on.fake.requests.filter((one) => one.startsWith('GET /v1/overview'));
    expect(asked).toHaveLength(1 + tabs.length);
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    on.fake.world.end(promotion, 'succeeded');
    await Promise.all(tabs.map((page) => card(page, 'dev-aws').locator('.live').getByText('f'.repeat(12)).waitFor()));
    expect(on.fake.requests.filter((asked) => asked.startsWith('GET /v1/events'))).toHaveLength(1);
  });

  it('is signed out where its token is revoked, while it listens', async () => {
    const port = Number(new URL(on.fake.url).port);
    on.fake.world.beatMs = 200;
    await on.fake.stop();
    await on.fake.start(port);
    const { page } = await opened({ token: await tokenOf('cy', 'approver') });
    await connect({ url: on.fake.url, token: on.fake.token }).revokeToken('cy');
    await page.getByText('signed out: run soundbite open').waitFor();
  });

  it('has nothing that axe finds, on any screen, in either theme', async () => {
    const { page, client } = await opened({ viewport: phoneSize });
    on.fake.world.addRelease(fresh);
    await client.hold('staging', { reason: 'a look' });
    const { promotion } = await client.promote({ environment: 'production', kind: 'promote' });
    const bad = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    on.fake.world.end(bad.promotion, 'failed', 'smoke: no');
    for (const path of ['/', '/releases', '/approvals', `/promotions/${promotion}`]) {
      await page.goto(on.fake.url + path);
      await freshness(page, 'live');
      await page.locator('main h1').waitFor();
      await looksWell(page, path);
    }
    await page.goto(on.fake.url);
    await card(page, 'staging').getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await axeFindings(page), 'a dialog').toEqual([]);
  });
});
