import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ErrorEnvelope } from '@soundbite/client';
import { receivedError, SoundBiteError } from '@soundbite/model/errors.ts';
import { programFile } from '@soundbite/model/programs.ts';
import { childEnvironment } from './child-environment.ts';
import type { Shell } from './shell.ts';

/**
 * Runs an entry file of another room as a child: it speaks one JSON document on standard output (null: none), or `{"error"}` in the last line of
 * standard error, which is thrown here. Errors: also `entry-broken`.
 */
export async function runEntry(shell: Shell, entry: string, args: readonly string[]): Promise<unknown> {
  const env = childEnvironment(shell);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [programFile(entry, shell.installation), ...args], {
      env,
    });
    return stdout.trim() ? JSON.parse(stdout) : null;
  } catch (error) {
    throw entryError(entry, error);
  }
}

function entryError(entry: string, error: unknown): SoundBiteError {
  const stderr = String((error as { stderr?: unknown }).stderr ?? '').trim();
  const lastLine = stderr.split('\n').at(-1) ?? '';
  const envelope = ErrorEnvelope.safeParse(parseOrNull(lastLine));
  if (envelope.success) return receivedError(envelope.data.error, error);
  // Below an error that nobody caught Node writes where it was thrown, and its own version last.
  const thrown = stderr.split('\n').find((line) => /^(Uncaught )?\w*Error\b/.test(line));
  return new SoundBiteError('entry-broken', `${entry} could not be run: ${thrown ?? (lastLine || String(error))}`, {
    cause: error,
  });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
