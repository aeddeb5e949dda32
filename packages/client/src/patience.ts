import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isConnectionError } from './transport.ts';

/** Counts for how long there was no control plane to ask. Time with an open connection does not count, however silent it was. */
export function patienceOf(ms: number) {
  let away = 0;
  let since = performance.now();
  return {
    /** A try begins, after a pause of so many ms. */
    begins(pauseMs = 0): void {
      away += pauseMs;
      since = performance.now();
    },
    /** Something was heard: what was away is there again. */
    heard(): void {
      away = 0;
    },
    /** Whether it is tried again after this error. */
    outlasts(error: unknown): boolean {
      if (!isConnectionError(error)) return false;
      if (error instanceof SoundBiteError && error.code !== 'connection-lost') away += performance.now() - since;
      return away < ms;
    },
  };
}
