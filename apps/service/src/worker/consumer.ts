import type { ServiceParts } from '../parts.ts';
import type { Delivery } from '../stores/queue.ts';
import { returnMessage } from './batch.ts';
import { handleDelivery } from './job.ts';

/**
 * Jobs in hand at once: one or two speak, the others read, store and mark. The workers of two versions, which live side by
 * side during a promotion, together stay within what Polly takes at once (8).
 */
const SLOTS = 4;

/** Seconds of one long poll: also how long the end of a consumer may have to wait for its last poll. */
const POLL_SECONDS = 2;

/** After a failed poll: doubled up to the longest. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** Polls the queue, as Lambda's event source mapping does for the function. */
export interface Consumer {
  readonly consuming: boolean;
  /** Jobs in hand. */
  readonly inFlight: number;
  start(): void;
  /** Takes no new message; a message that a running poll still brings is given back at once. */
  stop(): void;
  /** Stops, and waits for polls and jobs in hand. */
  drain(): Promise<void>;
}

/** `finished` is told of each job: whether its message is done with, and how long it took in ms. */
export function createConsumer(parts: ServiceParts, finished: Finished = () => {}): Consumer {
  const jobs = new Set<Promise<void>>();
  const rest = interruptible();
  let consuming = false;
  let loop: Promise<void> = Promise.resolve();

  function take(delivery: Delivery): void {
    const job = consuming ? work(parts, delivery, finished) : returnMessage(parts, delivery, 0);
    jobs.add(job);
    job.finally(() => jobs.delete(job));
  }

  async function poll(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; consuming; ) {
      if (jobs.size >= SLOTS) {
        await Promise.race(jobs);
        continue;
      }
      try {
        const deliveries = await parts.queue.receive(SLOTS - jobs.size, POLL_SECONDS);
        pause = FIRST_PAUSE_MS;
        for (const delivery of deliveries) take(delivery);
      } catch (error) {
        parts.log.error({ error, pause }, 'the queue could not be read');
        await rest.for(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  return {
    get consuming() {
      return consuming;
    },
    get inFlight() {
      return jobs.size;
    },
    start() {
      if (consuming) return;
      consuming = true;
      loop = loop.then(poll);
    },
    stop() {
      consuming = false;
      rest.end();
    },
    async drain() {
      this.stop();
      await loop;
      await Promise.all(jobs);
    },
  };
}

type Finished = (done: boolean, ms: number) => void;

/** Does the job of a message, and deletes the message when it is done with. */
async function work(parts: ServiceParts, delivery: Delivery, finished: Finished): Promise<void> {
  const begun = parts.now();
  const verdict = await handleDelivery(parts, delivery);
  finished(verdict.done, parts.now() - begun);
  if (!verdict.done) return returnMessage(parts, delivery, verdict.retrySeconds);
  try {
    await parts.queue.delete(delivery);
  } catch (error) {
    // It will be delivered again, and found to be done.
    parts.log.warn({ error, messageId: delivery.messageId }, 'a finished message could not be deleted');
  }
}

/** A pause that may be ended early. */
function interruptible() {
  let end = () => {};
  return {
    for: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end: () => end(),
  };
}
