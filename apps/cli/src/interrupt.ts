import type { Host } from './shell.ts';

/** Runs `work` with a signal that Ctrl-C aborts (once; a second Ctrl-C ends the process as usual). */
export const untilInterrupt = <T>(host: Host, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  untilSignal(host, ['SIGINT'], work);

/**
 * As `untilInterrupt`, for what has no end of its own: it ends with its terminal, too, unless whoever started it wants it to go on (nohup, which
 * soundbite.sh tells, since Node forgets it).
 */
export const untilClosed = <T>(host: Host, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  untilSignal(host, host.env.SOUNDBITE_NOHUP ? ['SIGINT'] : ['SIGINT', 'SIGHUP'], work);

/** As `untilClosed`, for what is done for its reader alone: it ends when nobody reads any more. */
export const untilUnread = <T>(host: Host, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  untilClosed(host, (signal) => {
    const controller = new AbortController();
    const stop = () => controller.abort(new Interrupted());
    host.stdout.lost.addEventListener('abort', stop);
    if (host.stdout.lost.aborted) stop();
    return work(AbortSignal.any([signal, controller.signal])).finally(() =>
      host.stdout.lost.removeEventListener('abort', stop),
    );
  });

async function untilSignal<T>(
  host: Host,
  names: readonly ('SIGINT' | 'SIGHUP')[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const deaf = () => {
    for (const name of names) host.off(name, stop);
  };
  const stop = () => {
    deaf();
    controller.abort(new Interrupted());
  };
  for (const name of names) host.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    deaf();
  }
}

/** A person pressed Ctrl-C, closed the terminal, or reads no more. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Whether an error is only that somebody wanted an end. Timers wrap the reason as their cause. */
export const isInterrupt = (error: unknown): boolean =>
  error instanceof Interrupted || (error instanceof Error && error.cause instanceof Interrupted);
