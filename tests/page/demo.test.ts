import { describe, expect, it } from 'vitest';
import { connect } from '../../packages/client/src/client.ts';
import { usualEnvironments } from '../../packages/client/src/testing/fake-declaration.ts';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { chromiumPath } from '../support/chromium.ts';
import { axeFindings, old, pageSuite, usuallyLive } from '../support/page-suite.ts';

const on = pageSuite(() => makeWorld({ ...usuallyLive, 'dev-aws-deployed': old }, usualEnvironments()));
const { opened } = on;

describe.skipIf(chromiumPath === undefined)('the demo', () => {
  it('is offered, begun, told as it happens, with its promotions, and stopped; its end can be closed', async () => {
    const { demo } = on.fake.world;
    const { page, complaints } = await opened({ reducedMotion: 'reduce' });
    await page.getByText('See it at work').waitFor();
    await page.getByRole('button', { name: 'Start the demo' }).click();
    const dialog = page.getByRole('dialog', { name: 'See it at work: a demo in production' });
    await dialog.getByText('soundbite demo').waitFor();
    await dialog.getByRole('button', { name: 'Start the demo' }).click();
    const shown = page.getByRole('region', { name: 'Demo' });
    await shown.getByText('running').waitFor();
    expect(await page.evaluate('document.activeElement.className')).toBe('demo');
    demo.tell('part', '1. What a user does');
    demo.tell('say', 'It is said: <script>alert(1)</script>');
    demo.tell('say', 'or: http://127.0.0.1:8105/soundbites/1/audio');
    demo.tell('promotion', 'Promotion of 0123456789ab', 'p-1');
    for (let n = 0; n < 40; n++) demo.tell('aside', `step ${n} succeeded`);
    demo.count('client: 212 requests, 0 failed');
    const log = shown.getByRole('log');
    await log.getByText('step 39 succeeded').waitFor();
    await log.getByText('<script>alert(1)</script>').waitFor();
    await shown.getByText('client: 212 requests, 0 failed').waitFor();
    // The newest line is in sight.
    expect(await log.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight)).toBeLessThan(2);
    expect(await log.getByRole('link', { name: 'Promotion of 0123456789ab' }).getAttribute('href')).toBe(
      '/promotions/p-1',
    );
    const heard = log.getByRole('link', { name: 'http://127.0.0.1:8105/soundbites/1/audio' });
    expect(await heard.getAttribute('target')).toBe('_blank');
    expect(await axeFindings(page, '.demo')).toEqual([]);
    await shown.getByRole('button', { name: 'Stop' }).click();
    await shown.getByText('cleaning up').waitFor();
    expect(demo.view().run?.state).toBe('stops');
    demo.end('failed', { code: 'demo-unfinished', message: 'not all is as it was', hint: 'soundbite demo --clean' });
    await shown.getByText('soundbite demo --clean').waitFor();
    await shown.getByRole('button', { name: 'Close' }).click();
    await page.getByText('See it at work').waitFor();
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.reload();
    await page.locator('[data-live="live"]').waitFor();
    await page.getByRole('heading', { name: 'Environments' }).waitFor();
    expect(await page.getByText('See it at work').count()).toBe(0);
    // Put away, it is among the commands still.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('demo');
    await page.getByRole('option', { name: 'See it at work: a demo in production', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'See it at work: a demo in production' }).waitFor();
    // It begins at the act.
    await page.keyboard.press('Enter');
    await shown.getByText('running').waitFor();
    expect(complaints).toEqual([]);
  });

  it('is followed, not stopped, by a viewer, who is offered none', async () => {
    const { demo } = on.fake.world;
    const owner = connect({ url: on.fake.url, token: on.fake.token });
    const { token } = await owner.createToken({ name: 'vi', person: 'vi@example.com', role: 'viewer' });
    await owner.startDemo();
    const { page } = await opened({ token });
    const shown = page.getByRole('region', { name: 'Demo' });
    await shown.getByText('begun by local').waitFor();
    expect(await shown.getByRole('button', { name: 'Stop' }).getAttribute('title')).toMatch(/only deployer or admin/);
    demo.end('over');
    await shown.getByText('done').waitFor();
    await shown.getByRole('button', { name: 'Close' }).click();
    await shown.waitFor({ state: 'detached' });
    expect(await page.getByText('See it at work').count()).toBe(0);
  });
});
