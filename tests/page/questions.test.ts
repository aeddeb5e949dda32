import { type Digest, shortDigest } from '@soundbite/model';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../packages/client/src/client.ts';
import type { FakeControlPlane } from '../../packages/client/src/testing/fake-control-plane.ts';
import { usualEnvironments } from '../../packages/client/src/testing/fake-declaration.ts';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { chromiumPath } from '../support/chromium.ts';
import { letIn, servePage } from '../support/page-stage.ts';
import { sharedChromium } from '../support/page-suite.ts';

/** Eight questions that people come with: each stands answered on home, or one click from it. One world has them all. */

const fresh: Digest = `sha256:${'f'.repeat(64)}`;
const old: Digest = `sha256:${'0'.repeat(64)}`;
const declared = usualEnvironments().map((one) =>
  one.name === 'production'
    ? { ...one, gates: [{ gate: 'approval' as const, options: { by: 1 } }, ...one.gates] }
    : one,
);

let browser: Browser;
let fake: FakeControlPlane;
let viewer: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  browser = await sharedChromium();
  const live = { 'dev-localstack': fresh, 'dev-aws': old, 'dev-aws-deployed': old, staging: fresh, production: old };
  fake = await servePage(makeWorld(live, declared));
  const client = connect(fake);
  const person = (name: string, role: 'viewer' | 'approver') =>
    client.createToken({ name, person: `${name}@example.com`, role });
  viewer = (await person('vic', 'viewer')).token;
  await person('ben', 'approver');
  const brought = await client.promote({ environment: 'dev-aws', kind: 'promote', reason: 'the fair' });
  fake.world.end(brought.promotion, 'succeeded');
  const bad = await client.promote({ environment: 'dev-aws-deployed', kind: 'promote' });
  fake.world.end(bad.promotion, 'failed', 'smoke: no sound');
  await client.promote({ environment: 'dev-localstack', kind: 'promote', release: old, override: true, reason: 'x' });
  await client.promote({ environment: 'production', kind: 'promote' });
});
afterAll(async () => {
  await fake?.stop();
});

const colourOf = (one: Locator): Promise<string> =>
  one.evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).color ?? '');

/** Home, as somebody sees it who only looks, and the card of an environment. */
async function home(name: string, token = viewer) {
  const { page, context } = await letIn(browser, fake, { token });
  onTestFinished(() => context.close());
  await page.locator('[data-live="live"]').waitFor();
  return { page, card: page.locator(`[data-environment="${name}"]`) };
}

