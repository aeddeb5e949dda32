import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { factsOfRun, type ProgramCopy } from '@soundbite/model';
import { afterEach, describe, expect, it } from 'vitest';
import { printed, programOf } from '../testing-programs.ts';
import { programEnvironment } from './environment.ts';
import { runProgram } from './run.ts';

const copies: ProgramCopy[] = [];
afterEach(async () => {
  for (const copy of copies.splice(0)) await copy.remove();
});

const given = { door: { url: 'http://127.0.0.1:1', token: 't' }, release: 'r', environment: 'staging', deadline: 1 };

async function run(copy: ProgramCopy, signal: AbortSignal = new AbortController().signal) {
  copies.push(copy);
  const env = programEnvironment('smoke', given);
  return runProgram({ kind: 'smoke', copy, env, signal, heard: () => {} });
}

/** What the fact `program` says of a run. */
async function trouble(copy: ProgramCopy): Promise<string | undefined> {
  const facts = factsOfRun({ ...(await run(copy)), hasAsked: true });
  return facts.find(({ name }) => name === 'program')?.detail;
}

/** Nobody may have buried it yet. */
const isGone = async (pid: number): Promise<boolean> =>
  !/^State:\t[^ZX]/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));

describe('a program of a service', () => {
  it('gets its directory, its arguments and the stated environment; nothing else, whatever this process has', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    try {
      const copy = await programOf(
        printed('told', 'JSON.stringify([process.env, process.cwd(), process.argv.slice(2), process.execPath])'),
        {
          command: ['node', 'main.mjs', 'a b', '$HOME'],
        },
      );
      const { facts, end } = await run(copy);
      const [env, cwd, args, node] = JSON.parse(facts[0]?.detail ?? '[]');
      expect(end).toEqual({ is: 'exited', code: 0 });
      expect(env).toEqual({
        PATH: '/usr/local/bin:/usr/bin:/bin',
        SOUNDBITE_SMOKE_DOOR: 'http://127.0.0.1:1',
        SOUNDBITE_SMOKE_TOKEN: 't',
        SOUNDBITE_SMOKE_RELEASE: 'r',
        SOUNDBITE_SMOKE_ENVIRONMENT: 'staging',
        SOUNDBITE_SMOKE_DEADLINE: '1',
        SOUNDBITE_SMOKE_RUN: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect([cwd, args, node]).toEqual([copy.directory, ['a b', '$HOME'], process.execPath]);
    } finally {
      delete process.env.AWS_SECRET_ACCESS_KEY;
    }
  });

  it('may be any program of the machine, and print its last fact without a line end', async () => {
    const line = '{"fact":"shell","ok":true,"detail":"ä"}';
    const { facts } = await run(await programOf('', { command: ['sh', '-c', `echo; printf '%s' '${line}'`] }));
    expect(facts).toMatchObject([{ name: 'shell', ok: true, detail: 'ä' }]);
  });

  it('that this machine does not have is no word about the release', async () => {
    for (const command of [['no-such-program'], ['/no/such/program']])
      await expect(run(await programOf('', { command }))).rejects.toMatchObject({
        code: 'program-missing',
        source: 'system',
      });
  });

  it('that its release does not have is a word about the release', async () => {
    expect(await trouble(await programOf('', { command: ['./run.sh'] }))).toMatch(
      /^it ended with exit code 127; it printed no fact\. Its standard error ends: .*run\.sh/,
    );
  });

  it.each<[string, string, RegExp]>([
    [
      'throws',
      "console.error('before'); throw new Error('boom');",
      /^it ended with exit code 1 and printed no fact\. Its standard error ends: before\n+main\.mjs:1\n(.|\n)*Error: boom/,
    ],
    [
      'crashes by a signal',
      `${printed('first')} process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000);`,
      /^it was ended by SIGSEGV; its last fact was first/,
    ],
    [
      'prints garbage',
      `console.log('hello\\u0007'); ${printed('first')}`,
      /^"hello\\u0007" is not a fact: it is not JSON$/,
    ],
    ['says nothing', '', /^it ended with exit code 0 and printed no fact$/],
    ['says a fact twice', `${printed('one')} ${printed('one', "''", false)}`, /^it says the fact one twice$/],
    ['says the facts of SoundBite', printed('release-header'), /fact must be .* and not program or release-header/],
    [
      'prints 100 MB',
      "const block = Buffer.alloc(1 << 20, 'x'); for (let i = 0; i < 100; i++) process.stdout.write(block);",
      /^it was ended because it printed more than 1 MiB on standard output$/,
    ],
    [
      'prints 100 MB on standard error',
      "const block = Buffer.alloc(1 << 20, 'x'); for (let i = 0; i < 100; i++) process.stderr.write(block);",
      /^it was ended because it printed more than 16 MiB on standard error/,
    ],
    [
      'prints 600 facts',
      `for (let i = 0; i < 600; i++) console.log(JSON.stringify({ fact: 'f' + i, ok: true, detail: '' }));`,
      /^it was ended because it printed more than 500 lines$/,
    ],
  ])('that %s fails, saying so', async (_, text, why) => {
    expect(await trouble(await programOf(text))).toMatch(why);
  });

  it('that hangs is asked to end at its deadline, and what it said until then is kept', async () => {
    const text = `${printed('first')} process.on('SIGTERM', () => { ${printed('last')} process.exit(0); }); setInterval(() => {}, 1000);`;
    const { end, facts } = await run(await programOf(text, { seconds: 1 }));
    expect(end).toEqual({ is: 'late', seconds: 1 });
    expect(facts.map(({ name }) => name)).toEqual(['first', 'last']);
  });

  it('that ignores SIGTERM is killed, with what it started', async () => {
    const text = `
      import { spawn } from 'node:child_process';
      process.on('SIGTERM', () => {});
      const child = spawn('sleep', ['60']);
      ${printed('pids', "[process.pid, child.pid].join(' ')")}
      setInterval(() => {}, 1000);`;
    const { end, facts } = await run(await programOf(text, { seconds: 1 }));
    expect(end).toEqual({ is: 'late', seconds: 1 });
    for (const pid of pidsOf(facts)) expect(await isGone(pid)).toBe(true);
  });

  it('leaves nothing behind: no child, none in a session of its own, none with another environment', async () => {
    const text = `
      import { spawn } from 'node:child_process';
      const children = [{}, { detached: true }, { detached: true, env: {} }, { detached: true, cwd: '/' }]
        .map((options) => spawn('sleep', ['60'], { stdio: 'inherit', ...options }));
      for (const child of children) child.unref();
      ${printed('pids', "children.map(({ pid }) => pid).join(' ')")}`;
    const { end, facts } = await run(await programOf(text));
    expect(end).toEqual({ is: 'exited', code: 0 });
    expect(pidsOf(facts)).toHaveLength(4);
    for (const pid of pidsOf(facts)) expect(await isGone(pid)).toBe(true);
  });

  it('is ended at once when its run is called off', async () => {
    const stop = new AbortController();
    const copy = await programOf('setInterval(() => {}, 1000);');
    const running = run(copy, stop.signal);
    stop.abort(new Error('somebody stopped it'));
    await expect(running).rejects.toThrow('somebody stopped it');
    const late = new AbortController();
    const pids = Promise.withResolvers<number[]>();
    const other = await programOf(`${printed('pids', 'String(process.pid)')} setInterval(() => {}, 1000);`);
    copies.push(other);
    const heard = ({ detail }: { readonly detail: string }) => pids.resolve([Number(detail)]);
    const env = programEnvironment('smoke', given);
    const begun = runProgram({ kind: 'smoke', copy: other, env, signal: late.signal, heard });
    begun.catch(() => {});
    const [pid = 0] = await pids.promise;
    late.abort(new Error('later'));
    await expect(begun).rejects.toThrow('later');
    expect(await isGone(pid)).toBe(true);
  });

  it('ends with the control plane, also if that is killed by -9', async () => {
    const text = `
      import { spawn } from 'node:child_process';
      process.on('SIGTERM', () => {});
      const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
      ${printed('pids', "[process.pid, child.pid].join(' ')")}
      setInterval(() => {}, 1000);`;
    const copy = await programOf(text, { seconds: 60 });
    copies.push(copy);
    const owner = spawn(
      process.execPath,
      [fileURLToPath(new URL('./testing-owner.ts', import.meta.url)), copy.directory],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const pids = await saidBy(owner);
    expect(pids).toHaveLength(2);
    owner.kill('SIGKILL');
    for (const pid of pids) await expect.poll(() => isGone(pid), { timeout: 5_000, interval: 20 }).toBe(true);
  });
});

const pidsOf = (facts: readonly { readonly detail: string }[]): number[] =>
  (facts[0]?.detail ?? '').split(' ').map(Number);

async function saidBy(owner: ChildProcess): Promise<number[]> {
  const [line] = (await once(owner.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return pidsOf([{ detail: line.toString('utf8').trim() }]);
}
