import type { Host } from './shell.ts';

/** Runs `work` with a signal that Ctrl-C aborts (once; a second Ctrl-C ends the process as usual). */
export async function untilInterrupt<T>(host: Host, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    host.off('SIGINT', stop);
    controller.abort(new Interrupted());
  };
  host.on('SIGINT', stop);
  try {
    return await work(controller.signal);
  } finally {
    host.off('SIGINT', stop);
  }
}

/** A person pressed Ctrl-C. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Whether an error is only that Ctrl-C was pressed. Timers wrap the reason as their cause. */
export const isInterrupt = (error: unknown): boolean =>
  error instanceof Interrupted || (error instanceof Error && error.cause instanceof Interrupted);
