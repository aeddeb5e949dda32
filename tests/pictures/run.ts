import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import type { Client } from '../../packages/client/src/client.ts';
import type { Endpoint } from '../../packages/client/src/transport.ts';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { cli, root } from '../support/cli.ts';
import { temporaryHome } from '../support/home.ts';
import { letIn } from '../support/page-stage.ts';
import { workingCopy } from '../support/working-copy.ts';

// npm run pictures: those of the page in the docs, of a real `up` and a release on its way. Four minutes.

const run = promisify(execFile);
const folder = join(root, 'docs/pictures');

interface Stage {
  /** The repository whose service is delivered. */
  readonly directory: string;
  soundbite(...args: string[]): Promise<void>;
}

async function main(): Promise<void> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium: apt-get install chromium');
  const [copy, { home, remove }] = await Promise.all([workingCopy(), temporaryHome()]);
  const soundbite = async (...args: string[]) => {
    const { code, stderr } = await cli(args, { home, env: { SOUNDBITE_ROOT: copy.directory } });
    if (code !== 0) throw new Error(`soundbite ${args.join(' ')}: ${stderr}`);
  };
  try {
    await bringOnTheWay({ directory: copy.directory, soundbite });
    const endpoint = JSON.parse(await readFile(join(home, 'control-plane.json'), 'utf8')) as Endpoint;
    await takePictures(endpoint);
  } finally {
    await remove();
    await copy.remove();
  }
}

/** All environments have one release, and the first two a newer one; production is held. */
async function bringOnTheWay({ directory, soundbite }: Stage): Promise<void> {
  const git = (author: string, ago: number, ...args: string[]) =>
    run('git', ['-C', directory, 'commit', '--quiet', '--all', ...args], { env: writtenBy(author, ago) });
  await watchedLonger(join(directory, 'environments.yaml'));
  await git('Grace Hopper', 3 * 24 * hour, '--amend', '--reset-author', '--message', 'Read numbers as people say them');
  await soundbite('up');
  const file = join(directory, 'apps/service/src/http/soundbites.ts');
  await appendFile(file, '\nexport const louder = "in large rooms";\nconsole.debug(louder);\n');
  await git('Ada Lovelace', 2 * hour, '--message', 'Speak louder in large rooms');
  await soundbite('up', 'dev-aws');
  await soundbite('hold', 'production', '--reason', 'the shop has its sale until Friday');
}

const hour = 3_600_000; // milliseconds

/** Git's environment for a commit of this author, so many milliseconds ago. */
function writtenBy(author: string, ago: number): NodeJS.ProcessEnv {
  const email = `${author.split(' ')[0]?.toLowerCase()}@example.com`;
  const date = new Date(Date.now() - ago).toISOString();
  return {
    ...process.env,
    ...{ GIT_AUTHOR_NAME: author, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
    ...{ GIT_COMMITTER_NAME: author, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
  };
}

/** The page tells what is *now* by the last three steps of ten seconds that had requests: what was asked before traffic moved is out of them after thirty. */
const showsNewWithin = 35; // seconds
const watchedSeconds = 2 * showsNewWithin;

/** A promotion into the third environment stays at its traffic until the pictures are taken, however quick the machine is. */
async function watchedLonger(declaration: string): Promise<void> {
  const text = await readFile(declaration, 'utf8');
  const third = text.indexOf('- name: ', text.indexOf('- name: ', text.indexOf('- name: ') + 1) + 1);
  const rest = text.slice(third);
  const longer = rest.replace('watch: { seconds: 0', `watch: { seconds: ${watchedSeconds}`);
  if (longer === rest) throw new Error('environments.yaml: the third environment has no watch of 0 seconds');
  await writeFile(declaration, text.slice(0, third) + longer);
}

/** The pictures are taken while users ask what a release that goes on into the next environment answers. */
async function takePictures(endpoint: Endpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  const browser = await startChromium();
  try {
    const { page, client } = await letIn(browser, endpoint, {
      viewport: { width: 1440, height: 700 },
      colorScheme: 'light',
    });
    await page.locator('[data-live="live"]').waitFor();
    await usedByPeople(client);
    await page.locator('[data-environment="production"] .traffic .number').first().waitFor();
    const { promotion, environment, url } = await begun(client);
    const underWay = page.getByLabel(`Promotion under way in ${environment}`);
    await underWay.getByText(/^watch/).waitFor();
    await page.screenshot({ path: join(folder, 'environments.png') });
    await underWay.getByRole('link').click();
    await page.locator('.lane [data-state="running"]').waitFor();
    await showsNew(page, url);
    await page.setViewportSize({ width: 1440, height: 800 });
    await page.screenshot({ path: join(folder, 'promotion.png') });
    for await (const _ of client.watchPromotion(promotion));
    await page.goto(`${endpoint.url}/releases`);
    await page.getByRole('table').waitFor();
    await page.locator('[data-live="live"]').waitFor();
    await page.setViewportSize({ width: 1440, height: 360 });
    await page.screenshot({ path: join(folder, 'releases.png') });
  } finally {
    await browser.close();
  }
}

/** Until its users have only been answered by what is new for a while. */
async function showsNew(page: Page, url: string | null): Promise<void> {
  const shares = page.locator('.shares');
  const all = shares.locator('li').filter({ hasText: 'new' }).getByText('now 100 %');
  for (const end = Date.now() + showsNewWithin * 1000; !(await all.isVisible()); ) {
    if (Date.now() > end) throw new Error(`after ${showsNewWithin} s: ${await shares.innerText()}`);
    await askedOften(url, 6);
    await page.waitForTimeout(1000);
  }
}

/** Some requests everywhere, more in later environments. */
async function usedByPeople(client: Client): Promise<void> {
  for (const [index, { url }] of (await client.status()).environments.entries())
    await askedOften(url, 40 * (index + 1));
}

async function askedOften(url: string | null, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await (await fetch(`${url}/voices`)).arrayBuffer();
}

/** The newer release, on its way into the third environment. */
async function begun(client: Client) {
  const third = (await client.status()).environments[2];
  if (third === undefined) throw new Error('there are fewer than three environments');
  const { name: environment, url } = third;
  const { promotion } = await client.promote({ environment, kind: 'promote', reason: 'for the museum' });
  return { promotion, environment, url };
}

await main();
