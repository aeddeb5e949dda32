import type { Environment, Runtime } from '@soundbite/model';
import { behindEdge } from '../here.ts';
import type { ProcessRuntimeOptions } from '../process/parts.ts';
import { versionParts } from '../process/runtime.ts';
import type { VersionParts } from '../versions/parts.ts';
import { versionsRuntime } from '../versions/runtime.ts';
import type { ContainerOptions } from './containers.ts';
import { containerLabels, containerName, isOfReleases } from './spec.ts';

export type ComposeRuntimeOptions = Omit<ContainerOptions, 'codeFiles' | 'store'> & ProcessRuntimeOptions;

/** Containers of a Docker engine, each component one, behind the same edge as processes: see docs/decisions/0087. */
export function composeRuntime(options: ComposeRuntimeOptions): Runtime {
  const { containers, supervisor } = options;
  const standing = behindEdge(options);
  const parts = versionParts(options, 'compose');
  const runtime = versionsRuntime('compose', parts, standing);
  return {
    ...runtime,
    life: async (environment) => (await Promise.all([standing.life(environment), containers.life()])).join(),
    engineRoom: () => containers.room(),
    async retire(target, keep, fence) {
      const removed = await runtime.retire(target, keep, fence);
      return [...removed, ...(await sweep(options, parts, target.environment))];
    },
    async takeDown(place, outputs, fence) {
      await runtime.takeDown(place, outputs, fence);
      await sweep(options, parts, place.environment);
      await supervisor.stop(`relay-${place.environment.name}`);
      await containers.removeNetwork(place.environment.name);
    },
  };
}

/** Containers of an environment that belong to no version that it holds: what a removal left that was interrupted. Says which. */
async function sweep(
  { containers }: ComposeRuntimeOptions,
  { store }: VersionParts,
  { name }: Environment,
): Promise<string[]> {
  const [found, held] = await Promise.all([containers.list({ [containerLabels.environment]: name }), store.list(name)]);
  const releases = held.filter(({ image }) => image !== undefined).map(({ release }) => release);
  const lost = found.filter((one) => !isOfReleases(one.name, releases));
  await Promise.all(lost.map((one) => containers.stop(containerName(one.name))));
  return lost.map((one) => `container ${one.name}`);
}
