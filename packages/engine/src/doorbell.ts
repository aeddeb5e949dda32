// Not public API, hence one small file with a test: the public queue is looked at in fixed intervals only.
import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';

/** Shortest pause between two looks after somebody rang, in ms. */
const quickMs = 25;
/** Pause between two looks at rest, in ms: for what another control plane put into the queue, or let go. */
const restMs = 1_000;
/** The same for DBOS's own queue, which nothing here uses: what is resumed or forked by hand waits in it. */
const unusedRestMs = 10_000;

/** What DBOS itself does each second for queues that are registered or delayed while it runs: ours is not, once it is known. In ms. */
const upkeepMs = 10_000;

export interface Doorbell {
  /** Something was put into the queue, or has left it: look now. */
  ring(): void;
  /** Looks at a queue no more for so many ms. */
  leave(queue: string, ms: number): void;
  /** DBOS looks at the queue in its own way again. */
  remove(): void;
}

/**
 * Lets DBOS look at queues when there is reason to, instead of ten times a second day and night: at rest a look is three round trips to
 * Postgres that find nothing. Call it before DBOS is launched; `ring` before it is shut down, so that nobody waits for the look at rest.
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
      // What rang ends soon after and lets the next one in: that one waits at most as long again, in a few looks and not in sixty.
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
