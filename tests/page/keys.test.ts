import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { connect } from '../../packages/client/src/client.ts';
import { usualEnvironments } from '../../packages/client/src/testing/fake-declaration.ts';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { chromiumPath } from '../support/chromium.ts';
import { axeFindings, old, pageSuite, usuallyLive } from '../support/page-suite.ts';

/** The page by the keyboard alone: no test here touches a mouse. */

const declared = usualEnvironments().map((one) =>
  one.name === 'production'
    ? { ...one, gates: [{ gate: 'approval' as const, options: { by: 1 } }, ...one.gates] }
    : one,
);

const on = pageSuite(() => makeWorld({ ...usuallyLive, 'dev-aws-deployed': old }, declared));
const { opened } = on;

/** Ctrl-K, some letters, and Enter once the one that is meant is chosen. */
async function take(page: Page, letters: string, title: string) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type(letters);
  await page.getByRole('option', { name: title, selected: true }).waitFor();
  await page.keyboard.press('Enter');
}

/** What has the focus when the next key would come, which is before anything is painted: letters that follow Ctrl-K at once are the list's. */
const focusedAtOnce = `new Promise((done) => {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
  setTimeout(() => done(document.activeElement.getAttribute('role')));
})`;

describe.skipIf(chromiumPath === undefined)('the keyboard', () => {
  it('promotes, approves and rolls back', async () => {
    const usual = connect({ url: on.fake.url, token: on.fake.token });
    const { token } = await usual.createToken({ name: 'ana', person: 'ana@example.com', role: 'admin' });
    const ben = await opened();
    expect(await ben.page.evaluate(focusedAtOnce)).toBe('combobox');
    // Closed and opened again, before the browser tells that it was closed.
    expect(await ben.page.evaluate(`document.querySelector('dialog[open]').close(); ${focusedAtOnce}`)).toBe(
      'combobox',
    );
    await ben.page.keyboard.press('Escape');
    await take(ben.page, 'prom produ', 'Promote into production');
    const dialog = ben.page.getByRole('dialog', { name: 'Promote into production' });
    await dialog.getByText('may enter').or(dialog.getByText('waits')).first().waitFor();
    await ben.page.keyboard.press('Enter');
    await ben.page.getByRole('heading', { name: /Promotion of f+ into production/ }).waitFor();
    const ana = await opened({ token });
    await ana.page.getByText('Approvals 1').waitFor();
    await ana.page.route('**/production/plan*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), gates: [] } });
    });
    await take(ana.page, 'yes', 'Say yes to what waits for production');
    const yes = ana.page.getByRole('dialog', { name: 'Say yes to what waits for production' });
    // What the gates said to who asked, not the plan's: what they would say if the reader did.
    await yes
      .locator('.future .row')
      .getByText(/must say yes/)
      .waitFor();
    await ana.page.keyboard.press('Enter');
    const [asked] = on.fake.world.promotions.all();
    await expect.poll(() => on.fake.world.promotion(asked?.promotion ?? '').state).toBe('running');
    on.fake.world.end(asked?.promotion ?? '', 'succeeded');
    await take(ben.page, 'roll production', 'Roll production back to what was live before');
    await ben.page.getByRole('dialog', { name: /^Roll production back/ }).waitFor();
    // Opened again, it knows at once where it would go back to; the links there are not what the first key is for.
    await ben.page.getByRole('dialog').getByText('back to', { exact: true }).waitFor();
    await ben.page.keyboard.press('Escape');
    await take(ben.page, 'roll production', 'Roll production back to what was live before');
    await ben.page.locator('dialog input:focus').waitFor();
    await ben.page.keyboard.type('too loud');
    await ben.page.keyboard.press('Enter');
    await ben.page.getByRole('heading', { name: /0{12}/ }).waitFor();
    await ben.page.locator('main:focus').waitFor();
    expect(on.fake.world.promotions.all().at(-1)).toMatchObject({ kind: 'rollback', asked: { reason: 'too loud' } });

    // The button that opened a dialog goes with what it ended: what has the focus then stands beside it.
    await usual.hold('dev-aws', { reason: 'for a while' });
    await ana.page.goto(on.fake.url);
    const held = ana.page.locator('[data-environment="dev-aws"]');
    await held.getByRole('button', { name: 'Resume' }).focus();
    await ana.page.keyboard.press('Enter');
    await ana.page.getByRole('dialog').waitFor();
    await ana.page.keyboard.press('Enter');
    await held.locator('a:focus').getByText('dev-aws', { exact: true }).waitFor();
    expect([...ana.complaints, ...ben.complaints]).toEqual([]);
  });

  it('goes nowhere by an act whose dialog was left before it was answered', async () => {
    const { page } = await opened();
    const held = Promise.withResolvers<void>();
    const arrived = page.waitForRequest((asked) => asked.method() === 'POST');
    await page.route('**/v1/promotions', async (route) => {
      await held.promise;
      await route.continue();
    });
    await take(page, 'prom produ', 'Promote into production');
    const dialog = page.getByRole('dialog', { name: 'Promote into production' });
    await dialog.getByText('may enter').or(dialog.getByText('waits')).first().waitFor();
    await page.keyboard.press('Enter');
    await arrived;
    await page.keyboard.press('Escape');
    await take(page, 'releas', 'Releases');
    const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
    held.resolve();
    expect((await answered).ok()).toBe(true);
    await page
      .getByText('Approvals 1')
      .or(page.getByRole('link', { name: 'Approvals' }))
      .first()
      .waitFor();
    await expect.poll(() => on.fake.world.promotions.all().length).toBe(1);
    expect(new URL(page.url()).pathname).toBe('/releases');

    // What could not be done is tried again by the key that was pressed last.
    const error = { code: 'database-down', message: 'the database is away', hint: 'wait' };
    await page.route('**/production/hold', (route) => route.fulfill({ status: 503, json: { error } }));
    await take(page, 'hold produ', 'Let nothing enter production');
    await page.keyboard.type('why');
    const hold = page.getByRole('dialog').getByRole('button', { name: 'Hold' });
    await hold.focus();
    await page.keyboard.press('Enter');
    await page.getByText('the database is away').waitFor();
    await page.unroute('**/production/hold');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('finds what there is, comes back to where it was, and tells what each key does', async () => {
    const { page } = await opened({ viewport: { width: 390, height: 844 } });
    await page.keyboard.press('/');
    expect(await page.getByRole('searchbox').evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.type('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.type('no such thing');
    await page.getByText('There is nothing like that.').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('searchbox').evaluate((one) => one.matches(':focus'))).toBe(true);
    await take(page, 'releas', 'Releases');
    await page.getByRole('heading', { name: 'Releases' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).locator('kbd', { hasText: 'Ctrl K' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('checkbox').press(' ');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});
