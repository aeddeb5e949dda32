import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { connect } from '../../packages/client/src/client.ts';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { chromiumPath } from '../support/chromium.ts';
import { fresh, looksWell, old, pageSuite, phoneSize, usuallyLive } from '../support/page-suite.ts';

/** What nobody should write, and somebody does. */
const markup = '<script>alert(1)</script><img src=x onerror=alert(2)>';
const nasty = `${markup} \u202egnp.exe 🚀 שלום ${'long '.repeat(2000)}`.trim();
const shownNasty = `${markup} gnp.exe 🚀 שלום`;

const on = pageSuite(() => {
  const live = { ...usuallyLive, 'dev-aws-deployed': old, staging: old };
  const world = makeWorld(live);
  world.addRelease(old);
  world.addRelease(fresh);
  return world;
});
const { opened } = on;

const owner = () => connect({ url: on.fake.url, token: on.fake.token });

/** Looks at what is shown on a phone. */
async function seen(page: Page, what?: string) {
  await page.setViewportSize(phoneSize);
  await looksWell(page, what);
}

describe.skipIf(chromiumPath === undefined)('the page of nouns', () => {
  it('says of one release what it is, where it may go and why not, and blocks it after saying what that stops', async () => {
    const { page, client, complaints } = await opened();
    await client.addEvidence(fresh, { kind: 'tests' }, Buffer.from(plain('fail', [{ name: markup, ok: false }])));
    await client.addEvidence(fresh, { kind: 'tests' }, Buffer.from(plain('pass', [{ name: 'all', ok: true }])));
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    await page
      .locator('[data-environment="dev-localstack"]')
      .getByRole('link', { name: 'f'.repeat(12) })
      .click();
    await page.getByRole('heading', { name: 'Speak louder' }).waitFor();
    await page.getByText('live in dev-localstack').waitFor();
    await page.getByText(/, the newest of its kind: it counts/).waitFor();
    await page.getByText(/, replaced: a newer one counts/).waitFor();
    const spot = page
      .locator('.spots > li')
      .filter({ has: page.getByRole('heading', { name: 'staging', exact: true }) });
    expect(on.fake.requests.filter((asked) => asked.includes('/plan'))).toEqual([]);
    await spot.getByText('May it enter').click();
    await spot.getByText('may not enter').waitFor();
    expect(on.fake.requests.filter((asked) => asked.includes('/plan'))).toHaveLength(1);
    await page.getByText('1 file, 2.5 MB').click();
    await page.getByText('service.zip').waitFor();
    await page.getByText('Packages, by its SBOM').click();
    await page.getByText('left-pad').waitFor();
    await page.getByRole('searchbox').fill('MIT');
    await page.getByText('0 packages').waitFor();

    await page.getByRole('button', { name: 'Block' }).click();
    const dialog = page.getByRole('dialog', { name: `Let ${'f'.repeat(12)} go nowhere further` });
    await dialog.getByRole('link', { name: 'its promotion into dev-aws' }).waitFor();
    await dialog.getByText('It stays live in dev-localstack.').waitFor();
    await seen(page, 'the dialog of a block');
    await dialog.getByRole('textbox').fill(nasty.slice(0, 1000));
    await dialog.getByRole('button', { name: 'Block' }).click();
    const rule = page.locator('.rule').filter({ hasText: shownNasty });
    await rule.getByText('just now').waitFor();
    expect(on.fake.world.promotion(promotion).state).not.toBe('running');
    await page.getByRole('button', { name: 'Unblock' }).waitFor();
    await seen(page);

    const dee = await owner().createToken({ name: 'dee', role: 'deployer', environments: ['staging'] });
    const { page: theirs } = await opened({ token: dee.token });
    await theirs.goto(page.url());
    const refused = theirs.getByRole('button', { name: 'Unblock' });
    await expect.poll(() => refused.getAttribute('title')).toMatch(/is deployer in staging; only deployer or admin/);
    await page.getByRole('link', { name: 'Releases' }).first().click();
    await page.getByRole('link', { name: 'f'.repeat(12) }).waitFor();
    await page.goto(`${on.fake.url}/releases/sha256:${'9'.repeat(64)}`);
    await page.getByText(/there is no release/).waitFor();
    // As people copy it from here.
    await page.goto(`${on.fake.url}/releases/${'F'.repeat(12)}`);
    await page.getByRole('heading', { name: 'Speak louder' }).waitFor();
    expect(page.url()).toBe(`${on.fake.url}/releases/${fresh}`);
    for (const other of ['9'.repeat(12), 'v1.2']) {
      await page.goto(`${on.fake.url}/releases/${other}`);
      await page.getByRole('heading', { name: `There is no release ${other}` }).waitFor();
    }
    expect(complaints.filter((said) => !said.includes('404'))).toEqual([]);
  });

  it('shows every freeze and hold with since and until when, and ends each', async () => {
    const { page, client, complaints } = await opened();
    await page.getByRole('link', { name: 'Freezes' }).click();
    await page.getByText('Nothing is frozen or held').waitFor();
    await seen(page, 'no freezes');
    const until = new Date(Date.now() + 3 * 3_600_000).toISOString();
    await client.freeze('production', { until, reason: nasty.slice(0, 1000) });
    await client.hold('staging', { reason: 'an outage' });
    const ana = await owner().createToken({ name: 'ana', person: 'ana@example.com', role: 'deployer' });
    await connect({ url: on.fake.url, token: ana.token }).hold('staging', { reason: 'hers', scope: 'automatic' });
    const row = (text: string) => page.locator('.spots > li').filter({ hasText: text });
    await row(shownNasty).getByText('in 2 hours').waitFor();
    await row('hers').getByText('held for what comes by itself').waitFor();
    await row('an outage')
      .getByText(/began just now/)
      .waitFor();
    await seen(page, '/freezes');
    const { page: theirs } = await opened({ token: ana.token });
    await theirs.goto(`${on.fake.url}/freezes`);
    const others = theirs.locator('.spots > li').filter({ hasText: 'an outage' }).getByRole('button');
    await expect.poll(() => others.getAttribute('title')).toBe('it is of local; only local or an admin may end it');

    await row('an outage').getByRole('button', { name: 'Resume' }).click();
    // Nothing is asked, so the first key does it.
    await page.getByRole('dialog').locator('button:focus').getByText('Resume').waitFor();
    await page.keyboard.press('Enter');
    await row('an outage').waitFor({ state: 'detached' });
    await row(shownNasty).getByRole('button', { name: 'End it now' }).click();
    await page.getByRole('dialog').getByText('soundbite freeze remove').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'End it now' }).click();
    await row(shownNasty).waitFor({ state: 'detached' });
    expect(on.fake.world.freezes().freezes).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows an admin who has which role where, and takes a token back; others are told who may', async () => {
    const { page, complaints } = await opened();
    const made = await owner().createToken({ name: 'ana', person: 'ana@example.com', role: 'approver', days: 3 });
    await owner().createToken({ name: 'ci', role: 'deployer', environments: ['dev-aws'] });
    const { page: theirs, complaints: said } = await opened({ token: made.token });
    await theirs.getByRole('link', { name: 'People' }).click();
    await theirs.getByText('ana@example.com is approver; only admin may administer').waitFor();
    expect(await theirs.getByRole('table').count()).toBe(0);

    await page.getByRole('link', { name: 'People' }).click();
    const row = (name: string) => page.getByRole('row').filter({ hasText: name });
    await row('ana@example.com').getByText('ends soon').waitFor();
    expect(await row('ana@example.com').getByText('just now').count()).toBeGreaterThan(0);
    await row('a program').getByText('dev-aws').waitFor();
    await seen(page, '/people');
    const beyond = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scrolls'))`;
    expect(await page.evaluate(beyond), 'a phone shows all of a token').toBe(0);
    await row('ana@example.com').getByRole('button', { name: 'Revoke' }).click();
    const taking = page.getByRole('dialog', { name: 'Take the token ana back' });
    await taking.locator('button:focus').getByText('Leave it').waitFor();
    await taking.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('1 token that is over').click();
    await page.getByRole('region', { name: 'Tokens that are over' }).getByText('revoked').waitFor();
    expect(await page.getByRole('button', { name: 'Revoke' }).count()).toBe(1);
    expect(complaints).toEqual([]);
    expect(said.filter((one) => !one.includes('401'))).toEqual([]);
  });

  it('reads the ledger from its end, searches it, and says whether its chain is whole, or where it broke', async () => {
    const { page, client, complaints } = await opened();
    await page.getByRole('link', { name: 'Ledger' }).click();
    await page.getByText('Nothing was done yet.').waitFor();
    await seen(page, 'an empty ledger');
    for (let count = 0; count < 60; count += 1)
      on.fake.world.hold('staging', { reason: `outage ${count}x`, scope: 'all' }, 'ana');
    await client.block(fresh, nasty.slice(0, 1000));
    const entry = (text: string) => page.locator('.entry').filter({ hasText: text });
    await entry(shownNasty)
      .getByRole('link', { name: 'f'.repeat(12) })
      .waitFor();
    expect(await page.locator('.entry').count()).toBe(50);
    await page.getByRole('button', { name: 'Older ones' }).click();
    await entry('outage 0x').waitFor();
    await client.hold('dev-aws', { reason: 'later' });
    await page.getByRole('button', { name: '1 entry since' }).click();
    await entry('later').getByRole('link', { name: 'dev-aws' }).waitFor();

    await page.getByRole('searchbox').fill('HOLD.added 17X');
    await expect.poll(() => page.locator('.entry').count()).toBe(1);
    await page.goto(page.url());
    await entry('outage 17x').getByText('Payload and hashes').click();
    await entry('outage 17x').locator('pre').getByText('"reason": "outage 17x"').waitFor();
    await page.getByText('not verified since this page was opened').waitFor();
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('the chain is whole').waitFor();
    await seen(page, '/ledger');
    Object.assign(on.fake.world.ledger[6] ?? {}, { payload: 'forged' });
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('broken at entry 7').waitFor();
    await page.getByRole('searchbox').fill('nobody said this');
    await page.getByText('Nothing in the whole ledger says that.').waitFor();
    expect(complaints).toEqual([]);
  });
});

const plain = (verdict: 'pass' | 'fail', facts: readonly { name: string; ok: boolean }[]) =>
  JSON.stringify({ verdict, facts });
