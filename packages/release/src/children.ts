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
 * Runs a program with a clean environment. It is ended with all that it started when its time is over, when it prints too much, or by `signal`. Errors: the one that
 * it names in its last line (`{"error": ErrorDocument}`), else `<name>-failed` with the end of what it said.
 */
export async function runChild(child: CutChild): Promise<{ readonly stdout: string }> {
  const running = spawn(child.program ?? process.execPath, child.args, {
    cwd: child.cwd,
    env: child.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what it starts in turn (npx starts another program) ends with it.
    detached: true,
  });
  const why = endings(child, running);
  const [stdout, stderr, left] = await Promise.all([
    textOf(running.stdout, (text) => {
      if (text.length > mostOutput) why.end(`${child.name} printed more than 64 MiB`);
      return text;
    }),
    textOf(running.stderr, (text) => text.slice(-keptErrors)),
    new Promise<string | number | null>((resolve, reject) => {
      running.once('error', (cause: NodeJS.ErrnoException) => reject(notStarted(child, cause)));
      running.once('close', (code, signal) => resolve(signal ?? code));
    }).finally(why.settled),
  ]);
  if (left === 0) return { stdout };
  const failed = why.said() ?? `${child.name} ended with ${left}: ${ending(stderr)}`;
  const hint = 'fix what the message names, then cut again';
  throw namedError(stderr) ?? new SoundBiteError(`${child.name}-failed`, failed, { hint });
}

/** Ends a child before it ends by itself, and remembers why. */
function endings({ name, signal, withinMs }: CutChild, running: ChildProcess) {
  let why: string | null = null;
  const end = (reason: string) => {
    why ??= reason;
    if (running.pid === undefined) return;
    try {
      process.kill(-running.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const stop = () => end(`${name} was stopped`);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const late = () => end(`${name} did not end within ${(withinMs ?? 0) / 1000} s`);
  const timer = withinMs === undefined ? undefined : setTimeout(late, withinMs);
  return {
    end,
    said: () => why,
    settled() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}

async function textOf(stream: Readable, keep: (text: string) => string): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text = keep(text + chunk);
  return text;
}

function notStarted({ name, program = 'node' }: CutChild, cause: NodeJS.ErrnoException): Error {
  if (cause.code !== 'ENOENT' && cause.code !== 'EACCES') return cause;
  const why = cause.code === 'ENOENT' ? 'there is no such program' : 'it cannot be run';
  return new SoundBiteError(`${name}-failed`, `${program} was not started: ${why}`, {
    hint: 'install it, or name another program in service.yaml',
    cause,
  });
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
