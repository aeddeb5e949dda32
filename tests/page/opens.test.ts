import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../apps/control-plane/src/http/server.ts';
import type { FakeControlPlane } from '../../packages/client/src/testing/fake-control-plane.ts';
import { chromiumPath } from '../support/chromium.ts';
import { cli } from '../support/cli.ts';
import { complaintsOf, servePage } from '../support/page-stage.ts';
import { sharedChromium } from '../support/page-suite.ts';

let fake: FakeControlPlane;
let home: string;
let browser: Browser;
/** How often the page was made for somebody. */
let looks = 0;

/** With what `soundbite open` starts a browser: its command line can be read by every user. */
async function opened(): Promise<string> {
  const said = join(home, 'opened');
  rmSync(said, { force: true });
  writeFileSync(join(home, 'xdg-open'), `#!/bin/sh\nprintf %s "$*" > '${said}.new' && mv '${said}.new' '${said}'\n`);
  chmodSync(join(home, 'xdg-open'), 0o700);
  const env = { SOUNDBITE_URL: fake.url, SOUNDBITE_TOKEN: fake.token };
  const desktop = { DISPLAY: ':0', PATH: `${home}:${process.env.PATH}` };
  expect((await cli(['open'], { home, env: { ...env, ...desktop } })).code).toBe(0);
  await expect.poll(() => existsSync(said)).toBe(true);
  return readFileSync(said, 'utf8');
}

/** The page shows what it was told of this environment. */
const shown = (page: Page, name = fake.world.names[0] ?? '') => page.getByText(name, { exact: true }).first().waitFor();

describe.skipIf(chromiumPath === undefined)('a browser that soundbite open starts', () => {
  let context: BrowserContext;
  let page: Page;
  let complaints: readonly string[];
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'soundbite-opens-'));
    [fake, browser] = await Promise.all([
      servePage(undefined, () => {
        looks++;
      }),
      sharedChromium(),
    ]);
    context = await browser.newContext();
    complaints = complaintsOf(context);
    page = await context.newPage();
  });
  afterAll(async () => {
    await context?.close();
    await fake?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('is let in by the file that it is given, stays so, and makes no page for what another port asks with its cookie', async () => {
    const given = await opened();
    expect(given).toMatch(/^file:\/\/\S+\.html$/);
    await page.goto(given);
    await shown(page);
    await page.reload();
    await shown(page);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect((cookie?.expires ?? 0) * 1000).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    // By a worker, which has a policy of its own.
    await expect.poll(() => fake.requests.filter((asked) => asked.startsWith('GET /v1/events'))).not.toEqual([]);
    expect(complaints).toEqual([]);

    // Another port of this machine: the same site, to a browser.
    const other = await listen(0, () => new Response('<p>other</p>', { headers: { 'content-type': 'text/html' } }));
    const made = looks;
    const elsewhere = await browser.newContext({ storageState: await context.storageState() }).then((c) => c.newPage());
    await elsewhere.goto(`http://127.0.0.1:${other.port}/`);
    await elsewhere.evaluate(`Promise.all([
      new Promise((done) => { const image = new Image(); image.onerror = done; image.src = '${fake.url}/'; }),
      fetch('${fake.url}/', { mode: 'no-cors', credentials: 'include' }).catch(() => {}),
    ]).then(() => null)`);
    expect(looks).toBe(made);
    await elsewhere.context().close();
    await other.close();
  });

  it.each(['/releases', '/approvals', '/?find=louder'])(
    'opens the page at the address of a screen: %s',
    async (address) => {
      await page.goto(fake.url + address);
      await page.locator('#app > *').first().waitFor();
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(address);
      expect(complaints).toEqual([]);
    },
  );

  it('follows a link of another site to a screen, which comes without the cookie at first', async () => {
    const site = await listen(0, () => new Response(`<a href="${fake.url}/releases">there</a>`, pageOfText));
    const other = await context.newPage();
    // Another host name is another site.
    await other.goto(`http://localhost:${site.port}/`);
    await other.getByText('there').click();
    await other.waitForURL(`${fake.url}/releases`);
    await other.locator('#app > *').first().waitFor();
    await other.close();
    await site.close();
  });

  it('loads files that the page has, and no others', async () => {
    const loaded = await page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => name)`);
    const assets = (loaded as string[]).filter((url) => url.startsWith(`${fake.url}/assets/`));
    expect(assets.length).toBeGreaterThan(0);
    for (const url of assets) expect((await fetch(url)).headers.get('cache-control')).toContain('immutable');
    const missing = await fetch(`${fake.url}/assets/index-nosuch.js`);
    expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'route-unknown' } }]);
  });

  it('runs nothing that somebody wrote into the page', async () => {
    await page.goto(fake.url);
    await shown(page);
    // Each of these would have run when its code ends.
    const now = {
      'a script in it': `const one = document.createElement('script'); one.text = 'window.ran = 1'; document.body.append(one)`,
      'what listens in markup': `document.body.setAttribute('onclick', 'window.ran = 1'); document.body.click()`,
    };
    for (const [what, code] of Object.entries(now))
      expect(await page.evaluate(`(() => { try { ${code} } catch {} return window.ran })()`), what).toBeUndefined();
    // These are refused later.
    const later = {
      // Not at once: the debugger, who says this, may.
      'a program in text': `setTimeout(() => (0, eval)('window.ran = 1'))`,
      'text as markup': `document.body.innerHTML = '<img src=x onerror="window.ran = 1">'`,
      'a script of elsewhere': `const one = document.createElement('script'); one.src = 'http://localhost:1/a.js'; document.body.append(one)`,
      'a style in it': `const one = document.createElement('style'); one.append('* { color: red }'); document.head.append(one)`,
      'a question of elsewhere': `fetch('http://localhost:1/').catch(() => {})`,
      'a picture of elsewhere': `new Image().src = 'http://localhost:1/a.png'`,
    };
    for (const [what, code] of Object.entries(later)) {
      const refused = await page.evaluate(`new Promise((done) => {
        addEventListener('securitypolicyviolation', () => done('refused'), { once: true });
        setTimeout(done, 5_000, 'nothing is refused');
        try { ${code} } catch {}
      })`);
      expect(refused, what).toBe('refused');
    }
    expect(await page.evaluate('window.ran')).toBeUndefined();
  });
});

const pageOfText = { headers: { 'content-type': 'text/html' } };
