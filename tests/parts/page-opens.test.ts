import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveHome } from '../../apps/control-plane/src/http/home-page.ts';
import { type ControlPlaneServer, listen } from '../../apps/control-plane/src/http/server.ts';
import type { Handlers } from '../../packages/client/src/operations.ts';
import { contractApp, refuseTheRest } from '../../packages/client/src/serving/app.ts';
import { errorAnswer } from '../../packages/client/src/serving/errors.ts';
import { pageDoor, servePageDoor } from '../../packages/client/src/serving/page-door.ts';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { cli } from '../support/cli.ts';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(existsSync);
const token = 'secret';

let server: ControlPlaneServer;
let home: string;
let browser: Browser;
/** How often the page was made. */
let looks = 0;

/** The real routes of the page, over a world without an environment on it. */
async function serve(): Promise<ControlPlaneServer> {
  const authority = makeWorld().people.authority(token);
  const door = pageDoor(authority);
  const app = contractApp({
    handlers: { createPageLink: ({ actor }) => door.link(actor) } as Partial<Handlers> as Handlers,
    authority,
  });
  servePageDoor(app, door, authority, errorAnswer);
  const engine = { database: { whileAnswering: (work: () => unknown) => work() } } as never;
  const page = async () => {
    looks++;
    return [];
  };
  serveHome(app, { page, engine }, authority);
  return listen(0, refuseTheRest(app).fetch);
}

/** With what `soundbite open` starts a browser: its command line can be read by every user. */
async function opened(): Promise<string> {
  const said = join(home, 'opened');
  writeFileSync(join(home, 'xdg-open'), `#!/bin/sh\nprintf %s "$*" > '${said}.new' && mv '${said}.new' '${said}'\n`);
  chmodSync(join(home, 'xdg-open'), 0o700);
  const url = `http://127.0.0.1:${server.port}`;
  const env = { SOUNDBITE_URL: url, SOUNDBITE_TOKEN: token, DISPLAY: ':0', PATH: `${home}:${process.env.PATH}` };
  expect((await cli(['open'], { home, env })).code).toBe(0);
  await expect.poll(() => existsSync(said)).toBe(true);
  return readFileSync(said, 'utf8');
}

describe.skipIf(executablePath === undefined)('a browser that soundbite open starts', () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'soundbite-opens-'));
    [server, browser] = await Promise.all([
      serve(),
      chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('is let in by the file that it is given, stays so, and makes no page for what another port asks with its cookie', async () => {
    const given = await opened();
    expect(given).toMatch(/^file:\/\/\S+\.html$/);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(given);
    await page.getByText('you are local').waitFor();
    await page.reload();
    await page.getByText('you are local').waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect((cookie?.expires ?? 0) * 1000).toBeGreaterThan(Date.now() + 6 * 86_400_000);

    // Another port of this machine: the same site, to a browser.
    const other = await listen(0, () => new Response('<p>other</p>', { headers: { 'content-type': 'text/html' } }));
    const made = looks;
    await page.goto(`http://127.0.0.1:${other.port}/`);
    await page.evaluate(`Promise.all([
      new Promise((done) => { const image = new Image(); image.onerror = done; image.src = 'http://127.0.0.1:${server.port}/'; }),
      fetch('http://127.0.0.1:${server.port}/', { mode: 'no-cors', credentials: 'include' }).catch(() => {}),
    ]).then(() => null)`);
    expect(looks).toBe(made);
    await other.close();
    await context.close();
  });
});
