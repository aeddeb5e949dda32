import {
  type Digest,
  demandRuntime,
  type Environment,
  type Fence,
  type Observation,
  type Release,
} from '@soundbite/model';
import type { PromotionPorts } from '../ports.ts';
import type { Locks } from '../store/locks.ts';
import type { Records } from '../store/records.ts';
import { attempt, type Outcome } from './outcome.ts';
import { declared, deployed, placeOfEnvironment } from './run.ts';

interface Reconciliation {
  readonly ports: PromotionPorts;
  readonly records: Records;
  readonly locks: Locks;
  readonly installation: string;
}

/**
 * Makes the running state match the recorded live release: restarts processes after a reboot, tells the edge moved ports. It changes nothing where
 * all is as recorded, and goes through the environment's queue, so that it never meets a promotion. What a `dev` session holds is left to it,
 * unless that session (`holder`) asks.
 */
export async function reconcile(parts: Reconciliation, name: string, holder: string | null): Promise<string> {
  const { ports, records, locks, installation } = parts;
  // Before reading the lock: whoever takes the environment later has a newer generation, and this one is refused.
  const fence = { owner: installation, generation: await records.generation() };
  const held = await locks.holder(name);
  if (held !== holder) return held ? `left to ${held}` : `${holder} holds ${name} no more`;
  const environment = declared(ports, name);
  const outcome = await attempt(() => bringBack(parts, environment, fence), {
    environment: name,
    machinery: () => ports.runtime(environment.runtime).life(environment),
  });
  ports.emit({ code: 'reconciled', message: `${name}: ${outcome.detail}` });
  return outcome.detail;
}

async function bringBack(parts: Reconciliation, environment: Environment, fence: Fence): Promise<Outcome> {
  const { ports, records } = parts;
  const { liveRelease, previousRelease } = await records.environment(environment.name);
  if (!liveRelease) {
    await (await placeOfEnvironment(ports, environment)).cloud.access('administrator');
    return { state: 'succeeded', detail: 'empty' };
  }
  const { target, runtime } = await deployed(ports, environment);
  demandRuntime(environment, runtime.keepsVersions, target.outputs);
  const changed = [...(await runtime.install(target, await ports.releases.get(liveRelease), fence, 'store'))];
  await runtime.setWeights(target, [{ release: liveRelease, share: 1 }], 'forward', fence);
  if (previousRelease)
    await keepReady(
      parts,
      previousRelease,
      () => runtime.observe(target, 'versions'),
      async (release) => void changed.push(...(await runtime.install(target, release, fence, 'store'))),
    );
  const note = changed.length > 0 ? `; restored, changed by hand: ${changed.join(', ')}` : '';
  return { state: 'succeeded', detail: `as recorded${note}` };
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
