import type { Browser } from 'playwright-core';
import { expect, vi } from 'vitest';
import { letIn } from './page-stage.ts';

/** How long a tab is frozen: `npm run page-long` lets it be ten. */
const minutesFrozen = Number(process.env.SOUNDBITE_FROZEN_MINUTES ?? 1);

/** At most so long waits what thaws it, in ms. */
export const thawedWithinMs = (minutesFrozen + 1) * 60_000;

/** A tab that was live when the browser froze it, as it does with those that nobody looks at; `thawed` ends when it is looked at again, after so many minutes. */
export async function frozenTab(browser: Browser, plane: { readonly url: string; readonly token: string }) {
  const one = await letIn(browser, plane);
  await one.page.locator('[data-live="live"]').waitFor({ timeout: 10_000 });
  const session = await one.context.newCDPSession(one.page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  const until = Date.now() + minutesFrozen * 60_000;
  const thawed = async () => {
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(until), { timeout: thawedWithinMs, interval: 500 });
    await session.send('Page.setWebLifecycleState', { state: 'active' });
  };
  return { ...one, thawed };
}
