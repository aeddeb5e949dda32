import type { Environment, Runtime } from '@soundbite/model';
import type { ProcessRuntimeOptions } from '../process/parts.ts';
import type { VersionParts } from '../versions/parts.ts';
import { containerLabels, containerName, isOfReleases } from './spec.ts';

type Parts = Pick<ProcessRuntimeOptions, 'containers' | 'supervisor'> & Pick<VersionParts, 'store'>;

/**
 * What versions that are containers need beside them goes with an environment's last one: lost containers, the relay, the network. Whichever runtime the environment has by then: `down`
 * asks no engine for a home that has no containers on record.
 */
export function withoutLeftovers(runtime: Runtime, { containers, supervisor, store }: Parts): Runtime {
  if (containers === undefined) return runtime;
  const holds = async (name: string) => (await store.list(name)).some(({ image }) => image !== undefined);
  // The relay goes last, so that what was interrupted is done again.
  const hadContainers = async (name: string) =>
    runtime.kind === 'compose' ||
    (await holds(name)) ||
    (await supervisor.list()).some((one) => one.name === relayOf(name));
  const removed = async <Result>({ name }: Environment, act: () => Promise<Result>) => {
    const had = await hadContainers(name);
    const result = await act();
    const lost = had ? await sweep(containers, store, name) : [];
    if (had && !(await holds(name))) {
      await containers.removeNetwork(name);
      await supervisor.stop(relayOf(name));
    }
    return { result, lost };
  };
  return {
    ...runtime,
    async retire(target, keep, fence) {
      const { result, lost } = await removed(target.environment, () => runtime.retire(target, keep, fence));
      return [...result, ...lost];
    },
    async takeDown(place, outputs, fence) {
      await removed(place.environment, () => runtime.takeDown(place, outputs, fence));
    },
  };
}

const relayOf = (environment: string) => `relay-${environment}`;

/** Containers of an environment that belong to no version that it holds: what a removal left that was interrupted. Says which. */
async function sweep(
  containers: NonNullable<Parts['containers']>,
  store: Parts['store'],
  environment: string,
): Promise<string[]> {
  const [found, held] = await Promise.all([
    containers.list({ [containerLabels.environment]: environment }),
    store.list(environment),
  ]);
  const releases = held.filter(({ image }) => image !== undefined).map(({ release }) => release);
  const lost = found.filter((one) => !isOfReleases(one.name, releases));
  await Promise.all(lost.map((one) => containers.stop(containerName(one.name))));
  return lost.map((one) => `container ${one.name}`);
}
