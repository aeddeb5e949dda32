import { describe, expect, it } from 'vitest';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { chromiumPath } from '../support/chromium.ts';
import { fresh, looksWell, pageSuite, phoneSize } from '../support/page-suite.ts';

/** The logs of an environment, as they are said. */

const markup = '<b>spoke</b> a text';

const on = pageSuite(() => makeWorld({ 'dev-localstack': fresh }));

describe.skipIf(chromiumPath === undefined)('the logs of an environment', () => {
  it('are followed when somebody opens them: found, paused, gone on with after a cut, and left', async () => {
    const { fake } = on;
    const { page, complaints } = await on.opened({ viewport: phoneSize });
    const { world } = fake;
    const say = (text: string, source = 'api') => world.log({ at: new Date().toISOString(), source, text });
    const log = page.getByRole('log');
    const lines = page.locator('.log .line');
    await page.goto(`${fake.url}/environments/dev-localstack`);
    await page.getByText('Show the logs').waitFor();
    expect(world.followers.size).toBe(0);
    await page.getByText('Show the logs').click();
    await page.getByText('followed', { exact: true }).waitFor();
    await page.getByText('Nothing was logged in the last ten minutes.').waitFor();
    say(`${markup} first`);
    await log.getByText(`${markup} first`).waitFor();
    say('took a job', 'worker');
    await log.getByText('took a job').waitFor();

    const finder = page.getByRole('searchbox', { name: 'Only lines' });
    await finder.fill('JOB worker');
    await expect.poll(() => lines.count()).toBe(1);
    // The address has what is unfolded, and what is looked for.
    expect(new URL(page.url()).hash).toBe('#logs&lines=JOB+worker');
    await page.reload();
    await expect.poll(() => lines.count()).toBe(1);
    await finder.fill('nobody');
    await page.getByText('None of the 2 lines here').waitFor();
    await finder.fill('');

    say('{"level":40,"msg":"slow"}');
    say('[ERROR] gone');
    const level = page.getByRole('combobox', { name: 'Only lines of this level or worse' });
    await level.selectOption('warnings or worse');
    await page.getByText('2 lines say no level, and are not shown.').waitFor();
    await expect.poll(() => lines.locator('.state').allTextContents()).toEqual(['warn', 'error']);
    await level.selectOption('errors');
    await expect.poll(() => lines.count()).toBe(1);
    await finder.fill('slow');
    await page.getByText('None of the 4 lines here has all these words at this level or worse.').waitFor();
    await finder.fill('');
    await level.selectOption('all lines');
    await expect.poll(() => lines.count()).toBe(4);

    await page.getByRole('button', { name: 'Pause' }).click();
    for (let count = 0; count < 12; count++) say(`while paused ${count}`);
    await page.getByText('paused, 12 more').waitFor();
    expect(await lines.count()).toBe(4);
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect.poll(() => lines.count()).toBe(16);

    const port = Number(new URL(fake.url).port);
    await fake.stop();
    await log.getByText('The stream broke at').waitFor();
    say('while it was away');
    await fake.start(port);
    await log.getByText('while it was away').waitFor();
    await page.getByText('followed', { exact: true }).waitFor();
    expect(await lines.count()).toBe(17);
    expect(await page.locator('.log .broke').count()).toBe(1);
    await looksWell(page);

    for (let count = 0; count < 2100; count++) say(`burst ${count}`);
    await page.getByText(/older lines dropped: the newest 2,000 are kept/).waitFor();
    await log.getByText('burst 2099').waitFor();
    expect(await lines.count()).toBe(300);
    expect(await log.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight < 8)).toBe(true);

    const seen = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await seen(true);
    await expect.poll(() => world.followers.size).toBe(0);
    say('while nobody looked');
    await seen(false);
    await log.getByText('while nobody looked').waitFor();
    await page.getByRole('link', { name: 'Environments' }).first().click();
    await expect.poll(() => world.followers.size).toBe(0);
    // Of the time in which it was stopped.
    expect(complaints.filter((one) => !/ERR_CONNECTION_REFUSED|INCOMPLETE_CHUNKED|ERR_EMPTY|RESET/.test(one))).toEqual(
      [],
    );
  });
});
