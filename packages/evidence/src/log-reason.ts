import { setTimeout as pause } from 'node:timers/promises';
import type { Digest, Runtime, Target } from '@soundbite/model';

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
  let last: string | null = null;
  for await (const { text } of runtime.logs(target, { sinceMs, follow: false })) last = errorIn(text, release) ?? last;
  return last;
}

/** The error of one line of the service's log, if it is one of this release. */
function errorIn(text: string, release: Digest): string | null {
  if (!text.startsWith('{')) return null;
  try {
    const line = JSON.parse(text) as {
      readonly level?: string;
      readonly release?: string;
      readonly msg?: string;
      readonly error?: { readonly type?: string; readonly message?: string };
    };
    if (line.release !== release || !line.error || !['warn', 'error', 'fatal'].includes(line.level ?? '')) return null;
    const { type, message } = line.error;
    return `${line.msg ?? 'error'}: ${type ?? 'Error'}: ${message ?? 'no message'}`.slice(0, longest);
  } catch {
    return null;
  }
}
