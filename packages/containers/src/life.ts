import { SoundBiteError } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';

/** So long after an engine was away its containers may still be starting: it starts them itself, in ms. */
const settlingMs = 5_000;

/** An engine's calls, and what is known of its life by them: no engine says when it was started. */
export interface WatchedCalls {
  readonly calls: EngineCalls;
  /** Another one whenever the engine was away; while it is, and for a moment after it, no two are equal. Never throws. */
  life(): Promise<string>;
}

export function watchedCalls(engine: EngineCalls, now: () => number = () => performance.now()): WatchedCalls {
  let outages = 0;
  let awayAt = Number.NEGATIVE_INFINITY;
  const noting = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof SoundBiteError && error.code === 'engine-down') {
        outages++;
        awayAt = now();
      }
      throw error;
    }
  };
  const calls: EngineCalls = {
    host: engine.host,
    json: (...asked) => noting(engine.json(...asked)),
    bytes: (...asked) => noting(engine.bytes(...asked)),
    stream: (...asked) => noting(engine.stream(...asked)),
  };
  return {
    calls,
    async life() {
      await calls.bytes('GET', '/_ping', { silenceMs: 5_000 }).catch(() => {});
      return now() - awayAt < settlingMs ? `engine settles ${outages} at ${now()}` : `engine ${outages}`;
    },
  };
}
