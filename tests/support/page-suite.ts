import type { Digest } from '@soundbite/model';
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import type { FakeControlPlane } from '../../packages/client/src/testing/fake-control-plane.ts';
import { type FakeWorld, makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { startChromium } from './chromium.ts';
import { letIn, servePage } from './page-stage.ts';

/** Two releases. */
export const fresh: Digest = `sha256:${'f'.repeat(64)}`;
export const old: Digest = `sha256:${'0'.repeat(64)}`;

/** Where they are live, unless a test says otherwise; nothing is in dev-aws-deployed. */
export const usuallyLive = { 'dev-localstack': fresh, 'dev-aws': old, staging: fresh, production: old };

let shared: Promise<Browser> | undefined;

/** The Chromium of this worker, for all its files: starting one costs more than most tests. It ends with the worker; a file closes its contexts. */
export const sharedChromium = (): Promise<Browser> => (shared ??= startChromium());

/** Before each test of the calling file a world of its own, with the page over it, in the Chromium of all files. */
export function pageSuite(world: () => FakeWorld = () => makeWorld(usuallyLive)) {
  const on = {
    // There from the first test on.
    browser: undefined as unknown as Browser,
    fake: undefined as unknown as FakeControlPlane,
    /** A browser whose page is live; gone after the test. */
    async opened(options: Parameters<typeof letIn>[2] = {}) {
      const one = await letIn(on.browser, on.fake, options);
      onTestFinished(() => one.context.close());
      await one.page.locator('[data-live="live"]').waitFor();
      return one;
    },
  };
  beforeAll(async () => {
    on.browser = await sharedChromium();
  });
  beforeEach(async () => {
    on.fake = await servePage(world());
  });
  afterEach(async () => {
    // What a test answers in the control plane's place may be on its way still: that would fail a run in which all tests pass.
    const pages = on.browser.contexts().flatMap((context) => context.pages());
    for (const page of pages) await page.unrouteAll({ behavior: 'ignoreErrors' });
    await on.fake.stop();
  });
  return on;
}

const themes = ['light', 'dark'] as const;
const rulesOfColours = ['color-contrast', 'link-in-text-block'] as const;

/** What axe finds in each theme, within one element if one is named: theme, rule and the first element that breaks it. A theme changes colours alone, so in the second one only the rules of colours are asked. */
export async function axeFindings(page: Page, within = 'html'): Promise<readonly (readonly string[])[]> {
  await page.evaluate(axe.source);
  const found: string[][] = [];
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    const options: RunOptions = colorScheme === themes[0] ? {} : { runOnly: [...rulesOfColours] };
    const run = `axe.run(${JSON.stringify(within)}, ${JSON.stringify(options)})`;
    const { violations } = (await page.evaluate(run)) as AxeResults;
    found.push(...violations.map(({ id, nodes }) => [colorScheme, id, nodes[0]?.html ?? '']));
  }
  return found;
}

/** Looks at what is shown, as wide as a phone, in both themes: nothing that axe finds, nothing wider than that. */
export async function looksWell(page: Page, what = page.url()): Promise<void> {
  expect(await axeFindings(page), what).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), what).toBe(true);
}

/** As a phone is held. */
export const phoneSize = { width: 390, height: 844 } as const;
