import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { type Client, connect, type Endpoint, type Overview, type StatusEnvironment } from '@soundbite/client';
import type { Digest } from '@soundbite/model';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { killControlPlane } from '../support/control-plane-kill.ts';
import { everything, readyForDemo } from '../support/demo-place.ts';
import { soundbite } from '../support/environments.ts';
import { frozenTab, thawedWithinMs } from '../support/frozen-tab.ts';
import { letIn } from '../support/page-stage.ts';
import type { Repository } from '../support/repository.ts';
import { hear } from '../support/sound.ts';
import { shapesOfStates } from '../support/state-shapes.ts';
import { workingCopy } from '../support/working-copy.ts';

/** The page over the real set-up: real promotions, a real Chromium, a control plane that is really killed, a demo that is followed on it. */

const first = 'dev-localstack';

let browser: Browser;
let copy: Repository;
let before: string;
let good: Digest;
/** All the while. */
let frozen: Awaited<ReturnType<typeof frozenTab>>;

async function cut(edit: Parameters<Repository['edit']>, subject: string): Promise<Digest> {
  await copy.edit(...edit);
  await copy.commit(subject);
  const run = await soundbite('release', 'cut', '--source', copy.directory, '--json');
  expect(run.code, run.stderr).toBe(0);
  return run.json<{ release: Digest }>().release;
}

const soundbites = 'apps/service/src/http/soundbites.ts';
/** The commit of the good release has all that a subject may have; the control plane's own repository does not have it. */
const subject = `<script>globalThis.hacked = 1</script> \u202eמימין לשמאל 👩‍🚀 ${'louder'.repeat(1_700)}`;
const asText = '<script>globalThis.hacked = 1</script> מימין לשמאל 👩‍🚀 louder';

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  [browser, copy] = await Promise.all([startChromium(), workingCopy()]);
  frozen = await frozenTab(browser, await endpoint());
  before = (await liveBy(connect(await endpoint()))) ?? '';
  good = await cut([soundbites, 'const LARGEST_PAGE = 100;', 'const LARGEST_PAGE = 116;'], subject);
});
afterAll(async () => {
  await browser?.close();
  await copy?.remove();
});

const endpoint = async (): Promise<Endpoint> =>
  JSON.parse(await readFile(join(inject('home'), 'control-plane.json'), 'utf8')) as Endpoint;

/** A browser whose page is live; `token`: whose, the home's own unless told. */
async function opened(token?: string) {
  const { url, token: own } = await endpoint();
  const one = await letIn(browser, { url, token: token ?? own });
  onTestFinished(() => one.context.close());
  await isLive(one.page);
  return { ...one, url };
}

const isLive = (page: Page, timeout = 10_000) => page.locator('[data-live="live"]').waitFor({ timeout });
const card = (page: Page, name: string) => page.locator(`[data-environment="${name}"]`);
const short = (release: string) => release.slice('sha256:'.length).slice(0, 12);
const isLiveIn = (page: Page, name: string, release: string) =>
  card(page, name).locator('.live').getByText(short(release), { exact: true }).waitFor({ timeout: 60_000 });

/** Somebody with a token of that name. */
async function tokenOf(name: string, role: 'deployer' | 'approver' | 'viewer'): Promise<string> {
  const asOwner = connect(await endpoint());
  onTestFinished(async () => void (await connect(await endpoint()).revokeToken(name)));
  return (await asOwner.createToken({ name, person: `${name}@example.com`, role })).token;
}

const liveBy = async (client: Client) => (await client.environment(first)).record.liveRelease;

/** So that somebody was answered by what is live there now. */
async function askAsUsers(client: Client): Promise<void> {
  const { url } = await client.environment(first);
  for (let asked = 0; asked < 3; asked += 1) expect((await fetch(url ?? '')).status).toBe(200);
}

/** Ctrl-K, some letters, Enter: the dialog is open that asks whether it is meant. */
async function asked(page: Page, letters: string, title: string) {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(letters);
  await page.getByRole('option', { name: title, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: title }).waitFor();
}

/** A good release and back at a word is shown by the page before: `npm run page` has it of the demo, too. */
const isWhole = process.env.SOUNDBITE_DEMO === 'whole';

/** The fact of this name, of this part. */
const factIn = (lines: string, name: string, part?: string) =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .find((one) => one.fact === name && (part === undefined || one.part === part));

