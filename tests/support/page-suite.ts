import AxeBuilder from '@axe-core/playwright';
import type { Digest } from '@soundbite/model';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, onTestFinished } from 'vitest';
import type { FakeControlPlane } from '../../packages/client/src/testing/fake-control-plane.ts';
import { type FakeWorld, makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { letIn, servePage, startChromium } from './page-stage.ts';

/** Two releases. */
export const fresh: Digest = `sha256:${'f'.repeat(64)}`;
export const old: Digest = `sha256:${'0'.repeat(64)}`;

/** Where they are live, unless a test says otherwise; nothing is in dev-aws-deployed. */
export const usuallyLive = { 'dev-localstack': fresh, 'dev-aws': old, staging: fresh, production: old };

/** One Chromium for the tests of the calling file; before each of them a world of its own, with the page over it. */
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
    on.browser = await startChromium();
  });
  afterAll(() => on.browser?.close());
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

/** What axe finds, within one element if one is named: each rule with the first element that breaks it. */
export async function axeFindings(
  page: Page,
  within = 'html',
): Promise<readonly (readonly [rule: string, html: string | undefined])[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().include(within).analyze();
  return violations.map(({ id, nodes }) => [id, nodes[0]?.html] as const);
}
