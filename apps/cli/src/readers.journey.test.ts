import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import type { Digest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliStage, setStage } from './testing/stage.ts';

/** Who reads what a command says, and whether anybody does, changes neither its work nor its exit code. Processes, pipes and terminals are real here. */

const main = fileURLToPath(new URL('main.js', import.meta.url));
const a: Digest = `sha256:${'a'.repeat(64)}`;

let stage: CliStage;
beforeEach(async () => {
  stage = await setStage(makeWorld({ 'dev-localstack': a, 'dev-aws': a }));
});
afterEach(() => stage.close());

const env = () => ({ PATH: process.env.PATH, HOME: process.env.HOME, SOUNDBITE_HOME: stage.home });

interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A line of bash; `$sb` is the command. */
function shell(line: string) {
  const child = spawn('bash', ['--norc', '-c', line], {
    env: { ...env(), sb: `${process.execPath} ${main}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => {
      said[name] += text;
    });
  const end: Promise<Ended> = once(child, 'close').then(([exit]) => ({ exit: exit as number | null, ...said }));
  /** Waits until standard error holds a text. */
  async function says(text: string): Promise<void> {
    while (!said.stderr.includes(text)) await once(child.stderr, 'data');
  }
  return { child, end, says };
}

const run = (line: string) => shell(line).end;

/** The command with nobody who reads what it says yet. */
const unread = (words: string) =>
  spawn(process.execPath, [main, ...words.split(' ')], { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a command that outlived its terminal wrote at its end. */
async function outcomeIn(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text) return text;
    await pause(20);
  }
}

/** Waits until the control plane was asked so, by a command that may say nothing any more. */
async function asked(request: string): Promise<void> {
  while (!stage.fake.requests.some((one) => one.startsWith(request))) await pause(10);
}

/** Ends the promotion that a command follows, when the control plane knows that it is followed. */
async function endPromotion(state: 'succeeded' | 'failed'): Promise<void> {
  await asked('GET /v1/promotions/p-1?waitMs');
  stage.fake.world.advance('p-1');
  stage.fake.world.advance('p-1');
  stage.fake.world.end('p-1', state, state === 'failed' ? 'smoke: silence' : undefined);
}

describe('a reader that leaves', () => {
  it.each([
    ['failed', 1],
    ['succeeded', 0],
  ] as const)('a promotion that %s ends with %i although its reader took one line only', async (state, exit) => {
    const promoting = shell('$sb promote dev-aws | head -1; exit $PIPESTATUS');
    await endPromotion(state);
    expect(await promoting.end).toMatchObject({ exit, stderr: '' });
  });

  it.each(['>&- 2>&-', '2>&1 | true'])('of both (%s): the promotion is followed to its end', async (redirection) => {
    const promoting = shell(`$sb promote dev-aws ${redirection}; exit $PIPESTATUS`);
    await endPromotion('failed');
    expect(await promoting.end).toEqual({ exit: 1, stdout: '', stderr: '' });
  });

  it.each(['2>&-', '2> >(true)'])('of progress (%s) leaves the document of --json', async (redirection) => {
    const promoting = shell(`$sb promote dev-aws --json ${redirection}`);
    await endPromotion('failed');
    const { exit, stdout } = await promoting.end;
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'failed', reason: 'smoke: silence' });
  });

  it('ends what is done for a reader alone', async () => {
    const following = shell('$sb logs staging --follow | head -1; exit $PIPESTATUS');
    await asked('GET /v1/environments/staging/logs');
    while (stage.fake.world.followers.size === 0) await pause(10);
    const write = setInterval(() => {
      stage.fake.world.log({ at: new Date().toISOString(), source: 'api', text: 'a line' });
    }, 20);
    try {
      expect(await following.end).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringContaining('a line') });
    } finally {
      clearInterval(write);
    }
  });

  it('leaves `dev` its session until Ctrl-C', async () => {
    const serving = shell('exec $sb dev dev-localstack --json > >(true)');
    await serving.says('Watching');
    expect(stage.fake.world.sessions.size).toBe(1);
    serving.child.kill('SIGINT');
    expect(await serving.end).toMatchObject({ exit: 0 });
    expect(stage.fake.world.sessions.size).toBe(0);
  });
});

describe('a place that cannot be written to', () => {
  const noRoom = (name: string) =>
    `error: ${name} could not be written: no space left on device (ENOSPC)\n    → free space on that disk, or write it somewhere else\n`;

  it('is said in one sentence, with exit 3 when all else went well', async () => {
    stage.fake.world.logLines.push({ at: new Date().toISOString(), source: 'api', text: 'a line' });
    for (const words of ['status --json', 'logs staging --follow'])
      expect(await run(`$sb ${words} >/dev/full`)).toEqual({ exit: 3, stdout: '', stderr: noRoom('standard output') });
    expect(await run('$sb statsu 2>/dev/full')).toEqual({ exit: 2, stdout: noRoom('standard error'), stderr: '' });
  });

  it('changes the outcome of no promotion', async () => {
    const promoting = shell('$sb promote dev-aws >/dev/full');
    await endPromotion('failed');
    expect(await promoting.end).toEqual({ exit: 1, stdout: '', stderr: noRoom('standard output') });
  });

  it('that was opened for reading only is named, too', async () => {
    expect(await run('$sb --version 1</dev/null')).toEqual({
      exit: 3,
      stdout: '',
      stderr:
        'error: standard output could not be written: bad file descriptor (EBADF)\n    → write it somewhere else\n',
    });
  });
});

describe('a slow reader', () => {
  /** Far more than a pipe holds (64 KiB). */
  const many = () => {
    const at = new Date().toISOString();
    stage.fake.world.logLines = Array.from({ length: 3_000 }, (_, n) => ({
      at,
      source: 'api',
      text: `line ${n} ${'x'.repeat(80)}`,
    }));
  };

  it('gets all of it, as text and as a document', async () => {
    many();
    const text = await run('$sb logs staging | (sleep 0.7; cat); exit $PIPESTATUS');
    expect(text.exit).toBe(0);
    expect(text.stdout.split('\n').filter(Boolean)).toHaveLength(3_000);
    const document = await run('$sb logs staging --json | (sleep 0.7; cat); exit $PIPESTATUS');
    expect(JSON.parse(document.stdout).lines).toHaveLength(3_000);
  });

  it('holds back what is read for it, so that nothing piles up in memory; then nothing is missing', async () => {
    const lines = 4_000;
    let taken = 0;
    const large = createServer((_request, response) => {
      const text = 'y'.repeat(8_000);
      const at = new Date().toISOString();
      function* source() {
        for (taken = 0; taken < lines; taken++) yield `${JSON.stringify({ at, source: 'api', text })}\n`;
      }
      Readable.from(source(), { objectMode: false }).pipe(response);
    });
    large.listen(0, '127.0.0.1');
    await once(large, 'listening');
    const { port } = large.address() as AddressInfo;
    const address = { url: `http://127.0.0.1:${port}`, token: 't', pid: process.pid };
    await writeFile(`${stage.home}/control-plane.json`, JSON.stringify(address));
    const child = unread('logs staging');
    try {
      for (let before = -1; taken === 0 || taken !== before; ) {
        before = taken;
        await pause(300);
      }
      expect(taken).toBeLessThan(lines / 2);
      let seen = 0;
      for await (const text of child.stdout.setEncoding('utf8')) seen += String(text).split('\n').length - 1;
      expect(seen).toBe(lines);
    } finally {
      large.close();
    }
  });
});

