import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator, until } from './testing/emulator.ts';
import { type RunningPart, startPart } from './testing/processes.ts';
import { makeStack } from './testing/stack.ts';

const CHROMIUM = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(existsSync);

/** What the test reads of the field: DOM's own types are not known to code that runs on Node. */
interface Seen {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  readonly value: string;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

let emulator: Emulator;
let api: RunningPart;
let worker: RunningPart;
let browser: Browser;

/** How far the player has come, in seconds. */
function sound(page: Page): Promise<{ currentTime: number; duration: number }> {
  return page.locator('#player').evaluate((element) => {
    const { currentTime, duration } = element as unknown as { currentTime: number; duration: number };
    return { currentTime, duration };
  });
}

describe.skipIf(CHROMIUM === undefined)('the page at /', () => {
  beforeAll(async () => {
    emulator = await startEmulator();
    const environment = await makeStack(emulator);
    [api, worker] = await Promise.all([startPart('api', environment), startPart('worker', environment)]);
    const args = ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'];
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args });
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([api?.stop(), worker?.stop()]);
    await emulator?.stop();
  });

  it('takes a text, shows it being made, and plays it', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(api.url);
    await page.getByLabel('What shall be said?').fill('A page that speaks: one, two, 2½.');
    await page.getByLabel('Voice').selectOption('russell');
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByRole('status').getByText('Ready.').waitFor();
    await page.getByText('Said as: A page that speaks: one, two, 2 and a half.').waitFor();
    await until(30_000, 'the sound to be heard', async () => (await sound(page)).currentTime > 0.2);
    expect((await sound(page)).duration).toBeGreaterThan(1);
    await page.locator('#player').evaluate((element) => {
      const player = element as unknown as { currentTime: number; duration: number; pause(): void };
      player.pause();
      player.currentTime = player.duration - 0.5;
    });
    await until(10_000, 'the player to seek', async () => {
      const { currentTime, duration } = await sound(page);
      return Math.abs(duration - 0.5 - currentTime) < 0.05;
    });
    await page.locator('#wave').waitFor({ state: 'visible' });
    await page.getByRole('button', { name: 'Play: A page that speaks' }).waitFor();
    const { SOUNDBITE_SCREENSHOT: path } = process.env;
    if (path !== undefined) await page.screenshot({ path, fullPage: true });
    expect(complaints).toEqual([]);
    await page.getByRole('button', { name: 'Delete: A page that speaks' }).click();
    await page.getByText('Nothing yet.').waitFor();
    await page.close();
  });

  it('speaks with the usual voice when asked before the voices are listed', async () => {
    const page = await browser.newPage();
    const clicked = Promise.withResolvers<void>();
    await page.route('**/voices', async (route) => {
      await clicked.promise;
      await route.continue();
    });
    await page.route('**/version', (route) => route.abort());
    await page.goto(api.url);
    await page.getByLabel('What shall be said?').fill('An early click.');
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByRole('status').getByText('Ready.').waitFor();
    clicked.resolve();
    await page.getByRole('option', { name: /^Russell/ }).waitFor({ state: 'attached' });
    await page.close();
  });

  it('says at the field what is wrong', async () => {
    const page = await browser.newPage();
    await page.goto(api.url);
    await page.getByLabel('What shall be said?').fill('   ');
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByText('The text is blank.').waitFor();
    expect(await page.getByLabel('What shall be said?').getAttribute('aria-invalid')).toBe('true');

    await page.getByLabel('What shall be said?').fill('Well done 🎉 you');
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByText('“🎉” (U+1F389) as character 11').waitFor();
    const selected = await page.getByLabel('What shall be said?').evaluate((element) => {
      const { value, selectionStart, selectionEnd } = element as unknown as Record<string, number> & { value: string };
      return value.slice(selectionStart, selectionEnd);
    });
    expect(selected).toBe('🎉');
    const { SOUNDBITE_SCREENSHOT: path } = process.env;
    for (const colorScheme of path === undefined ? [] : (['light', 'dark'] as const)) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${path}.refused.${colorScheme}.png`, fullPage: true });
    }
    await page.close();
  });

  it('fits a phone, whatever the words, and brings the sign that is refused into sight', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(api.url);
    const field = page.getByLabel('What shall be said?');
    await field.fill(`${'Antidisestablishmentarianism'.repeat(4)} costs 2½ pounds.`);
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByText('Said as: Antidisestablishment').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);

    const lines = (count: number) => 'and one more line\n'.repeat(count);
    await field.fill(`${lines(60)}a flag 🇩🇪\n${lines(60)}`);
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByText('“🇩🇪” (U+1F1E9)').waitFor();
    const seen = await field.evaluate((element) => {
      const { scrollTop, scrollHeight, clientHeight, value, selectionStart, selectionEnd } = element as unknown as Seen;
      // All lines are equally high: 121 and an empty one.
      const place = (60.5 / 122) * scrollHeight;
      return {
        selected: value.slice(selectionStart, selectionEnd),
        isSeen: place > scrollTop && place < scrollTop + clientHeight,
      };
    });
    expect(seen).toEqual({ selected: '🇩🇪', isSeen: true });
    const { SOUNDBITE_SCREENSHOT: path } = process.env;
    for (const colorScheme of path === undefined ? [] : (['light', 'dark'] as const)) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${path}.phone.${colorScheme}.png`, fullPage: true });
    }
    await page.close();
  });

  it('says why a making failed, and that it goes on looking while the service is away', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(api.url);
    let looks = 0;
    await page.route('**/soundbites/*', async (route) => {
      looks += 1;
      if (looks <= 2) return await route.abort();
      const answer = await (await route.fetch()).json();
      await route.fulfill({
        json: { ...answer, status: 'failed', reason: `Polly said: ${'ServiceUnavailable'.repeat(9)}` },
      });
    });
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByText('The service cannot be reached; your text is kept. Trying again.').waitFor();
    await page.getByText('It failed: Polly said: Service').waitFor();
    expect(await page.getByText('The service cannot be reached').count()).toBe(0);
    expect(await page.locator('#player').isVisible()).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const { SOUNDBITE_SCREENSHOT: path } = process.env;
    if (path !== undefined) await page.screenshot({ path: `${path}.failed.png`, fullPage: true });
    await page.close();
  });

  it('says that the service is away, keeps what stood there, and is right again when it is back', async () => {
    const page = await browser.newPage();
    await page.route(/soundbites\?/, (route) => route.abort());
    await page.goto(api.url);
    await page.getByText('It is not known yet: the service does not answer.').waitFor();
    await page.getByText('The service cannot be reached since').waitFor();
    await page.unroute(/soundbites\?/);
    await page
      .getByRole('button', { name: /^Delete:/ })
      .first()
      .waitFor();
    await page.getByText('The service cannot be reached since').waitFor({ state: 'detached' });
    await page.close();
  });

  it('has nothing that axe finds, empty, refused or heard, in either theme', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const found = async () => {
      await page.evaluate(axe.source);
      const ids: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
        ids.push(...violations.map(({ id }) => `${colorScheme} ${id}`));
      }
      return ids;
    };
    await page.goto(api.url);
    await page.getByRole('option', { name: 'Russell' }).waitFor({ state: 'attached' });
    expect(await found()).toEqual([]);
    const text = page.getByLabel('What shall be said?');
    await text.fill('Well done 🎉 you');
    await text.press('Control+Enter');
    await page.getByText('“🎉” (U+1F389)').waitFor();
    expect(await found()).toEqual([]);
    await text.fill('Well done.');
    await text.press('Control+Enter');
    await page.locator('#wave').waitFor({ state: 'visible' });
    expect(await found()).toEqual([]);
    await context.close();
  });

  it('has a page of the API that names every operation', async () => {
    const page = await browser.newPage();
    await page.goto(`${api.url}/docs`);
    await page.getByText('/soundbites/{id}/audio').first().waitFor();
    expect(await page.locator('article').count()).toBeGreaterThan(10);
    // A word of a table is not broken, and yet all of it fits a phone.
    const header = page.getByRole('columnheader', { name: 'Member' }).first();
    expect((await header.boundingBox())?.height).toBeLessThan(45);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    if (process.env.SOUNDBITE_SCREENSHOT !== undefined) {
      await page.screenshot({ path: `${process.env.SOUNDBITE_SCREENSHOT}.docs.png` });
    }
    await page.close();
  });
});
