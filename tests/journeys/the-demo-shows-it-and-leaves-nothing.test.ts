import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusEnvironment } from '@soundbite/client';
import { expect, inject, it } from 'vitest';
import { everything, readyForDemo } from '../support/demo-place.ts';
import { soundbite } from '../support/environments.ts';
import { hear } from '../support/sound.ts';

const home = inject('home');

/** The fact of this name, of this part. */
const factIn = (lines: string, name: string, part?: string) =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .find((one) => one.fact === name && (part === undefined || one.part === part));

it('shows a text that is spoken, a release that is stopped, one that comes back by itself and a rollback', async () => {
  await readyForDemo();
  const before = await everything();
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
