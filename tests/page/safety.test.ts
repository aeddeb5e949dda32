import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import { fresh, pageSuite } from '../support/page-suite.ts';
import { shapesOfStates } from '../support/state-shapes.ts';

/** The page among people who write what they like, ask from elsewhere, and see other colours. Thieves have their test on the real set-up. */

const on = pageSuite();
const { opened } = on;

const subjects = [
  [
    'markup, right to left and emoji',
    '<script>globalThis.hacked = 1</script><img src=x onerror="globalThis.hacked = 1"> \u202eﬠברית מימין לשמאל\u202e (\u2066x 👩‍🚀🏳️‍🌈 speaks 🔊',
  ],
  ['ten kilobytes', 'louder'.repeat(1700)],
] as const;

describe.skipIf(chromiumPath === undefined)('the page', () => {
  it('shows a commit subject of any kind as text, on every screen that has it', async () => {
    const { page, complaints } = await opened({ viewport: { width: 390, height: 844 } });
    on.fake.world.addRelease(fresh);
    for (const [kind, subject] of subjects) {
      on.fake.world.cutFrom = { ...on.fake.world.cutFrom, subject };
      for (const path of ['/', '/releases', '/environments/dev-aws', `/releases/${fresh}`]) {
        await page.goto(on.fake.url + path);
        await page.locator('main h1').waitFor();
        if (kind !== 'ten kilobytes' && path !== `/releases/${fresh}`)
          await page.getByText('<script>globalThis').first().waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${kind} ${path}`).toBe(true);
      }
      await page.keyboard.press('Control+k');
      await page.getByRole('option').nth(8).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), kind).toBe(true);
      expect(await page.evaluate('globalThis.hacked'), kind).toBeUndefined();
    }
    expect(complaints).toEqual([]);
  });

  it('says each state by a shape of its own and a word, whatever colours one sees', async () => {
    const { page, client } = await opened();
    const bad = await client.promote({
      environment: 'dev-aws-deployed',
      kind: 'promote',
      release: fresh,
      override: true,
      reason: 'x',
    });
    on.fake.world.end(bad.promotion, 'failed', 'smoke: no');
    await client.promote({ environment: 'dev-aws', kind: 'promote' });
    on.fake.world.setState('staging', 'degraded');
    on.fake.world.setState('production', 'down');
    await page.reload();
    await page.getByText('degraded', { exact: true }).waitFor();
    const shapes = await shapesOfStates(page);
    expect([...shapes.keys()].sort()).toEqual(
      expect.arrayContaining(['state busy', 'state degraded', 'state down', 'state healthy']),
    );
  });

  it('does nothing for a page of another origin', async () => {
    const { page } = await opened();
    const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<p>elsewhere</p>'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const asked = await page.evaluate(`(async () => {
      const to = ${JSON.stringify(on.fake.url)} + '/v1/promotions';
      const body = JSON.stringify({ environment: 'dev-aws', kind: 'promote' });
      const read = (one) => one.then((answer) => answer.type + answer.status, (error) => error.name);
      return Promise.all([
        read(fetch(to, { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body })),
        read(fetch(to, { method: 'POST', credentials: 'include', mode: 'no-cors', body })),
        read(fetch(to, { credentials: 'include' })),
      ]);
    })()`);
    // They arrive, and are refused; the browser shows their sender nothing.
    expect(on.fake.requests.filter((one) => one.startsWith('POST /v1/promotions'))).toHaveLength(1);
    expect(asked).toEqual(['TypeError', 'TypeError', 'TypeError']);
    expect(on.fake.world.promotions.all()).toEqual([]);
  });
});
