import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type ErrorDocument, receivedError, SoundBiteError } from '@soundbite/model';

export interface CutChild {
  /** What it is, for messages: `synthesis`. */
  readonly name: 'sbom' | 'synthesis';
  /** Node when absent. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** After this time it is ended and has failed, in ms; none when absent. */
  readonly withinMs?: number;
}

/** What a child may print, in characters; more is an error of its own. */
const mostOutput = 64 * 1024 * 1024;
/** What is kept of its standard error: the end says why. */
const keptErrors = 64 * 1024;

/**
 * Becomes the program, in a group with a guard: when this process closes the fourth pipe, or is gone with it, all of the group is killed. So nothing that the
 * program started outlives the run, and nothing at all outlives this process.
 */
const guarded = '(read -r _ <&3; kill -9 0) & exec 3<&-; exec "$@"';

/**
 * Runs a program with a clean environment. It is ended with all that it started when it is over, when its time is, when it prints too much, or by `signal`. Errors: the
 * one that it names in its last line (`{"error": ErrorDocument}`), else `<name>-failed` with the end of what it said.
 */
export async function runChild(child: CutChild): Promise<{ readonly stdout: string }> {
  const { name, program = process.execPath, args, cwd, env } = child;
  const running = spawn('/bin/sh', ['-c', guarded, 'sh', program, ...args], {
    ...{ cwd, env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const why = endings(child, running);
  const [stdout, stderr, left] = await Promise.all([
    textOf(running.stdout, (text) => {
      if (text.length > mostOutput) why.end(`${name} printed more than 64 MiB`);
      return text;
    }),
    textOf(running.stderr, (text) => text.slice(-keptErrors)),
    new Promise<string | number | null>((resolve, reject) => {
      running.once('error', reject);
      running.once('exit', why.over);
      running.once('close', (code, signal) => resolve(signal ?? code));
    }),
  ]);
  if (left === 0) return { stdout };
  const failed = why.said() ?? `${name} ended with ${left}: ${ending(stderr)}`;
  const hint = 'fix what the message names, then cut again';
  throw namedError(stderr) ?? new SoundBiteError(`${name}-failed`, failed, { hint });
}

/** Ends a child before it ends by itself, and remembers why. */
function endings({ name, signal, withinMs }: CutChild, { stdio }: ChildProcess) {
  let why: string | null = null;
  const over = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    stdio[3]?.destroy();
  };
  const end = (reason: string) => {
    why ??= reason;
    over();
  };
  const stop = () => end(`${name} was stopped`);
  const late = () => end(`${name} did not end within ${(withinMs ?? 0) / 1000} s`);
  const timer = withinMs === undefined ? undefined : setTimeout(late, withinMs);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  return { end, over, said: () => why };
}

async function textOf(stream: Readable | null, keep: (text: string) => string): Promise<string> {
  let text = '';
  for await (const chunk of stream?.setEncoding('utf8') ?? []) text = keep(text + chunk);
  return text;
}

/** Variables passed to a child: paths of programs and temporary files, and nothing that could change its output. */
export function plainEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

function namedError(stderr: string): SoundBiteError | null {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"error":')) return null;
  return receivedError((JSON.parse(last) as { readonly error: ErrorDocument }).error);
}

const ending = (text: string): string => text.trim().split('\n').slice(-20).join('\n');
