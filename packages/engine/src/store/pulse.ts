import { setTimeout as pause } from 'node:timers/promises';
import { patience } from '../patience.ts';

export interface Pulse {
  /** Does work that only reads, for as long as the database answers. Errors: what `silent` makes, and those of the work. */
  whileAnswering<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when the database has answered. Errors: what `silent` makes. */
  answers(): Promise<void>;
}

/**
 * Watches over a database for whoever only reads: a reader would rather hear that it is away than wait until it is back. `ask` is answered at once
 * by one that is well; one that is silent, or refuses, for `withinMs` is away. It is asked by one question at a time, however many wait.
 */
export function pulse(
  ask: () => Promise<unknown>,
  silent: (cause: unknown) => Error,
  withinMs: number = patience.reading.silentMs,
): Pulse {
  let asked: Promise<unknown> | null = null;
  const once = (): Promise<unknown> => {
    asked ??= ask().finally(() => {
      asked = null;
    });
    return asked;
  };

  /** Returns when it has answered; throws when it did not in time. */
  async function beat(signal: AbortSignal): Promise<void> {
    let cause: unknown = new Error('timeout');
    for (const end = performance.now() + withinMs; !signal.aborted; await pause(patience.reading.againMs)) {
      const left = Math.max(0, end - performance.now());
      const answer = await Promise.race([
        once().then(
          () => null,
          (error: unknown) => error,
        ),
        pause(left, undefined, { signal }).then(
          () => cause,
          () => null,
        ),
      ]);
      if (answer === null) return;
      cause = answer;
      if (performance.now() >= end) throw silent(cause);
    }
  }

  async function untilSilent(signal: AbortSignal): Promise<never> {
    for (;;) {
      await beat(signal);
      await pause(patience.reading.everyMs, undefined, { signal });
    }
  }

  return {
    answers: () => beat(new AbortController().signal),
    async whileAnswering(work) {
      const over = new AbortController();
      const reading = work();
      // Who has left hears of neither.
      reading.catch(() => undefined);
      const silence = untilSilent(over.signal);
      silence.catch(() => undefined);
      try {
        return await Promise.race([reading, silence]);
      } finally {
        over.abort();
      }
    },
  };
}
