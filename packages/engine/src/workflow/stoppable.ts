import { patience } from '../patience.ts';
import type { StepRun } from './run.ts';

/**
 * Work of a step that may take a while, and is called off by its signal as soon as somebody stops the promotion; then its result is why. Errors: those
 * of the work.
 */
export async function stoppable<T>(
  run: StepRun,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T } | { readonly stopped: string }> {
  const stop = new AbortController();
  const working = work(stop.signal);
  const ended = working.then(
    () => true,
    () => true,
  );
  try {
    while (!(await Promise.race([ended, run.wait(patience.lost.waitingMs).then(() => false)]))) {
      const { stopped, broken } = await run.records.asked(run.id);
      const why = broken ?? stopped;
      if (why !== null) return { stopped: why };
    }
    return { result: await working };
  } finally {
    stop.abort(new Error('the promotion was stopped'));
    await ended;
  }
}
