import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator, until } from './testing/emulator.ts';
import { type RunningPart, startPart } from './testing/processes.ts';
import { makeStack } from './testing/stack.ts';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(existsSync);

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

  it('has a page of the API that names every operation', async () => {
    const page = await browser.newPage();
    await page.goto(`${api.url}/docs`);
    await page.getByText('/soundbites/{id}/audio').first().waitFor();
    expect(await page.locator('article').count()).toBeGreaterThan(10);
    if (process.env.SOUNDBITE_SCREENSHOT !== undefined) {
      await page.screenshot({ path: `${process.env.SOUNDBITE_SCREENSHOT}.docs.png` });
    }
    await page.close();
  });
});