describe.skipIf(chromiumPath === undefined)('the page', () => {
  it('follows a good release from home alone, rolls back by the keyboard, and shows all of it as it was', async () => {
    const { page, client, complaints, url } = await opened();
    const moments: { readonly at: string; readonly overview: Overview }[] = [];
    const remember = async () => {
      const overview = await client.overview();
      moments.push({ at: new Date().toISOString(), overview });
      const { at } = moments.at(-1) as { at: string };
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(at) + 1), { interval: 1 });
    };
    await remember();
    await askAsUsers(client);
    const { promotion } = await client.promote({
      environment: first,
      kind: 'promote',
      release: good,
      reason: 'louder',
    });
    await card(page, first).getByText('deploying').waitFor();
    await isLiveIn(page, first, good);
    await card(page, first).getByText(asText).waitFor();
    await askAsUsers(client);
    await page.goto(`${url}/releases/${good}`);
    await page.getByRole('heading', { level: 1, name: asText }).waitFor();
    expect(await page.evaluate('[globalThis.hacked, document.documentElement.scrollWidth > innerWidth]')).toEqual([
      undefined,
      false,
    ]);
    await page.goto(`${url}/promotions/${promotion}`);
    for (const role of ['new', 'old'])
      await page
        .locator(`[data-role="${role}"]`)
        .getByText(/^[1-9]\d* requests, no errors$/)
        .waitFor();
    await page.goto(url);
    await card(page, first).getByText('healthy', { exact: true }).waitFor({ timeout: 30_000 });
    await remember();
    await asked(page, `roll ${first}`, `Roll ${first} back to what was live before`);
    await page.keyboard.type('too loud');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /Rollback/ }).waitFor();
    await page.goBack();
    await isLiveIn(page, first, before);
    await remember();
    for (const { at, overview } of moments) expect(await client.overview({ at })).toEqual({ ...overview, at });
    await page.goto(`${url}/?at=${moments[1]?.at}`);
    await isLiveIn(page, first, good);
    expect(complaints).toEqual([]);
    await client.resume(first);
  });

  it('says within five seconds that the control plane was killed, and is right within two after it is back', async () => {
    const { page } = await opened();
    const { pid } = (await endpoint()) as Endpoint & { pid: number };
    await killControlPlane(inject('home'));
    await page.locator('[data-live="stale"]').waitFor({ timeout: 5_000 });
    await vi.waitFor(async () => expect(await endpoint()).not.toMatchObject({ pid }), 60_000);
    await vi.waitFor(async () => connect(await endpoint()).asker(), 30_000);
    await isLive(page, 2_000);
  });

  it('rolls back during a promotion, which is stopped by that', async () => {
    const { page, client, complaints } = await opened();
    await asked(page, `roll ${first}`, `Roll ${first} back to what was live before`);
    const { promotion } = await client.promote({ environment: first, kind: 'promote', release: good });
    await card(page, first).getByText('deploying').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('it stopped').waitFor({ timeout: 30_000 });
    await vi.waitFor(async () => expect((await client.promotion(promotion)).state).toBe('aborted'), 60_000);
    await vi.waitFor(async () => expect(await liveBy(client)).toBe(before), 60_000);
    await client.resume(first);
    expect(complaints).toEqual([]);
  });

  it('lets one person ask and another say yes, in two browsers; who only looks may do neither', async () => {
    const [ana, ben, vic] = [
      await tokenOf('ana', 'deployer'),
      await tokenOf('ben', 'approver'),
      await tokenOf('vic', 'viewer'),
    ];
    const [asks, decides, looks] = [await opened(ana), await opened(ben), await opened(vic)];
    await asked(asks.page, 'promote production', 'Promote into production');
    await asks.page.keyboard.press('Enter');
    await asks.page.getByRole('heading', { level: 1, name: /into production/ }).waitFor();
    await decides.page.getByText('Approvals 1').waitFor();
    await asked(decides.page, 'yes production', 'Say yes to what waits for production');
    await decides.page.keyboard.press('Enter');
    await asks.page.getByText('succeeded').first().waitFor({ timeout: 60_000 });
    const button = card(looks.page, 'production').getByRole('button', { name: 'Roll back' });
    await vi.waitFor(async () => expect(await button.getAttribute('title')).toMatch(/vic@example.com is viewer/));
    expect([asks, decides, looks].flatMap(({ complaints }) => [...complaints])).toEqual([]);
  });

  it('is live in eight tabs, and readable by who sees other colours', async () => {
    const { page, context, client, complaints, url } = await opened();
    const tabs = [page, ...(await Promise.all(Array.from({ length: 7 }, () => context.newPage())))];
    await Promise.all(tabs.slice(1).map((tab) => tab.goto(url)));
    await Promise.all(tabs.map((tab) => isLive(tab)));
    await client.hold(first, { reason: 'eight see it' });
    await Promise.all(tabs.map((tab) => card(tab, first).getByText('eight see it').waitFor()));
    await client.resume(first);
    expect((await shapesOfStates(page)).size).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  it('lets in nobody by a used link, a stolen cookie of a revoked token, another page or another name of its host', async () => {
    const token = await tokenOf('eve', 'deployer');
    const { context, client, url } = await opened(token);
    const { path } = await client.pageLink();
    const enter = async () => (await fetch(url + path, { redirect: 'manual' })).status;
    expect([await enter(), await enter()]).toEqual([303, 410]);

    const [{ name = '', value = '' } = {}] = await context.cookies();
    const hold = async (headers: Record<string, string>) => {
      const sent = request(`${url}/v1/environments/${first}/hold`, {
        ...{ method: 'POST', headers: { cookie: `${name}=${value}`, 'content-type': 'application/json', ...headers } },
      });
      const [answer] = (await once(sent.end('{}'), 'response')) as [IncomingMessage];
      return answer.resume().statusCode;
    };
    const sameOrigin = { origin: url, 'sec-fetch-site': 'same-origin' };
    expect(await hold({ ...sameOrigin, origin: 'http://elsewhere.example' })).toBe(403);
    expect(await hold({ ...sameOrigin, host: 'elsewhere.example' })).toBe(421);
    // That it could tell: an origin of its own comes as far as what is asked.
    expect(await hold(sameOrigin)).toBe(400);

    const thief = await browser.newContext({ storageState: await context.storageState() });
    onTestFinished(() => thief.close());
    const stolen = await thief.newPage();
    await stolen.goto(url);
    await card(stolen, first).waitFor();
    await connect(await endpoint()).revokeToken('eve');
    await stolen.goto(url);
    expect(await stolen.textContent('body')).toMatch(/soundbite open/);
  });
});

