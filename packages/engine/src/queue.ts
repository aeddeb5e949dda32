import { DBOS } from '@dbos-inc/dbos-sdk';
import { doorbell } from './doorbell.ts';

/** One queue; its partitions are the environments: one at a time acts on each, over all control planes. */
const queueName = 'environments';

/** A lower number comes first: a rollback is never behind a promotion that has not begun. */
const priorities = { rollback: 1, reconcile: 5, destroy: 5, promote: 10 } as const;

export type Urgency = keyof typeof priorities;

export interface EnvironmentQueue {
  /** To be called once DBOS is launched. */
  register(): Promise<void>;
  /** Puts a workflow into an environment's queue, once for each id; gives its handle. */
  enqueue<Args extends unknown[], T>(
    workflow: (...args: Args) => Promise<T>,
    what: { readonly id: string; readonly environment: string; readonly urgency: Urgency },
    ...args: Args
  ): Promise<{ getResult(options?: { pollingIntervalMs?: number }): Promise<T> }>;
  /** Something was put into the queue, or has left it: look now, and tell the others. */
  ring(): void;
  /** Somebody else rang. */
  rung(): void;
  remove(): void;
}

/** `tell` lets the other control planes on the database look, too. */
export function environmentQueue(tell: () => void): EnvironmentQueue {
  const bell = doorbell(queueName);
  const ring = (): void => {
    bell.ring();
    tell();
  };
  return {
    async register() {
      await DBOS.registerQueue(queueName, {
        partitionConcurrency: 1,
        minPollingIntervalMs: 1,
        onConflict: 'always_update',
      });
    },
    async enqueue(workflow, { id, environment, urgency }, ...args) {
      const handle = await DBOS.startWorkflow(workflow, {
        workflowID: id,
        queueName,
        enqueueOptions: { queuePartitionKey: environment, priority: priorities[urgency] },
      })(...args);
      ring();
      return handle;
    },
    ring,
    rung: () => bell.ring(),
    remove: () => bell.remove(),
  };
}
