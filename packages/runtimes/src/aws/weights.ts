import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { type Edge, SoundBiteError, stackOutputs, type Target, type VersionShare } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { poll } from '../waiting.ts';
import { type AliasTarget, pointAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import type { FencedClients } from './fence.ts';
import { httpEvent } from './http-event.ts';
import type { Proving } from './proof.ts';
import { retried } from './retry.ts';
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
  const move = async (functionOutput: string, harmless: unknown) => {
    const name = outputOf(target, functionOutput);
    const wanted = await aliasTarget(clients, name, weights, main);
    await pointAlias(clients, name, wanted);
    return () => settled(clients, name, wanted, harmless, settlesWithinMs);
  };
  const moveApi = () => move(stackOutputs.apiFunction, httpEvent({ method: 'GET', path: '/health' }, Date.now()));
  const moveWorker = () => move(stackOutputs.workerFunction, { Records: [] });
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
    throw new SoundBiteError('weights-too-many', `an alias takes two versions, not ${taking.length}`, {
      mend: 'give at most two releases a share',
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

/** Whether the worker's mapping feeds it, by the account. */
export async function isMappingEnabled({ lambda }: Clients, target: Target): Promise<boolean> {
  const UUID = outputOf(target, stackOutputs.workerMappingId);
  const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
  return State === 'Enabled' || State === 'Enabling' || State === 'Updating';
}

async function setMapping(clients: FencedClients, target: Target, wanted: boolean): Promise<void> {
  const UUID = outputOf(target, stackOutputs.workerMappingId);
  const { lambda, access, everyMs } = clients;
  const settled = async () => {
    const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === (wanted ? 'Enabled' : 'Disabled') ? true : undefined;
  };
  if (await settled()) return;
  await clients.hold();
  await retried({ kind: access.kind, firstMs: everyMs }, () =>
    lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: wanted })),
  );
  if (await poll(settled, { everyMs, withinMs: 180_000 })) return;
  throw new SoundBiteError(
    'mapping-stuck',
    `the worker's mapping ${UUID} is not ${wanted ? 'enabled' : 'disabled'} after 3 min`,
    {
      mend: `look at it: soundbite aws <environment> lambda get-event-source-mapping --uuid ${UUID}`,
    },
  );
}
