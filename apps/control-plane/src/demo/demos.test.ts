import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoRun } from '@soundbite/client';
import { environmentsIn } from '@soundbite/model/declaration/testing/given.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { demoHeard } from './demo-facts.ts';
import { demos } from './demos.ts';

const shop = (gates: string, cloud = '{ kind: emulated, account: "000000000001", region: us-east-1 }') => `version: 1
environments:
  - { name: shop, cloud: ${cloud}, port: 8101, protected: false, gates: ${gates} }
`;
const edits = 'edits: [{ file: a, from: b, to: c }]';
const script = `version: 1
use: { command: [node, use.mjs], seconds: 20 }
asks: /prices
releases: { stopped: { subject: a, ${edits} }, bad: { subject: b, ${edits} }, good: { subject: c, ${edits} } }
`;

/** Tells as the CLI does, and ends as it is told to when its standard input does. */
const standIn = `
const say = (fact) => console.log(JSON.stringify(fact));
say({ fact: 'said', kind: 'part', text: '1. What a user does' });
console.log('no fact');
say({ fact: 'promotion', part: 'smoke', promotion: 'p-1', kind: 'promote', release: 'sha256:0123456789abcdef' });
say({ fact: 'said', kind: 'live', text: 'client: 3 requests' });
process.stdin.resume().once('end', () => {
  say({ fact: 'said', kind: 'live', text: null });
  say({ fact: 'said', kind: 'say', text: 'All is as before.' });
  if (process.argv[1] === 'fails') say({ fact: 'problem', code: 'demo-otherwise', message: 'it was not', hint: 'look' });
  process.exit(process.argv[1] === 'fails' ? 1 : 4);
});
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'soundbite-demos-'));
  mkdirSync(join(root, 'demo'));
  writeFileSync(join(root, 'demo/demo.yaml'), script);
});
afterEach(() => rmSync(root, { recursive: true }));

const started: ReturnType<typeof standInFor>[] = [];
const standInFor = (how: string) => spawn(process.execPath, ['-e', standIn, how], { stdio: ['pipe', 'pipe', 'pipe'] });

function on(text = shop('[smoke, { watch: { seconds: 5 } }]'), how = 'well', more: object = {}) {
  const environments = environmentsIn({ text });
  const world = { config: { root, ...more }, declaration: () => ({ environments }), log: { info: () => undefined } };
  return demos(world as never, () => {
    const child = standInFor(how);
    started.push(child);
    return child;
  });
}

const until = (desk: ReturnType<typeof on>, isSo: (run: DemoRun) => boolean) =>
  expect.poll(async () => isSo((await desk.view()).run as DemoRun), { timeout: 10_000 }).toBe(true);

it('is shown once at a time: who asks meanwhile sees the one that runs; stopped, it cleans up and ends', async () => {
  const desk = on();
  expect(await desk.view()).toEqual({ refusal: null, run: null });
  const before = started.length;
  const both = await Promise.all(['ana', 'ben'].map((by) => desk.start({ idempotencyKey: 'k' }, by)));
  expect(both[1]?.run).toMatchObject({ id: both[0]?.run?.id, by: both[0]?.run?.by });
  expect(started.length).toBe(before + 1);
  await until(desk, ({ counted }) => counted === 'client: 3 requests');
  expect((await desk.stop()).run?.state).toBe('stops');
  await desk.stop();
  await until(desk, ({ ended }) => ended !== null);
  const { run } = await desk.view();
  expect(run).toMatchObject({ state: 'stopped', counted: null, problem: null });
  expect(run?.lines.map(({ kind, text, promotion }) => [kind, text, promotion])).toEqual([
    ['part', '1. What a user does', null],
    ['promotion', 'Promotion of 0123456789ab', 'p-1'],
    ['say', 'All is as before.', null],
  ]);
  // The same request again is that one, another is a new one.
  expect((await desk.start({ idempotencyKey: 'k' }, 'ana')).run?.id).toBe(run?.id);
  expect((await desk.start({ idempotencyKey: 'l' }, 'ben')).run).toMatchObject({ by: 'ben', state: 'runs' });
  await desk.stop();
  await until(desk, ({ ended }) => ended !== null);
});

it('says why it failed, also when its program was killed', async () => {
  const desk = on(undefined, 'fails');
  await desk.start({}, 'ana');
  await desk.stop();
  await until(desk, ({ ended }) => ended !== null);
  const problem = { code: 'demo-otherwise', message: 'it was not', hint: 'look' };
  expect((await desk.view()).run).toMatchObject({ state: 'failed', problem });
  await desk.start({}, 'ana');
  started.at(-1)?.kill('SIGKILL');
  await until(desk, ({ ended }) => ended !== null);
  expect((await desk.view()).run).toMatchObject({
    state: 'failed',
    problem: { code: 'demo-unfinished', message: expect.stringContaining('SIGKILL') },
  });
});

it('is refused where it cannot be shown', async () => {
  const real =
    '{ kind: real, account: "123456789012", region: eu-central-1, role: "arn:aws:iam::123456789012:role/c" }';
  const codeOf = async (desk: ReturnType<typeof on>) => {
    const { refusal, run } = await desk.view();
    await expect(desk.start({}, 'ana')).rejects.toMatchObject({ code: refusal?.code });
    expect(run).toBeNull();
    return `${refusal?.code}: ${refusal?.message}`;
  };
  const gates = '[smoke, { watch: { seconds: 5 } }]';
  expect(await codeOf(on(shop(gates, real)))).toMatch(/^demo-real: shop/);
  expect(await codeOf(on(shop(gates), 'well', { releaseStore: { bucket: 'team' } }))).toMatch(/^demo-real: .*team/);
  expect(await codeOf(on(shop('[smoke]')))).toMatch(/^demo-unfit: .*watch/);
  writeFileSync(join(root, 'demo/demo.yaml'), 'nonsense');
  expect(await codeOf(on())).toMatch(/^demo-unfit: demo/);
  rmSync(join(root, 'demo'), { recursive: true });
  expect(await codeOf(on())).toMatch(/^demo-unfit: there is no/);
});

it('keeps the newest lines, each of a bounded length', () => {
  let told: Parameters<typeof demoHeard>[0] = { lines: [], counted: null, problem: null };
  for (let n = 0; n < 300; n++)
    told = demoHeard(told, JSON.stringify({ fact: 'said', kind: 'say', text: `${n} ${'x'.repeat(5_000)}` }));
  expect(told.lines).toHaveLength(200);
  expect(told.lines[0]?.text).toMatch(/^100 x/);
  expect(told.lines[0]?.text.length).toBeLessThan(2_010);
  expect(demoHeard(told, 'null')).toBe(told);
});
