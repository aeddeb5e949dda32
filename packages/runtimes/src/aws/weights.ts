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

/**
 * Moves the `live` aliases of both functions: worker first when going forward, API first when going back. The worker's mapping feeds it
 * from the first weights on. Without any weights the environment is empty: the edge says so, the mapping rests, the aliases stand on the static version.
 * Returns when only the wanted versions answer (`alias-unsettled` after so many ms). Going back both move at once before that is waited for, since what is left is to be left soon.
 */
export async function shift(
  clients: FencedClients & Proving,
  edge: Edge,
  target: Target,
  weights: readonly VersionShare[],
  direction: 'forward' | 'back',
  settlesWithinMs: number,
): Promise<void> {
  const main = mainOf(weights);
  if (!main) {
    await routeEdge(clients, edge, target, null);
    await setMapping(clients, target, false);
  }
  const wantedOf = async (functionOutput: string) => {
    const name = outputOf(target, functionOutput);
    return { name, wanted: await aliasTarget(clients, name, weights, main) };
  };
  const [ofApi, ofWorker] = await Promise.all([
    wantedOf(stackOutputs.apiFunction),
    wantedOf(stackOutputs.workerFunction),
  ]);
  const move = async ({ name, wanted }: typeof ofApi, harmless: unknown) => {
    const { arn } = await pointAlias(clients, name, wanted);
    if (name === ofApi.name) await leadToAlias(clients, target, arn);
    return () => settled(clients, name, wanted, harmless, settlesWithinMs);
  };
  const moveApi = () => move(ofApi, httpEvent({ method: 'GET', path: '/health' }, Date.now()));
  const moveWorker = () => move(ofWorker, { Records: [] });
  const feedWorker = async () => {
    if (main) await setMapping(clients, target, true);
  };
  if (direction === 'forward') {
    const workerSettled = await moveWorker();
    await workerSettled();
    await feedWorker();
    const apiSettled = await moveApi();
    await apiSettled();
  } else {
    const apiSettled = await moveApi();
    const workerSettled = await moveWorker();
    await feedWorker();
    await Promise.all([apiSettled(), workerSettled()]);
  }
  if (main) await routeEdge(clients, edge, target, main.release);
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
