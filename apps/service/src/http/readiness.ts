import type { ServiceParts } from '../parts.ts';
import { publicReason, TellableError } from '../reason.ts';

/** One dependency as it answered just now. */
interface DependencyCheck {
  readonly name: string;
  readonly ok: boolean;
  /** Milliseconds. */
  readonly ms: number;
  /** Why, without accounts and roles: these are in the log. */
  readonly error?: string;
}

export interface Readiness {
  readonly status: 'ready' | 'unready';
  readonly dependencies: readonly DependencyCheck[];
  readonly jobs: {
    readonly waiting: number | null;
    readonly inFlight: number | null;
    readonly deadLetters: number | null;
    /** Age in seconds of the oldest unfinished soundbite; null when there is none, or it could not be read. */
    readonly oldestSeconds: number | null;
  };
}

const TIMEOUT_MS = 3_000;

/** Asks every dependency, side by side. `extra` are those that only one part has (the worker's engine). */
export async function readiness(
  parts: ServiceParts,
  extra: Readonly<Record<string, () => Promise<unknown>>> = {},
): Promise<Readiness> {
  const { table, bucket, queue } = parts;
  const [depth, dead, oldest, ...rest] = await Promise.all([
    check(parts, 'queue', () => queue.depth()),
    check(parts, 'deadLetters', () => queue.deadLetters()),
    check(parts, 'table', () => table.oldestOpen()),
    check(parts, 'bucket', () => bucket.ping()),
    ...Object.entries(extra).map(([name, ask]) => check(parts, name, ask)),
  ]);
  const dependencies = [depth, dead, oldest, ...rest].map(({ check }) => check);
  const since = oldest.value?.createdAt;
  return {
    status: dependencies.every(({ ok }) => ok) ? 'ready' : 'unready',
    dependencies,
    jobs: {
      waiting: depth.value?.waiting ?? null,
      inFlight: depth.value?.inFlight ?? null,
      deadLetters: dead.value?.waiting ?? null,
      oldestSeconds: since === undefined ? null : Math.max(0, Math.round((parts.now() - Date.parse(since)) / 1000)),
    },
  };
}

async function check<Value>(
  { log }: ServiceParts,
  name: string,
  ask: () => Promise<Value>,
): Promise<{ check: DependencyCheck; value?: Value }> {
  const begun = performance.now();
  const ms = () => Math.round((performance.now() - begun) * 10) / 10;
  try {
    const value = await withTimeout(ask());
    return { check: { name, ok: true, ms: ms() }, value };
  } catch (error) {
    log.warn({ error, dependency: name }, 'a dependency does not answer');
    return { check: { name, ok: false, ms: ms(), error: publicReason(error) } };
  }
}

async function withTimeout<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TellableError(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
