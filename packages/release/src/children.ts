import { spawn } from 'node:child_process';
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
}

/**
 * Runs a program with a clean environment. Errors: the one that the child names in its last line (`{"error": ErrorDocument}`), else
 * `<name>-failed` with the end of what it said.
 */
export function runChild(child: CutChild): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const running = spawn(child.program ?? process.execPath, child.args, {
      cwd: child.cwd,
      env: child.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(child.signal ? { signal: child.signal } : {}),
    });
    let stdout = '';
    let stderr = '';
    running.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    running.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    running.once('error', (cause: NodeJS.ErrnoException) => reject(notStarted(child, cause)));
    running.once('close', (code, signal) => {
      if (code === 0) return resolve({ stdout, stderr });
      const failed = `${child.name} ended with ${signal ?? code}: ${ending(stderr)}`;
      reject(
        namedError(stderr) ??
          new SoundBiteError(`${child.name}-failed`, failed, {
            hint: 'fix what the message names, then cut again',
          }),
      );
    });
  });
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