describe.skipIf(chromiumPath === undefined)('home answers', () => {
  it('what runs, since when and by whom', async () => {
    const { card, page } = await home('dev-aws');
    await card.getByText(/promoted just now by local: the fair/).waitFor();
    expect(await card.locator('.live').textContent()).toMatch(/Speak louder\s*f{12} Ada Lovelace, .* ago/);
    // Also what was committed before that.
    fake.world.earlier.push({ commit: 'decade'.padEnd(40, '0'), subject: 'Mend the pause' });
    await page.getByRole('searchbox').fill('deca');
    await page.getByText('in 5; Mend the pause').waitFor();
    expect(await page.locator('[data-meant="true"]').count()).toBe(5);
  });

  it('what changes', async () => {
    const { card, page } = await home('dev-aws-deployed', fake.token);
    await card.getByRole('button', { name: 'Promote' }).click();
    await page
      .getByRole('dialog')
      .getByText(/commit/)
      .first()
      .waitFor();
  });

  it('why it waits, and for whom', async () => {
    const { card } = await home('production');
    await card.getByText('waits').waitFor();
    await card.getByText(/approval.*ben@example\.com/).waitFor();
  });

  it('whether a release may enter, and why not', async () => {
    const { card, page } = await home('production', fake.token);
    await card.getByRole('button', { name: 'Promote' }).click();
    await page
      .getByRole('dialog')
      .getByText(/may (not )?enter/)
      .waitFor();
    await page.getByRole('dialog').getByText('approval').first().waitFor();
  });

  it('the same of every release at once', async () => {
    for (const release of [old, fresh]) fake.world.addRelease(release);
    const { page } = await home('production');
    await page.getByRole('link', { name: 'Releases' }).click();
    const row = page.getByRole('row', { name: shortDigest(fresh) });
    // It is live in dev-aws, and failed in the next one.
    await row.getByRole('link', { name: 'may enter' }).waitFor();
    await row.getByText('it is live in dev-aws', { exact: true }).waitFor();
    await row.getByText('smoke: no sound').waitFor();
    const oldRow = page.getByRole('row', { name: shortDigest(old) });
    const mayNot = oldRow.getByRole('cell').filter({ hasText: 'it is not live in dev-localstack' });
    expect(await mayNot.innerText()).toMatch(/^may not\s/);
    // What may enter is promoted from its own screen.
    await row.getByRole('link', { name: 'may enter' }).click();
    const spot = page.locator('.spots > li').filter({ has: page.getByRole('heading', { name: 'dev-aws-deployed' }) });
    expect(await spot.getByRole('button', { name: 'Promote' }).getAttribute('title')).toMatch(
      /vic@example.com is viewer/,
    );
    await page.goBack();
    // In dev-aws-deployed and production, though nothing is on record of how it came there.
    expect(await oldRow.getByText('live', { exact: true }).count()).toBe(2);
  });

  it('what happened last night', async () => {
    const { page } = await home('dev-aws-deployed');
    await page.getByRole('link', { name: 'dev-aws-deployed', exact: true }).click();
    await page.locator('.history li').first().getByText('smoke: no sound').waitFor();
  });

  it('who can fix it', async () => {
    const { card } = await home('staging');
    const button = card.getByRole('button', { name: 'Roll back' });
    await expect.poll(() => button.getAttribute('title')).toMatch(/vic@example.com is viewer; only deployer or admin/);
  });

  it('how one goes back', async () => {
    const { card, page } = await home('dev-aws', fake.token);
    await card.getByRole('button', { name: 'Roll back' }).click();
    const dialog = page.getByRole('dialog', { name: 'Roll dev-aws back to what was live before' });
    await expect.poll(() => dialog.textContent()).toMatch(/back to 0{12} instead of f{12}/);
    await dialog.getByText('soundbite rollback dev-aws --to 000000000000').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-environment="dev-localstack"]').getByRole('button', { name: 'Roll back' }).click();
    const during = page.getByRole('dialog', { name: 'Roll dev-localstack back to what was live before' });
    await expect
      .poll(() => during.textContent())
      .toMatch(/back to f{12}, which stays live; 0{12}, which is on its way, is/);
    await during.getByText('soundbite rollback dev-localstack --to ffffffffffff').waitFor();
  });

  it('whether it is broken, or only being deployed', async () => {
    const { page, card } = await home('dev-localstack');
    const deploying = await colourOf(card.getByText('deploying'));
    const broken = page.locator('[data-environment="dev-aws-deployed"] .failed .state');
    expect(await broken.textContent()).toBe('failed');
    expect(await colourOf(broken)).not.toBe(deploying);
  });

  it('what is not well, in the place of the address: nothing moves when it becomes known; all of it is one click away', async () => {
    const { page, card } = await home('staging');
    const heightOf = async () => (await card.boundingBox())?.height;
    await card.locator('.address a[target]').waitFor();
    const height = await heightOf();
    const differs = [{ path: 'runtime', recorded: 'aws', here: 'process' }];
    fake.world.declaredOtherwise.set('staging', { by: 'home-9', host: 'elsewhere', at: null, differs });
    onTestFinished(() => void fake.world.declaredOtherwise.delete('staging'));
    await page.reload();
    const finding = card.locator('.first-finding');
    await finding.waitFor();
    expect(await heightOf()).toBe(height);
    await finding.getByRole('link').click();
    await page.getByText('Not well').waitFor();
    expect(await page.locator('.finding').textContent()).toContain('runtime');
  });
});
