import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '../../packages/client/src/client.ts';
import type { Endpoint } from '../../packages/client/src/transport.ts';
import { cli, root } from '../support/cli.ts';
import { temporaryHome } from '../support/home.ts';
import { chromiumPath, letIn, startChromium } from '../support/page-stage.ts';
import { workingCopy } from '../support/working-copy.ts';

// npm run pictures: those of the page in the docs, of a real `up` and a release on its way. Two minutes.

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
  await soundbite('up');
  const file = join(directory, 'apps/service/src/http/soundbites.ts');
  await run('sh', [
    '-c',
    `printf '\\nexport const louder = "in large rooms";\\nconsole.debug(louder);\\n' >> "$0"`,
    file,
  ]);
  const author = ['-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.com'];
  await run('git', [
    '-C',
    directory,
    ...author,
    'commit',
    '--quiet',
    '--all',
    '--message',
    'Speak louder in large rooms',
  ]);
  await soundbite('up', 'dev-aws');
  await soundbite('hold', 'production', '--reason', 'the shop has its sale until Friday');
}

/** The pictures are taken while the release goes on into the next environment. */
async function takePictures(endpoint: Endpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  const browser = await startChromium();
  try {
    const { page, client } = await letIn(browser, endpoint, {
      viewport: { width: 1440, height: 680 },
      colorScheme: 'light',
    });
    await page.locator('[data-live="live"]').waitFor();
    await usedByPeople(client);
    const { promotion } = await begun(client);
    await page.locator('[data-environment="production"] .traffic .number').first().waitFor();
    const underWay = page.getByLabel('Promotion under way in dev-aws-deployed');
    await underWay.getByText(/^(publish|smoke)/).waitFor();
    await page.screenshot({ path: join(folder, 'environments.png') });
    await underWay.getByRole('link').click();
    await page.locator('.lane [data-state="running"]').waitFor();
    await page.screenshot({ path: join(folder, 'promotion.png') });
    for await (const _ of client.watchPromotion(promotion));
    await page.goto(`${endpoint.url}/releases`);
    await page.getByRole('table').waitFor();
    await page.setViewportSize({ width: 1440, height: 360 });
    await page.screenshot({ path: join(folder, 'releases.png') });
  } finally {
    await browser.close();
  }
}

/** Some requests everywhere, more in later environments. */
async function usedByPeople(client: Client): Promise<void> {
  const { environments } = await client.status();
  const all = environments.flatMap(({ url }, index) => Array.from({ length: 40 * (index + 1) }, () => `${url}/voices`));
  for (const url of all) await (await fetch(url)).arrayBuffer();
}

const begun = (client: Client) =>
  client.promote({ environment: 'dev-aws-deployed', kind: 'promote', reason: 'for the museum' });

await main();
