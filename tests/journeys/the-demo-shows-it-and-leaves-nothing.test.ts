import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ControlPlaneAddress,
  connect,
  type DemoRun,
  type ReleaseList,
  type Status,
  type StatusEnvironment,
} from '@soundbite/client';
import { beforeAll, expect, inject, it } from 'vitest';
import { soundbite, status } from '../support/environments.ts';
import { hear } from '../support/sound.ts';

const home = inject('home');

interface Place {
  readonly status: Status['environments'];
  readonly infrastructure: string | null;
  readonly previous: string | null;
  readonly releases: readonly string[];
}

/** All that a demo might change. */
async function everything(): Promise<Place> {
  const [{ environments }, shown, list] = await Promise.all([
    status(),
    soundbite('env', 'show', 'production', '--json'),
    soundbite('release', 'list', '--json'),
  ]);
  const { record } = shown.json<{ record: { infrastructureRelease: string | null; previousRelease: string | null } }>();
  return {
    status: environments,
    infrastructure: record.infrastructureRelease,
    previous: record.previousRelease,
    releases: list.json<ReleaseList>().releases.map(({ release }) => release),
  };
}

let before: Place;
beforeAll(async () => {
  // Whatever journeys were here before: nothing keeps anything out of production, and it has the working tree.
  for (const words of [['resume', 'production'], ['up']]) {
    const run = await soundbite(...words, '--json');
    expect(run.code, run.stdout + run.stderr).toBe(0);
  }
  before = await everything();
}, 120_000);

/** The fact of this name, of this part. */
const factIn = (lines: string, name: string, part?: string) =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .find((one) => one.fact === name && (part === undefined || one.part === part));

it('shows a text that is spoken, a release that is stopped, one that comes back by itself and a rollback', async () => {
  const { code, stdout, stderr } = await soundbite('demo', '--json');
  expect(code, stdout + stderr).toBe(0);
  const { release } = before.status.at(-1) as StatusEnvironment;
  const client = (part: string) =>
    factIn(stdout, 'client', part) as { requests: number; failed: number; byRelease: Record<string, number> };

  const file = /^Hear it: (.*)$/m.exec(stderr)?.[1] ?? '';
  expect(hear(new Uint8Array(readFileSync(file))).rms).toBeGreaterThan(0.01);

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

  expect(client('rollback')).toMatchObject({ failed: 0 });
  expect(Object.keys(client('rollback').byRelease)).toHaveLength(2);
  expect(factIn(stdout, 'rolled-back')).toMatchObject({ release });

  expect(await everything()).toEqual(before);
  expect(existsSync(join(home, 'demo')) || existsSync(join(home, 'demo.json'))).toBe(false);
}, 120_000);

it('is begun by the control plane, once; puts back after kill -9 what it left, when it is told to', async () => {
  const address = ControlPlaneAddress.parse(JSON.parse(readFileSync(join(home, 'control-plane.json'), 'utf8')));
  const client = connect(address);
  const [first, second] = await Promise.all([
    client.startDemo({ only: 'rollback' }),
    client.startDemo({ only: 'rollback' }),
  ]);
  expect(first).toMatchObject({ refusal: null, run: { id: second.run?.id, state: 'runs' } });
  const run = async () => (await client.demo()).run as DemoRun;
  const says = async (text: string) => (await run()).lines.some((line) => line.text === text);
  await expect.poll(() => says('All users are on it now.'), { timeout: 60_000, interval: 50 }).toBe(true);
  expect((await run()).counted).toMatch(/^client: \d+ requests, 0 failed/);
  const { pid } = JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  await expect.poll(async () => (await run()).state, { timeout: 10_000 }).toBe('failed');
  expect(existsSync(join(home, 'demo.json'))).toBe(true);
  const clean = await soundbite('demo', '--clean');
  expect(clean.code, clean.stderr).toBe(0);
  expect(clean.stdout).toMatch(/was cut short.*production goes back to .*as before/s);
  expect(await everything()).toEqual(before);
  expect(existsSync(join(home, 'demo')) || existsSync(join(home, 'demo.json'))).toBe(false);
  expect((await soundbite('validate', 'production', '--json')).json()).toMatchObject({ ok: true });
}, 120_000);
