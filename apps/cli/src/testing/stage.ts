import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FakeControlPlane, startFake } from '@soundbite/client/testing/fake-control-plane.ts';
import type { FakeWorld } from '@soundbite/client/testing/fake-world.ts';
import { runCommandLine } from '../run.ts';

export const repositoryRoot = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');

export interface CliResult {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the CLI. `end` is its outcome; `saw` waits until its output holds a text. */
interface Running {
  readonly end: Promise<CliResult>;
  saw(text: string): Promise<void>;
  interrupt(): void;
  /** Ends its standard input. */
  leave(): void;
}

/** A fake control plane, a home that names it, and the CLI in this process (cli-process.test.ts starts it as its own). */
export interface CliStage {
  readonly fake: FakeControlPlane;
  readonly home: string;
  run(...words: string[]): Promise<CliResult>;
  start(...words: string[]): Running;
  /** Writes control-plane.json anew, e.g. after a restart. */
  announce(): Promise<void>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another repository than this one. */
  readonly root?: string;
  /** The width of a terminal on standard output; absent: a pipe. */
  readonly columns?: number;
  /** Why writing to an output fails, from the first time on. */
  readonly unwritable?: Unwritable;
}

export type Unwritable = Partial<Record<'stdout' | 'stderr', NodeJS.ErrnoException>>;

export async function setStage(
  world?: FakeWorld,
  { env = {}, root = repositoryRoot, columns, unwritable = {} }: StageOptions = {},
): Promise<CliStage> {
  const fake = await startFake(world);
  const home = await mkdtemp(join(tmpdir(), 'soundbite-cli-'));
  const start = (...words: string[]) =>
    startCli(words, { root, env: { SOUNDBITE_HOME: home, ...env }, columns, unwritable });
  const announce = () =>
    writeFile(join(home, 'control-plane.json'), JSON.stringify({ url: fake.url, token: fake.token, pid: process.pid }));
  await announce();
  return {
    fake,
    home,
    start,
    run: (...words) => start(...words).end,
    announce,
    async close() {
      await fake.stop();
      await rm(home, { recursive: true });
    },
  };
}

interface Setting {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number | undefined;
  readonly unwritable: Unwritable;
}

function startCli(words: readonly string[], { root, env, columns, unwritable }: Setting): Running {
  const said = new EventEmitter();
  const signals = new EventEmitter();
  const written = { stdout: '', stderr: '' };
  let ended = false;
  const stream = (name: 'stdout' | 'stderr') =>
    ({
      isTTY: columns !== undefined,
      columns,
      on: () => undefined,
      write(text: string, done: (error?: Error) => void) {
        if (!unwritable[name]) written[name] += text;
        said.emit('text');
        done(unwritable[name]);
        return !unwritable[name];
      },
    }) as unknown as NodeJS.WriteStream;
  const stdin = Object.assign(new EventEmitter(), { isTTY: false, readableEnded: false, resume: () => undefined });
  const host = {
    env,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    cwd: () => process.cwd(),
    on: (event: string, listener: () => void) => signals.on(event, listener),
    off: (event: string, listener: () => void) => signals.off(event, listener),
  };
  const end = runCommandLine(words, root, host).then((exit) => {
    ended = true;
    said.emit('text');
    return { exit, ...written };
  });
  return {
    end,
    interrupt: () => void signals.emit('SIGINT'),
    leave: () => void stdin.emit('end'),
    async saw(text) {
      while (!`${written.stdout}${written.stderr}`.includes(text)) {
        if (ended) throw new Error(`it ended without saying ${text}:\n${written.stdout}${written.stderr}`);
        await new Promise<void>((resolve) => said.once('text', resolve));
      }
    },
  };
}
