import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import type { PromotionView } from '@soundbite/client';
import { type FakeWorld, makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { environmentsIn } from '@soundbite/model/declaration/testing/given.ts';
import type { Digest } from '@soundbite/model/digest.ts';
import type { PromotionRequest } from '@soundbite/model/promotion.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

/** What the fake cuts of the repository as it stands. */
const live: Digest = `sha256:${'e'.repeat(64)}`;

const declared = (port: number) => `version: 1
environments:
  - name: shop
    cloud: { kind: emulated, account: "000000000001", region: us-east-1 }
    port: ${port}
    protected: false
    gates: [smoke, { watch: { seconds: 5 } }]
`;
const service = `version: 1
name: orders
inputs: [src]
app: [node, app.js]
components: [{ name: api, function: Api, health: /health }]
`;
const edit = (from: string, to: string) => `edits: [{ file: src/prices.txt, from: "${from}", to: "${to}" }]`;
const script = `version: 1
use: { command: [node, demo/use.mjs], seconds: 20 }
asks: /prices
releases:
  stopped: { subject: Lose all prices, ${edit('one', '')} }
  bad: { subject: Double them, ${edit('one', 'two')} }
  good: { subject: Round them, ${edit('one', '1')} }
`;
const use = `const { SOUNDBITE_DEMO_URL: url } = process.env;
const answer = await fetch(url + '/prices');
console.log(JSON.stringify({ say: 'A price is asked for.', status: answer.status }));
console.log('It is one.');
`;

let stage: CliStage;
let world: FakeWorld;
let server: Server;
let root: string;
/** Whether users meet errors. */
let isBad: boolean;
/** How many they met. */
let errors: number;

beforeEach(async () => {
  isBad = false;
  errors = 0;
  server = createServer((_request, response) => {
    const { liveRelease } = world.environment('shop').record;
    if (isBad) errors += 1;
    response.writeHead(isBad ? 500 : 200, { 'x-soundbite-release': liveRelease ?? '' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const text = declared((server.address() as AddressInfo).port);
  root = mkdtempSync(join(tmpdir(), 'soundbite-demo-'));
  put({ 'environments.yaml': text, 'service.yaml': service, 'package.json': '{"version":"0.1.0"}' });
  put({ 'src/prices.txt': 'one\n', 'demo/demo.yaml': script, 'demo/use.mjs': use });
  execFileSync('git', ['-C', root, 'init', '--quiet']);
  world = makeWorld({ shop: live }, environmentsIn({ text }));
  world.addRelease(live);
  stage = await setStage(world, { root });
});
afterEach(async () => {
  await stage.close();
  rmSync(root, { recursive: true });
  server.closeAllConnections();
  server.close();
});

function put(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

/** The nth promotion, as soon as it runs. */
async function promotion(n: number): Promise<PromotionView> {
  for (;;) {
    const view = world.all()[n - 1];
    if (view?.state === 'running') return view;
    await setImmediate();
  }
}

/** Takes a promotion to the step of this name. */
function upTo({ promotion: id }: PromotionView, step: string): void {
  while (world.promotion(id).steps.at(-1)?.name !== step) world.advance(id);
}

/** The demo's steps, done as a control plane would. */
async function perform(running: ReturnType<CliStage['start']>): Promise<void> {
  const stopped = await promotion(1);
  upTo(stopped, 'smoke');
  world.end(stopped.promotion, 'failed', 'smoke: prices: 500');
  const bad = await promotion(2);
  upTo(bad, 'watch');
  isBad = true;
  await running.saw('All users are on it now');
  while (errors < 3) await setImmediate();
  world.end(bad.promotion, 'failed', 'watch: 9 of 30 requests answered with a server error');
  isBad = false;
  world.end((await promotion(3)).promotion, 'succeeded');
  world.end((await promotion(4)).promotion, 'succeeded');
}

/** As it was before any demo. */
function expectClean(): void {
  expect(world.releaseList().releases.map(({ release }) => release)).toEqual([live]);
  expect(world.environment('shop').record.liveRelease).toBe(live);
  expect(world.status().environments[0]?.holds).toEqual([]);
  expect(['demo', 'demo.json'].filter((name) => existsSync(join(stage.home, name)))).toEqual([]);
}

describe('demo', () => {
  it('shows each part when it happens, with what a client met, and leaves nothing', async () => {
    const running = stage.start('demo', '--json');
    await perform(running);
    const { exit, stdout, stderr } = await running.end;
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    const order = [
      ...['shop has release eeeeeeeeeeee', '1. What a user does', 'A price is asked for.', 'It is one.'],
      ...[
        '2. A release',
        '“Lose all prices”',
        'Its smoke tried it, and says no',
        'smoke: prices: 500',
        'client: ',
        '0 failed',
        'before it had any traffic',
      ],
      ...[
        '3. A release',
        'Its smoke finds nothing',
        'All users are on it now',
        'The watch saw their errors',
        'eeeeeeeeeeee is back by itself',
      ],
      ...['4. A rollback', '$ soundbite rollback shop', 'no request failed'],
      ...['Cleaning up', 'The hold is ended', 'is removed', 'shop has eeeeeeeeeeee, as before', 'That was SoundBite'],
    ];
    let rest = stderr;
    for (const text of order) {
      expect(rest).toContain(text);
      rest = rest.slice(rest.indexOf(text) + text.length);
    }
    const facts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const clients = facts.filter(({ fact }) => fact === 'client');
    expect(clients.map(({ part, failed }) => [part, failed > 0])).toEqual([
      ['smoke', false],
      ['watch', true],
      ['rollback', false],
    ]);
    expect(facts.find(({ fact }) => fact === 'used')).toEqual({ fact: 'used', status: 200 });
    expect(facts.filter(({ fact }) => fact === 'removed')).toHaveLength(3);
    expect(facts.at(-1)).toEqual({ fact: 'over', whole: true, seconds: expect.any(Number) });
    expect(world.all().map(({ kind, asked }) => [kind, asked.reason])).toEqual(
      ['promote', 'promote', 'promote', 'rollback'].map((kind) => [kind, 'soundbite demo']),
    );
    expectClean();
  });

  it('cleans up when Ctrl-C is pressed while its release is on its way, and exits with 4', async () => {
    const running = stage.start('demo', '--only', 'rollback');
    upTo(await promotion(1), 'shift');
    running.interrupt();
    const { exit, stdout } = await running.end;
    expect({ exit, stdout }).toEqual({
      exit: 4,
      stdout: expect.stringMatching(/Stopped\..*shop goes back to eeeeeeeeeeee.*as before/s),
    });
    expect(stdout).not.toContain('1. What a user does');
    expectClean();
  });

  it('of another program tells all as facts, starts nothing else, and stops with its standard input', async () => {
    const running = stage.start('demo', '--only', 'rollback', '--json', '--narrated');
    upTo(await promotion(1), 'shift');
    await running.saw('"kind":"live","text":"client: ');
    // As when the control plane that began it is killed: its successor is asked.
    await stage.fake.stop();
    running.leave();
    await running.saw('Stopped. What');
    await pause(300);
    await stage.fake.start();
    await stage.announce();
    const { exit, stdout, stderr } = await running.end;
    expect({ exit, stderr }).toMatchObject({ exit: 4 });
    const facts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const said = facts.filter(({ fact }) => fact === 'said').map(({ kind, text }) => `${kind}: ${text}`);
    for (const text of ['part: 4. A rollback', 'live: null', 'say: Stopped. What', 'part: Cleaning up'])
      expect(said.some((one) => one.startsWith(text))).toBe(true);
    expectClean();
    await stage.fake.stop();
    const down = await stage.run('demo', '--json', '--narrated');
    expect(JSON.parse(down.stdout.split('\n')[0] ?? '')).toMatchObject({ fact: 'problem', code: 'control-plane-down' });
    await stage.fake.start();
    expect((await stage.run('demo', '--narrated')).exit).toBe(2);
  });

  it('cleans up, and says so, when a release is not stopped that should be', async () => {
    const running = stage.start('demo', '--only', 'smoke');
    world.end((await promotion(1)).promotion, 'succeeded');
    world.end((await promotion(2)).promotion, 'succeeded');
    const { exit, stderr } = await running.end;
    expect({ exit, stderr }).toEqual({
      exit: 3,
      stderr: expect.stringContaining('its smoke should have stopped it unseen; it succeeded'),
    });
    expectClean();
  });

  it('does not wait where nothing may enter, and takes its own back', async () => {
    const running = stage.start('demo', '--only', 'smoke', '--json');
    await running.saw('A scratch copy');
    world.hold('shop', { scope: 'all', reason: 'outage' }, 'ana');
    world.promotions.auto = true;
    const { exit, stdout } = await running.end;
    expect({ exit, stdout }).toMatchObject({
      exit: 1,
      stdout: expect.stringMatching(/"demo-not-now".*shop is held by ana/s),
    });
    expect(world.all()[0]?.state).toBe('aborted');
    expect(world.releaseList().releases).toHaveLength(1);
  });

  it('puts back what one left that was killed, and only that where it is told to', async () => {
    const own = world.cut(fresh());
    const other = world.cut(fresh());
    world.promotions.auto = true;
    for (const release of [own.release, live, own.release])
      await stage.run('promote', 'shop', '--release', release, '--override', '--reason', 'x');
    killed([own.commit]);
    // What the next demo would need is not what this one needs.
    put({ 'demo/demo.yaml': 'nonsense', 'src/prices.txt': 'three\n' });
    const { exit, stdout } = await stage.run('demo', '--clean');
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: expect.stringMatching(
        /began at 2026-01-02 03:04:05 was cut short.*shop goes back.*hold is ended.*as before/s,
      ),
    });
    await stage.run('release', 'remove', other.release, '--yes');
    expectClean();
    expect((await stage.run('demo', '--clean')).stdout).toBe('No demo has left anything here.\n');
  });

  it('is refused while another one runs', async () => {
    const demo = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)', 'demo']);
    await once(demo.stdout, 'data');
    killed([], demo.pid);
    const { exit, stderr } = await stage.run('demo');
    demo.kill();
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: expect.stringContaining(`another demo runs on ${stage.home} (pid ${demo.pid})`),
    });
    expect(existsSync(join(stage.home, 'demo.json'))).toBe(true);
  });

  it.each<[string, string, () => unknown]>([
    ['demo-unfit', 'there is no demo/demo.yaml', () => rmSync(join(root, 'demo'), { recursive: true })],
    ['demo-unfit', 'src/prices.txt has 0 places', () => put({ 'src/prices.txt': 'three\n' })],
    ['demo-unfit', 'sleeps: is not a known key', () => put({ 'demo/demo.yaml': `${script}sleeps: 1\n` })],
    ['demo-not-now', 'shop is held by ana', () => world.hold('shop', { scope: 'all', reason: 'outage' }, 'ana')],
    [
      'demo-not-now',
      'the working tree is eeeeeeeeeeee',
      () => world.promotions.end(world.promote(anew()).promotion, 'succeeded'),
    ],
    [
      'demo-real',
      'releases are shared in s3://team/all',
      () => {
        world.sharing.store = { address: 's3://team/all', holds: new Set(), problem: null };
      },
    ],
  ])('is refused before it changes anything: %s, %s', async (code, message, make) => {
    make();
    const before = world.all();
    const { exit, stdout } = await stage.run('demo', '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(world.all()).toEqual(before);
    expect(existsSync(join(stage.home, 'demo.json'))).toBe(false);
  });

  it('touches nothing where an environment is on a real account, and asks nobody', async () => {
    const real = {
      kind: 'real',
      account: '123456789012',
      region: 'eu-central-1',
      role: 'arn:aws:iam::123456789012:role/controller',
    };
    const other = await setStage(world, { root, env: { SOUNDBITE_CLOUD_SHOP: JSON.stringify(real) } });
    const { exit, stdout } = await other.run('demo', '--json');
    expect({ exit, code: json({ exit, stdout, stderr: '' }).error.code }).toEqual({ exit: 1, code: 'demo-real' });
    expect(other.fake.requests).toEqual([]);
    await other.close();
  });

  it('knows its parts', async () => {
    expect(await stage.run('demo', '--only', 'all')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('use, smoke, watch, rollback'),
    });
    expect(await stage.run('demo', '--only', 'use,all,watch')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--only all is no part'),
    });
  });
});

/** A repository with one commit of its own. */
function fresh(): string {
  const directory = mkdtempSync(join(root, 'other-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=x', '-c', 'user.email=x@localhost', ...args]);
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', directory);
  return directory;
}

/** A promotion of something else. */
const anew = (): PromotionRequest => ({
  ...{ environment: 'shop', kind: 'promote', release: world.cut(fresh()).release, actor: 'local' },
  ...{ override: true, reason: 'x', allowRemovals: [] },
});

/** What kill -9 leaves of a demo. */
function killed(commits: readonly string[], pid = 0): void {
  const journal = { version: 1, pid, began: '2026-01-02T03:04:05Z', environment: 'shop', before: live, commits };
  writeFileSync(join(stage.home, 'demo.json'), JSON.stringify(journal));
  mkdirSync(join(stage.home, 'demo'));
}
