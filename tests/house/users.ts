import { setTimeout as pause } from 'node:timers/promises';
import type { testHouse } from './house.ts';

/** What the users of one environment had while an engine was away; times in ms. */
interface Outage {
  readonly environment: string;
  /** From the first request without an answer to the first one with one, once the engine was back. */
  readonly withoutAnswerMs: number;
  /** From when the engine answered to the first answer. */
  readonly afterEngineMs: number;
  /** Of requests that failed after that answer: when, since the engine answered, and why. */
  readonly failedAgain: readonly string[];
}

/** Users of each environment of a house, who ask it again and again, until `end`. */
export function users(house: Pick<ReturnType<typeof testHouse>, 'answering' | 'environments'>) {
  const ended = new AbortController();
  let backAt = Number.POSITIVE_INFINITY;

  async function ask(environment: string, port: number): Promise<Outage> {
    let [firstFailure, answeredAt] = [Number.NaN, Number.NaN];
    const failedAgain: string[] = [];
    while (!ended.signal.aborted) {
      const at = performance.now();
      const why = await house.answering('127.0.0.1', port).then(
        () => null,
        (error: unknown) => String(error),
      );
      if (why === null && at >= backAt && Number.isNaN(answeredAt)) answeredAt = performance.now();
      if (why !== null && Number.isNaN(firstFailure)) firstFailure = at;
      if (why !== null && at > answeredAt) failedAgain.push(`${Math.round(at - backAt)} ms: ${why}`);
      await pause(100);
    }
    const [withoutAnswerMs, afterEngineMs] = [firstFailure, backAt].map((from) => Math.round(answeredAt - from));
    return { environment, withoutAnswerMs: withoutAnswerMs ?? 0, afterEngineMs: afterEngineMs ?? 0, failedAgain };
  }

  const asking = house.environments.map((name, index) => ask(name, 8101 + index));
  return {
    /** From now on it counts what they are told. */
    engineIsBack() {
      backAt = performance.now();
    },
    end() {
      ended.abort();
      return Promise.all(asking);
    },
  };
}
