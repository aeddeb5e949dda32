import { setTimeout as pause } from 'node:timers/promises';
import type { Digest, Runtime, Target } from '@soundbite/model';
import { errorReader } from './error-lines.ts';

const longest = 600;
const lookEveryMs = 200;

/**
 * The last error that a version has logged since a time (ms since 1970), waiting for it for `withinMs`: a line is in the log a moment after
 * the answer. Null when there is none. The service's answers name no account or role to the world, its log does.
 */
export async function reasonInLogs(
  runtime: Runtime,
  target: Target,
  release: Digest,
  sinceMs: number,
  withinMs: number,
): Promise<string | null> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await lastError(runtime, target, release, sinceMs);
    if (found !== null || performance.now() + lookEveryMs > end) return found;
    await pause(lookEveryMs);
  }
}

async function lastError(runtime: Runtime, target: Target, release: Digest, sinceMs: number): Promise<string | null> {
  const errorIn = errorReader(release);
  let last: string | null = null;
  for await (const { source, text } of runtime.logs(target, { sinceMs, follow: false, of: release }))
    last = errorIn(source, text) ?? last;
  return last?.slice(0, longest) ?? null;
}
