import { constants } from 'node:os';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { type EndSignal, endSignals } from './end-signals.ts';
import type { CliProcess } from './shell.ts';

/** Signals that a command handles itself. */
const heard = new WeakMap<CliProcess, readonly EndSignal[]>();

/** A signal ended the command; what it had started is ended in order. */
export class EndedBySignal extends SoundBiteError {
  /** As shells count: 128 and the signal's number. */
  readonly exit: number;

  constructor(signal: EndSignal) {
    super('ended-by-signal', `ended by ${signal} together with everything that --standalone started`, {
      hint: 'the same command continues where this one stopped',
    });
    this.exit = 128 + constants.signals[signal];
  }
}

/** Rejects with EndedBySignal as soon as a signal comes for which the command has no meaning of its own. Signals end nothing else until `off`. */
export function signalEnd(host: CliProcess): { readonly ended: Promise<never>; off(): void } {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => undefined);
  const listeners = endSignals.map((name) => ({
    name,
    listener: () => {
      const isWanted = name !== 'SIGHUP' || !host.env.SOUNDBITE_NOHUP;
      if (isWanted && !heard.get(host)?.includes(name)) reject(new EndedBySignal(name));
    },
  }));
  for (const { name, listener } of listeners) host.on(name, listener);
  return {
    ended,
    off: () => {
      for (const { name, listener } of listeners) host.off(name, listener);
    },
  };
}

/** Runs `work` with a signal that Ctrl-C aborts (once; a second Ctrl-C ends the process as usual). */
export const untilInterrupt = <T>(host: CliProcess, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  untilSignal(host, ['SIGINT'], work);

/**
 * Like `untilInterrupt`, for commands without an end: they also end with their terminal, unless nohup started them (which
 * soundbite.sh passes on, since Node forgets it).
 */
export const untilClosed = <T>(host: CliProcess, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  untilSignal(host, host.env.SOUNDBITE_NOHUP ? ['SIGINT'] : ['SIGINT', 'SIGHUP'], work);

/** Like `untilClosed`, for output only: it ends when its reader is gone. */
export const untilUnread = <T>(host: CliProcess, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  untilClosed(host, (signal) => {
    const controller = new AbortController();
    const stop = () => controller.abort(new Interrupted());
    host.stdout.lost.addEventListener('abort', stop);
    if (host.stdout.lost.aborted) stop();
    return work(AbortSignal.any([signal, controller.signal])).finally(() =>
      host.stdout.lost.removeEventListener('abort', stop),
    );
  });

/** Like `untilClosed`, for what another program began: it ends with its standard input, also when that program is killed. */
export const untilLeft = <T>(host: CliProcess, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  untilClosed(host, (signal) => {
    const controller = new AbortController();
    const stop = () => controller.abort(new Interrupted());
    for (const event of ['end', 'error']) host.stdin.once(event, stop);
    host.stdin.resume();
    if (host.stdin.readableEnded) stop();
    return work(AbortSignal.any([signal, controller.signal])).finally(() => {
      for (const event of ['end', 'error']) host.stdin.off(event, stop);
    });
  });

async function untilSignal<T>(
  host: CliProcess,
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
  heard.set(host, names);
  try {
    return await work(controller.signal);
  } finally {
    deaf();
    heard.delete(host);
  }
}

/** A person pressed Ctrl-C, closed the terminal, or stopped reading. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Whether an error is only that somebody wanted an end. Timers wrap the reason as their cause. */
export const isInterrupt = (error: unknown): boolean =>
  error instanceof Interrupted || (error instanceof Error && error.cause instanceof Interrupted);
