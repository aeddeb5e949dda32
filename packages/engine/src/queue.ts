import { DBOS, type WorkflowHandle } from '@dbos-inc/dbos-sdk';
import { homeOfSite, homeSite, type Site } from '@soundbite/model';
import { doorbell } from './doorbell.ts';
import { patience, pause } from './patience.ts';

/** The queue of the environments that all control planes on a database reach. Its partitions are the environments: one at a time acts on each. */
const sharedQueue = 'environments';

/** That of a home's own environments, to which no other control plane listens. */
const queueOf = (home: string | null): string => (home === null ? sharedQueue : `${sharedQueue}@${home}`);

/** Cancels what is queued or under way for one environment of a home whose control plane does not run. */
export async function dropQueue(home: string, name: string): Promise<void> {
  const queued = await DBOS.listWorkflows({ queueName: queueOf(home), status: ['ENQUEUED', 'PENDING', 'DELAYED'] });
  const site = homeSite(name, home);
  for (const { workflowID, queuePartitionKey } of queued)
    if (queuePartitionKey === site) await DBOS.cancelWorkflow(workflowID);
}

/** The queues to which a control plane listens. */
export const queuesOf = (home: string | null): readonly string[] => [...new Set([queueOf(null), queueOf(home)])];

/**
 * The result of a workflow, once it has ended: asked for at intervals that grow with the time it takes, since DBOS tells nobody of an end in another process.
 */
export async function resultOf<T>(handle: WorkflowHandle<T>): Promise<T> {
  const { firstMs, longestMs } = patience.result;
  for (const begun = performance.now(); ; ) {
    const status = (await handle.getStatus())?.status;
    if (status !== undefined && !underWay.has(status)) return handle.getResult();
    await pause(Math.min(Math.max((performance.now() - begun) / 8, firstMs), longestMs));
  }
}

const underWay = new Set(['ENQUEUED', 'DELAYED', 'PENDING']);

/** A lower number comes first: a rollback never waits behind a promotion that has not begun. */
const priorities = { rollback: 1, reconcile: 5, destroy: 5, promote: 10 } as const;

export type Urgency = keyof typeof priorities;

export interface EnvironmentQueue {
  /** To be called once DBOS is launched. */
  register(): Promise<void>;
  /** Puts a workflow into an environment's queue, once for each id; gives its handle. */
  enqueue<Args extends unknown[], T>(
    workflow: (...args: Args) => Promise<T>,
    what: { readonly id: string; readonly site: Site; readonly urgency: Urgency },
    ...args: Args
  ): Promise<WorkflowHandle<T>>;
  /** Something was put into the queue, or has left it: look now, and tell the others. */
  ring(): void;
  /** Leaves the shared queue to others for a moment, so as not to take again what was just left to them. */
  stepBack(): void;
  /** Somebody else rang. */
  rung(): void;
  remove(): void;
}

/** `tell` lets the other control planes on the database look, too. `home`: null where the database is one home's own. */
export function environmentQueue(home: string | null, tell: () => void): EnvironmentQueue {
  const queues = queuesOf(home);
  const bell = doorbell(queues);
  const ring = (): void => {
    bell.ring();
    tell();
  };
  return {
    async register() {
      const options = { partitionConcurrency: 1, minPollingIntervalMs: 1, onConflict: 'always_update' } as const;
      for (const queue of queues) await DBOS.registerQueue(queue, options);
    },
    async enqueue(workflow, { id, site, urgency }, ...args) {
      const handle = await DBOS.startWorkflow(workflow, {
        workflowID: id,
        queueName: queueOf(homeOfSite(site)),
        enqueueOptions: { queuePartitionKey: site, priority: priorities[urgency] },
      })(...args);
      ring();
      return handle;
    },
    ring,
    stepBack: () => bell.leave(sharedQueue, patience.stepBack.ms),
    rung: () => bell.ring(),
    remove: () => bell.remove(),
  };
}
