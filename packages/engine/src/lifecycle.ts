import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { receivedError } from '@soundbite/model';
import type { Departure } from './departure.ts';
import { forgetElsewhere } from './forgetting.ts';
import type { Opened } from './opening.ts';
import { type EnvironmentQueue, resultOf } from './queue.ts';
import type { Scheduler } from './scheduler.ts';
import type { Forgetting } from './store/homes.ts';
import { refuseBusy } from './workflow/destroy.ts';

interface Who {
  readonly actor: string;
  readonly reason: string | undefined;
}

interface Leaving {
  readonly key: string;
  readonly departure: Departure;
}

/** What is done to an environment beside promotions. */
export interface EnvironmentLifecycle {
  /** Brings back what the records say is live (after a reboot, a moved port); waits for the environment's promotion, if any. */
  reconcile(environment: string): Promise<string>;
  /** The same for a `dev` session that gives the environment back: its lock keeps promotions away, so it waits for no queue. */
  reconcileUnderLock(environment: string, holder: string): Promise<string>;
  /**
   * Takes an environment away with all its data, once its turn has come. The same key is the same request: it is done once, and ends alike for all who ask.
   * Errors: `environment-busy`, those of `takeDown`.
   */
  destroy(environment: string, actor: string, key?: string, reason?: string): Promise<void>;
  /** Gives an environment's stacks back to the tools of others, once its turn has come; keyed as `destroy`. Errors: `environment-busy`, those of `handBack`. */
  handBack(environment: string, actor: string, key?: string, reason?: string): Promise<void>;
  /**
   * Forgets what is recorded of an environment of another home that is gone; see `forgetElsewhere` of the records. `home`: its identity, or the first
   * digits of it. Errors: `environment-unknown`, `environment-busy` where that home's control plane runs.
   */
  forget(
    environment: string,
    home: string,
    forgetting: Omit<Forgetting, 'idempotencyKey'>,
    key?: string,
  ): Promise<void>;
}

export function environmentLifecycle(
  { records, locks, sites }: Opened,
  queue: EnvironmentQueue,
  workflows: Scheduler['workflows'],
): EnvironmentLifecycle {
  async function leave(environment: string, who: Who, { key, departure }: Leaving): Promise<void> {
    const site = sites.of(environment);
    const id = `${departure === 'destroyed' ? 'destroy' : 'handback'}/${site}/${key}`;
    if (!(await DBOS.getWorkflowStatus(id))) {
      await refuseBusy({ records, locks }, environment);
      await records.destroyAsked(environment, who, { key: id, departure });
    }
    const what = { id, site, urgency: 'destroy' } as const;
    const handle = await queue.enqueue(workflows.destroy, what, site, who.actor, id, departure);
    const error = await resultOf(handle);
    if (error) throw receivedError(error);
  }
  return {
    async reconcile(environment) {
      const site = sites.of(environment);
      const what = { id: randomUUID(), site, urgency: 'reconcile' } as const;
      const handle = await queue.enqueue(workflows.reconcile, what, site, null);
      return resultOf(handle);
    },
    async reconcileUnderLock(environment, holder) {
      const site = sites.of(environment);
      const handle = await DBOS.startWorkflow(workflows.reconcile, { workflowID: randomUUID() })(site, holder);
      return resultOf(handle);
    },
    destroy: (environment, actor, key = randomUUID(), reason = undefined) =>
      leave(environment, { actor, reason }, { key, departure: 'destroyed' }),
    handBack: (environment, actor, key = randomUUID(), reason = undefined) =>
      leave(environment, { actor, reason }, { key, departure: 'handed-back' }),
    forget: (environment, home, forgetting, key = randomUUID()) =>
      forgetElsewhere(records, environment, home, {
        ...forgetting,
        idempotencyKey: `forget/${environment}@${home}/${key}`,
      }),
  };
}
