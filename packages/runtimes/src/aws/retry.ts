import { setTimeout as sleep } from 'node:timers/promises';

/** Another change of the same function is under way, or its revision moved between our read and our write: look again. */
const busy = new Set([
  'ResourceConflictException',
  'ResourceNotReadyException',
  'PreconditionFailedException',
  'ResourceInUseException',
]);
const throttled = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'CodeStorageThrottled',
]);
const denied = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation']);

/** Whether the account refused a call for want of a permission. */
export const isDenied = (error: unknown): error is Error => error instanceof Error && denied.has(error.name);

export interface RetryOptions {
  readonly kind: 'emulated' | 'real';
  /** The first wait in ms; each next one is twice as long, up to 5 s. */
  readonly firstMs: number;
  /** How long a busy or throttled call is repeated, in ms. */
  readonly withinMs?: number;
  /** How long a new permission may take to be seen everywhere on a real cloud, in ms. */
  readonly deniedMs?: number;
}

/** Repeats a whole read-and-write that the target could not take now; the last error is thrown as it is. */
export async function retried<T>(options: RetryOptions, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const { withinMs = 60_000, deniedMs = options.kind === 'real' ? 60_000 : 0 } = options;
  for (let wait = options.firstMs; ; wait = Math.min(wait * 2, 5000)) {
    try {
      return await act();
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      const limit = busy.has(name) || throttled.has(name) ? withinMs : denied.has(name) ? deniedMs : 0;
      if (performance.now() - start + wait > limit) throw error;
      await sleep(wait);
    }
  }
}
