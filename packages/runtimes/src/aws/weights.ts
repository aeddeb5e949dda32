import { type Edge, SoundBiteError, stackOutputs, type Target, type VersionShare } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { type AliasTarget, pointAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import type { FencedClients } from './fence.ts';
import { leadToAlias } from './http-api.ts';
import { httpEvent } from './http-event.ts';
import { setMapping } from './mapping.ts';
import type { Proving } from './proof.ts';
import { routeEdge } from './route.ts';
import { settled } from './settle.ts';
import { knownVersion, staticVersion, versionsOf } from './versions.ts';

/** A move of traffic. */
interface Shift {
  readonly clients: FencedClients & Proving;
  readonly edge: Edge;
  readonly target: Target;
  /** How long it may take until only the wanted versions answer, in ms. */
  readonly settlesWithinMs: number;
}

/** A function, and what its `live` alias is to point at. */
interface Moved {
  readonly name: string;
  readonly wanted: AliasTarget;
}

/**
 * Moves the `live` aliases of both functions: worker first when going forward, API first when going back. The worker's mapping feeds it
 * from the first weights on. Without any weights the environment is empty: the edge says so, the mapping rests, the aliases stand on the static version.
 * Returns when only the wanted versions answer (`alias-unsettled` after so many ms).
 */
export async function shift(
  moving: Shift,
  weights: readonly VersionShare[],
  direction: 'forward' | 'back',
): Promise<void> {
  const { clients, edge, target } = moving;
  const main = mainOf(weights);
  if (!main) await stopTraffic(moving);
  const wantedOf = async (functionOutput: string): Promise<Moved> => {
    const name = outputOf(target, functionOutput);
    return { name, wanted: await aliasTarget(clients, name, weights, main) };
  };
  const [api, worker] = await Promise.all([wantedOf(stackOutputs.apiFunction), wantedOf(stackOutputs.workerFunction)]);
  const move = direction === 'forward' ? moveForward : moveBack;
  await move(moving, api, worker, async () => {
    if (main) await setMapping(clients, target, true);
  });
  if (main) await routeEdge(clients, edge, target, main.release);
}

async function stopTraffic({ clients, edge, target }: Shift): Promise<void> {
  await routeEdge(clients, edge, target, null);
  await setMapping(clients, target, false);
}

async function moveForward(moving: Shift, api: Moved, worker: Moved, feedWorker: () => Promise<void>): Promise<void> {
  const workerSettled = await moveWorker(moving, worker);
  await workerSettled();
  await feedWorker();
  const apiSettled = await moveApi(moving, api);
  await apiSettled();
}

/** Both move at once before it is waited for that they answer, since what is left is to be left soon. */
async function moveBack(moving: Shift, api: Moved, worker: Moved, feedWorker: () => Promise<void>): Promise<void> {
  const apiSettled = await moveApi(moving, api);
  const workerSettled = await moveWorker(moving, worker);
  await feedWorker();
  await Promise.all([apiSettled(), workerSettled()]);
}

/** Moves the API's alias; gives what waits until only the wanted versions answer. */
async function moveApi({ clients, target, settlesWithinMs }: Shift, { name, wanted }: Moved) {
  const { arn } = await pointAlias(clients, name, wanted);
  await leadToAlias(clients, target, arn);
  const harmless = httpEvent({ method: 'GET', path: '/health' }, Date.now());
  return () => settled(clients, name, wanted, harmless, settlesWithinMs);
}

/** The same for the worker's. */
async function moveWorker({ clients, settlesWithinMs }: Shift, { name, wanted }: Moved) {
  await pointAlias(clients, name, wanted);
  return () => settled(clients, name, wanted, { Records: [] }, settlesWithinMs);
}

/** The share that is not a part: the largest, the last of equals. */
function mainOf(weights: readonly VersionShare[]): VersionShare | null {
  const taking = weights.filter((weight) => weight.share > 0);
  if (taking.length > 2)
    throw new SoundBiteError('weights-too-many', `an alias supports two versions, not ${taking.length}`, {
      hint: 'give traffic to at most two releases',
    });
  return taking.reduce<VersionShare | null>(
    (best, weight) => (best && best.share > weight.share ? best : weight),
    null,
  );
}

async function aliasTarget(
  clients: Clients & Proving,
  functionName: string,
  weights: readonly VersionShare[],
  main: VersionShare | null,
): Promise<AliasTarget> {
  if (!main) return { version: staticVersion };
  const versions = await versionsOf(clients, functionName);
  const { version } = knownVersion(versions, main.release, functionName);
  const other = weights.find((weight) => weight !== main && weight.share > 0);
  if (!other) return { version };
  return {
    version,
    other: { version: knownVersion(versions, other.release, functionName).version, share: other.share },
  };
}
