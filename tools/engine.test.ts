import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keptEngine } from './engine.ts';

/** A program that answers where a daemon is told to listen, and lives until it is ended. */
function daemonIn(directory: string): string {
  const program = join(directory, 'daemon.cjs');
  const text = `#!${process.execPath}
const socket = process.argv.find((word) => word.startsWith('--host=')).slice('--host=unix://'.length);
require('http').createServer((_, answer) => answer.end('{}')).listen(socket);
`;
  writeFileSync(program, text, { mode: 0o700 });
  return program;
}

function placed() {
  const directory = mkdtempSync(join(tmpdir(), 'kept-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return { directory, pid: () => Number(readFileSync(join(directory, 'daemon'), 'utf8')) };
}

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('a daemon of the tests ends with whoever started it, also when that is killed, and its directory goes', async () => {
  const { directory, pid } = placed();
  const engine = new URL('engine.ts', import.meta.url).href;
  const words = [engine, directory, daemonIn(directory)].map((word) => JSON.stringify(word));
  const starts = `const { keptEngine } = await import(${words[0]});
    console.log(await keptEngine(${words[1]}, ${words[2]}).start());`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', starts], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(starter.stdout, 'data');
  expect(String(said).trim()).toBe('true');
  const daemon = pid();
  expect(lives(daemon)).toBe(true);
  starter.kill('SIGKILL');
  await expect.poll(() => [lives(daemon), existsSync(directory)]).toEqual([false, false]);
});

it('one that was killed starts again where it was', async () => {
  const { directory, pid } = placed();
  const engine = keptEngine(directory, daemonIn(directory));
  expect(await engine.start()).toBe(true);
  const first = pid();
  await engine.kill('SIGKILL');
  expect([lives(first), existsSync(directory)]).toEqual([false, true]);
  rmSync(join(directory, 'docker.sock'));
  expect(await engine.start()).toBe(true);
  expect(pid()).not.toBe(first);
  await engine.stop();
  expect([lives(first), existsSync(directory)]).toEqual([false, false]);
});
