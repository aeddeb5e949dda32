import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Digest, Observation, Release } from '@soundbite/model';
import type { PromotionPorts } from '../ports.ts';
import type { Locks } from '../store/locks.ts';
import type { Records } from '../store/records.ts';
import { attempt, type Outcome } from './outcome.ts';
import { deployed, place } from './run.ts';

interface Reconciliation {
  readonly ports: PromotionPorts;
  readonly records: Records;
  readonly locks: Locks;
  readonly installation: string;
}

/**
 * Makes what runs agree with what is recorded as live: processes are back after a reboot, the edge knows moved ports. It changes nothing where
 * all is as recorded, and goes through the environment's queue, so that it never meets a promotion. What a `dev` session holds is left to it,
 * unless that session (`holder`) asks.
 */
export function reconcile(parts: Reconciliation, environment: string, holder: string | null): Promise<string> {
  return DBOS.runStep(
    async () => {
      // Before the look at the lock: whoever takes the environment after it acts under a newer generation, and this one is refused.
      const fence = { owner: parts.installation, generation: await parts.records.generation() };
      const held = await parts.locks.holder(environment);
      if (held !== holder) return held ? `left to ${held}` : `${holder} holds ${environment} no more`;
      const { liveRelease, previousRelease } = await parts.records.environment(environment);
      const outcome = await attempt(
        async (): Promise<Outcome> => {
          if (!liveRelease) {
            await place(parts, environment).then(({ cloud }) => cloud.access('administrator'));
            return { state: 'succeeded', detail: 'empty' };
          }
          const { target, runtime } = await deployed(parts, environment);
          const changed = [...(await runtime.install(target, await parts.ports.releases.get(liveRelease), fence))];
          await runtime.setWeights(target, [{ release: liveRelease, share: 1 }], 'forward', fence);
          if (previousRelease)
            await keepReady(
              parts,
              previousRelease,
              () => runtime.observe(target),
              async (release) => void changed.push(...(await runtime.install(target, release, fence))),
            );
          const note = changed.length > 0 ? `; put back, since somebody had changed it: ${changed.join(', ')}` : '';
          return { state: 'succeeded', detail: `as recorded${note}` };
        },
        { environment, machinery: () => parts.ports.machinery() },
      );
      parts.ports.emit({ code: 'reconciled', message: `${environment}: ${outcome.detail}` });
      return outcome.detail;
    },
    { name: 'reconcile' },
  );
}

/** The version that a rollback would go to is made ready again; an environment without it still serves, so that is only reported. */
async function keepReady(
  { ports }: Reconciliation,
  digest: Digest,
  observe: () => Promise<Observation>,
  install: (release: Release) => Promise<void>,
): Promise<void> {
  try {
    const there = (await observe()).versions.some(({ release, healthy }) => release === digest && healthy);
    if (!there) await install(await ports.releases.get(digest));
  } catch (error) {
    ports.emit({ code: 'rollback-target-not-ready', message: `${digest} is not ready to be rolled back to`, error });
  }
}