describe('the demo', () => {
  it('shows a text that is spoken, a release that is stopped and one that comes back by itself; from home one follows both', async () => {
    await readyForDemo();
    const before = await everything();
    const { name, release } = before.status.at(-1) as StatusEnvironment;
    const home = chromiumPath === undefined ? null : await opened();
    const ran = soundbite('demo', '--json', ...(isWhole ? [] : ['--only', 'use,smoke,watch']));
    for (const reason of [/^smoke.*500/, /^watch: \d+ of \d+ requests/])
      await home?.page.locator(`[data-environment="${name}"]`).getByText(reason).waitFor({ timeout: 60_000 });
    const { code, stdout, stderr } = await ran;
    expect(code, stdout + stderr).toBe(0);

    const file = /^Hear it: (.*)$/m.exec(stderr)?.[1] ?? '';
    expect(hear(new Uint8Array(readFileSync(file))).rms).toBeGreaterThan(0.01);

    const client = (part: string) =>
      factIn(stdout, 'client', part) as { requests: number; failed: number; byRelease: Record<string, number> };
    expect(Object.keys(client('smoke').byRelease)).toEqual([release]);
    expect(client('smoke')).toMatchObject({ failed: 0 });
    expect(client('smoke').requests).toBeGreaterThan(3);
    expect(factIn(stdout, 'ended', 'smoke')).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^smoke: accepts: .*500/),
    });

    expect(client('watch').failed).toBeGreaterThan(0);
    expect(client('watch')).toMatchObject({
      byRelease: { [release as string]: expect.any(Number) },
      wellSince: expect.any(Number),
    });
    expect(factIn(stdout, 'ended', 'watch')).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^watch: \d+ of \d+ requests/),
    });

    if (isWhole) {
      expect(client('rollback')).toMatchObject({ failed: 0 });
      expect(Object.keys(client('rollback').byRelease)).toHaveLength(2);
      expect(factIn(stdout, 'rolled-back')).toMatchObject({ release });
    }

    if (home !== null) await isLiveIn(home.page, name, release ?? '');
    expect(home?.complaints ?? []).toEqual([]);
    expect(await everything()).toEqual(before);
    const [demo, journal] = ['demo', 'demo.json'].map((left) => join(inject('home'), left));
    expect([demo, journal].filter((left) => existsSync(left as string))).toEqual([]);
  }, 120_000);
});

describe.skipIf(chromiumPath === undefined)('the page, in the end', () => {
  it(
    'is right in a tab that was frozen all the while, as soon as that is looked at',
    async () => {
      const { page, complaints, client, thawed } = frozen;
      const live = (await liveBy(client)) ?? '';
      await client.hold(first, { reason: 'while it was frozen' });
      onTestFinished(async () => void (await client.resume(first)));
      await thawed();
      await card(page, first).getByText('while it was frozen').waitFor();
      await isLiveIn(page, first, live);
      await isLive(page);
      // Of the control plane that was killed meanwhile, and of the next one while it begins.
      expect(complaints.filter((one) => !/ERR_CONNECTION_REFUSED|status of 503/.test(one))).toEqual([]);
    },
    thawedWithinMs,
  );
});
