import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type DemoRun } from '@soundbite/client';
import { expect, inject, it } from 'vitest';
import { endpointOf, everything, readyForDemo } from '../support/demo-place.ts';
import { soundbite } from '../support/environments.ts';

const home = inject('home');

it('a demo is begun by the control plane, once; puts back after kill -9 what it left, when it is told to', async () => {
  await readyForDemo();
  const before = await everything();
  const client = connect(await endpointOf(home));
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
