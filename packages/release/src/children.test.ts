import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runChild } from './children.ts';
import { temporary } from './testing.ts';

const place = temporary();
afterAll(place.remove);

const child = (script: string) =>
  ({
    name: 'synthesis',
    program: 'sh',
    args: ['-c', script],
    cwd: place.directory,
    env: { PATH: '/usr/bin:/bin' },
  }) as const;
const pidIn = (file: string) => Number(readFileSync(join(place.directory, file), 'utf8'));
/** A process that is there and no zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it('what a child has started ends with it', async () => {
  await runChild(child('sleep 60 & echo $! > left'));
  await expect.poll(() => isRunning(pidIn('left'))).toBe(false);
});

it('a child and what it has started end when whoever runs it is killed, whatever program it is', async () => {
  const script = 'sleep 60 & echo $! > inner; echo $$ > outer; wait';
  const code = `import { runChild } from ${JSON.stringify(new URL('./children.ts', import.meta.url).href)};
    await runChild(${JSON.stringify(child(script))});`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  await expect
    .poll(() => existsSync(join(place.directory, 'outer')) && pidIn('outer') > 0, { timeout: 10_000 })
    .toBe(true);
  const pids = [pidIn('outer'), pidIn('inner')];
  expect(pids.map(isRunning)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await once(parent, 'close');
  await expect.poll(() => pids.map(isRunning), { timeout: 5_000 }).toEqual([false, false]);
});

it('a child is stopped by its signal', async () => {
  const stop = new AbortController();
  const running = runChild({ ...child('sleep 60'), signal: stop.signal });
  stop.abort();
  await expect(running).rejects.toMatchObject({ code: 'synthesis-failed', message: 'synthesis was stopped' });
});
