import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import type { Digest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './testing/stage.ts';

/** The CLI as a process of its own: exit codes, signals and pipes are real here. */

const main = fileURLToPath(new URL('main.js', import.meta.url));
const a: Digest = `sha256:${'a'.repeat(64)}`;

let stage: Stage;
beforeEach(async () => {
  stage = await setStage(makeWorld({ 'dev-localstack': a }));
});
afterEach(() => stage.close());

function start(...words: string[]) {
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, SOUNDBITE_HOME: stage.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const end = once(child, 'close').then(([exit]) => ({ exit: exit as number, stdout, stderr }));
  return { child, end };
}

describe('the process', () => {
  it('ends with the exit code, and writes one document', async () => {
    const { exit, stdout, stderr } = await start('status', '--json').end;
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(stage.fake.world.status());
    expect((await start('health', 'moon', '--json').end).exit).toBe(2);
  });

  it('detaches on SIGINT', async () => {
    const { child, end } = start('promote', 'dev-aws');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const { exit, stderr } = await end;
    expect(exit).toBe(130);
    expect(stderr).toContain('attach again: soundbite promote --attach p-1');
  });

  it('does not mind a reader that goes away', async () => {
    const { child, end } = start('help', 'promote');
    child.stdout.destroy();
    const { exit, stderr } = await end;
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });
});
