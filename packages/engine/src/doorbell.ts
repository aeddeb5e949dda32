// Not public API, hence one small file with a test: DBOS polls a public queue at fixed intervals only.
import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';

/** Shortest pause between two looks after a ring, in ms. */
const quickMs = 25;
/** Idle interval between two looks, in ms: to find what another control plane queued or left. */
const restMs = 1_000;
/** The same for DBOS's own queue, which only holds workflows that were resumed or forked by hand. */
const unusedRestMs = 10_000;

/** Interval of the upkeep that DBOS does each second for queues registered or delayed while it runs; ours needs none once known. In ms. */
const upkeepMs = 10_000;

export interface Doorbell {
  /** Something was put into the queue, or has left it: look now. */
  ring(): void;
  /** Stops looking at a queue for so many ms. */
  leave(queue: string, ms: number): void;
  /** DBOS looks at the queue in its own way again. */
  remove(): void;
}

/**
 * Lets DBOS look at queues when there is a reason, instead of ten times a second: an idle look is three round trips to
 * Postgres that find nothing. Call it before DBOS is launched; `ring` before it is shut down, so that nobody waits for the next idle look.
 */
export function doorbell(queues: readonly string[]): Doorbell {
  const runner = wfQueueRunner as unknown as Runner;
  const look = runner.pollQueue;
  const intervals = runner.constructor as unknown as Record<'reconcileIntervalMs' | 'transitionIntervalMs', number>;

  const known = new Set<string>();
  const leftUntil = new Map<string, number>();
  let isRemoved = false;
  let rungAt = Number.NEGATIVE_INFINITY;
  const resting = new Set<() => void>();
  const wake = (): void => {
    for (const end of resting) end();
  };
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        resting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      resting.add(end);
    });
  runner.pollQueue = async (executor, polled) => {
    if (queues.includes(polled.name)) {
      known.add(polled.name);
      // From here on DBOS knows the queues: until then it has to look for them each second.
      if (known.size === queues.length) {
        intervals.reconcileIntervalMs = upkeepMs;
        intervals.transitionIntervalMs = upkeepMs;
      }
      // What rang usually ends soon and lets the next one in: intervals that double find that in a few looks instead of sixty.
      await rest(Math.min(Math.max(performance.now() - rungAt, quickMs), restMs));
    } else await rest(unusedRestMs);
    const leftMs = () => (leftUntil.get(polled.name) ?? 0) - performance.now();
    while (!isRemoved && leftMs() > 0) await rest(leftMs());
    return look.call(runner, executor, polled);
  };
  return {
    ring() {
      rungAt = performance.now();
      wake();
    },
    leave(queue, ms) {
      leftUntil.set(queue, performance.now() + ms);
    },
    remove() {
      isRemoved = true;
      runner.pollQueue = look;
      wake();
    },
  };
}

/** The part of DBOS's queue runner that is used here. */
interface Runner {
  pollQueue(executor: unknown, queue: { readonly name: string }): Promise<boolean>;
}