describe('a terminal that goes away', () => {
  it('leaves a promotion followed to its end', async () => {
    const file = `${stage.home}/outcome`;
    const inside = `trap : HUP; ${process.execPath} ${main} promote dev-aws; echo $? >${file}`;
    const terminal = spawn('script', ['-qec', inside, '/dev/null'], {
      env: { ...env(), SHELL: '/bin/bash' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await asked('GET /v1/promotions/p-1?waitMs');
    terminal.kill('SIGKILL');
    await once(terminal, 'exit');
    await endPromotion('failed');
    expect(await outcomeIn(file)).toBe('1\n');
  });

  it('and says so by SIGHUP leaves it followed, too', async () => {
    const promoting = shell('exec $sb promote dev-aws');
    await asked('GET /v1/promotions/p-1?waitMs');
    promoting.child.kill('SIGHUP');
    await endPromotion('failed');
    expect(await promoting.end).toMatchObject({ exit: 1, stderr: '' });
  });

  it('ends a dev session in order, but for nohup', async () => {
    const [closed, kept] = [
      shell('exec $sb dev dev-localstack --json'),
      shell('SOUNDBITE_NOHUP=1 exec $sb dev dev-aws --json'),
    ];
    await Promise.all([closed, kept].map(({ says }) => says('Watching')));
    for (const { child } of [closed, kept]) child.kill('SIGHUP');
    expect(await closed.end).toMatchObject({ exit: 0 });
    expect(stage.fake.world.sessions.size).toBe(1);
    kept.child.kill('SIGINT');
    expect(await kept.end).toMatchObject({ exit: 0 });
  });
});
