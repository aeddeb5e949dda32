import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import type { Digest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CliStage, setStage } from './testing/stage.ts';

/** The CLI as a process of its own: exit codes, signals and pipes are real here. */

const main = fileURLToPath(new URL('main.js', import.meta.url));
const a: Digest = `sha256:${'a'.repeat(64)}`;

let stage: CliStage;
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

/** The CLI on a real terminal of this size (Python's pty is its other end); what a key sends is written to `child.stdin`. */
function onTerminal({ columns, rows }: { columns: number; rows: number }, ...words: string[]) {
  const spawnPty = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  const line = `stty cols ${columns} rows ${rows}; exec "$@"`;
  const child = spawn('python3', ['-c', spawnPty, 'sh', '-c', line, 'sh', process.execPath, main, ...words], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, SOUNDBITE_HOME: stage.home, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  return { child, exit: once(child, 'close').then(([code]) => code as number), written: () => written };
}

/** What a terminal shows after this was written to it: lines and colours, as far as `status --watch` uses them. */
function screenOf(written: string): string[] {
  const lines = [''];
  let [row, column] = [0, 0];
  for (const [, control, up = '', letter, text = ''] of written
    .replaceAll('\u001b', '⎋')
    .matchAll(/(⎋\[(\d*)([A-Za-z])|[\r\n])|([^⎋\r\n]+)/g)) {
    if (control === '\r') column = 0;
    else if (control === '\n') row += 1;
    else if (letter === 'A') row -= Number(up || 1);
    else if (letter === 'K') lines[row] = (lines[row] ?? '').slice(0, column);
    else if (letter === 'J') lines.splice(row, lines.length, (lines[row] ?? '').slice(0, column));
    else if (text) {
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + text + line.slice(column + text.length);
      column += text.length;
    }
  }
  return Array.from(lines, (line) => line ?? '');
}

describe('status --watch on a terminal', () => {
  it('shows one table that follows what happens, within the terminal, until Ctrl-C', async () => {
    const size = { columns: 60, rows: 6 };
    const { child, exit, written } = onTerminal(size, 'status', '--watch', 'dev-localstack', 'staging');
    const shows = (text: string) =>
      vi.waitFor(() => expect(screenOf(written()).join('\n')).toContain(text), { timeout: 15_000, interval: 50 });
    await shows('staging         empty');
    stage.fake.world.setState('dev-localstack', 'degraded');
    await shows('dev-localstack  degraded');
    stage.fake.world.setState('dev-localstack', 'down');
    await shows('dev-localstack  down');
    child.stdin.write('\u0003');
    expect(await exit).toBe(0);
    const screen = screenOf(written().replaceAll('^C', ''));
    expect(screen.filter((line) => line.startsWith('environment'))).toHaveLength(1);
    expect(screen.filter((line) => line.startsWith('dev-localstack'))).toHaveLength(1);
    expect(screen.length).toBeLessThanOrEqual(size.rows);
    for (const line of screen) expect(line.length).toBeLessThanOrEqual(size.columns);
    expect(written()).toContain('\u001b[31mdown');
  });
});
