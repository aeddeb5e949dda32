import {
  addressedProcess,
  contractPaths,
  type Digest,
  type Environment,
  eventProcesses,
  type Fence,
  type HealthPaths,
  type Runtime,
  SoundBiteError,
  type Target,
} from '@soundbite/model';
import type { behindEdge } from '../here.ts';
import { componentsOfVersions } from './components.ts';
import { invokeProcess, processUrl, requestVersion } from './control.ts';
import type { Installed } from './held.ts';
import { installVersion, remove } from './install.ts';
import { processLogs } from './logs.ts';
import { observeProcesses } from './observe.ts';
import type { VersionParts } from './parts.ts';
import { holdRoute, shareIn, writeRoute } from './route.ts';
import { pauseProcesses, shiftProcesses } from './weights.ts';

/**
 * Versions on this machine that listen on ports of their own; the edge is their stable URL, their weights and their fence. How one is kept running is `parts`'
 * affair.
 */
export function versionsRuntime(
  kind: Runtime['kind'],
  parts: VersionParts,
  standing: ReturnType<typeof behindEdge>,
): Runtime {
  return {
    ...standing,
    ...invocation(parts),
    kind,
    keepsVersions: false,
    healthPaths: (environment) => healthPaths(parts, environment),
    isHere: () => true,
    hasLimits: () => false,
    async takeDown({ environment, cloud }, outputs, fence) {
      // They are on this machine, whatever became of the stack.
      const target = { environment, cloud, outputs: outputs ?? {} };
      await shiftProcesses(parts, target, [], 'back', fence);
      await retire(parts, target, [], fence);
      await standing.rest(environment, fence.generation);
    },
    // They take of this machine what they need.
    capacity: async () => null,
    install: (target, release, fence) => installVersion(parts, target, release, fence),
    setWeights: (target, weights, direction, fence) => shiftProcesses(parts, target, weights, direction, fence),
    pauseWorkers: (target, fence) => pauseProcesses(parts, target, fence),
    retire: (target, keep, fence) => retire(parts, target, keep, fence),
    observe: (target, only) => observeProcesses(parts, target, only),
    components: (target) => componentsOfVersions(parts, target),
    logs: (target, window) => processLogs(parts, target, window),
  };
}

/** Of what serves; of source that serves in the place of a release, those of that release. Null: nothing is installed. */
async function healthPaths({ edge, store }: VersionParts, { name }: Environment): Promise<HealthPaths | null> {
  const [routes, installed] = await Promise.all([edge.routes(), store.list(name)]);
  const upstreams = routes.find(({ environment }) => environment === name)?.upstreams ?? [];
  const live = upstreams.find(({ share }) => share > 0)?.release;
  const version = installed.find(({ release }) => release === live) ?? installed[0];
  if (!version) return null;
  if (version.processes.contract) return contractPaths;
  const health = addressedProcess(version.processes)?.health ?? '/';
  return { alive: health, ready: health, keepsContract: false };
}

const unknownComponent = ({ environment: { name } }: Target, component: string, known: readonly string[]) =>
  new SoundBiteError(
    'component-unknown',
    `${name} has no component ${component} to invoke; it has ${known.join(', ') || 'none that takes events'}`,
  );

/** Asks one version by its own address, past the edge. */
function invocation(parts: VersionParts): Pick<Runtime, 'request' | 'invoke'> {
  const urlOf = async (target: Target, component: string, release: Digest) =>
    processUrl(await parts.supervisor.list(target.environment.name), target.environment.name, component, release);
  return {
    async request(target, release, request) {
      const installed = await known(parts, target, release);
      const component = addressedProcess(installed.processes)?.name ?? '';
      return requestVersion(await urlOf(target, component, release), installed, request);
    },
    async invoke(target, release, component, event, withinMs, as) {
      const installed = await known(parts, target, release);
      const invocable = eventProcesses(installed.processes).map(({ name }) => name);
      if (!invocable.includes(component)) throw unknownComponent(target, component, invocable);
      return invokeProcess(await urlOf(target, component, release), installed, event, withinMs, as);
    },
  };
}

/** Stops versions that are not kept, after the edge has forgotten them; one that has traffic stays. */
async function retire(parts: VersionParts, target: Target, keep: readonly Digest[], fence: Fence): Promise<string[]> {
  const route = await holdRoute(parts.edge, target, fence);
  const installed = await parts.store.list(target.environment.name);
  const unwanted = installed.filter(({ release }) => !keep.includes(release) && shareIn(route, release) === 0);
  const isUnwanted = (release: Digest) => unwanted.some((one) => one.release === release);
  if (route.upstreams.some(({ release }) => isUnwanted(release)))
    await writeRoute(
      parts.edge,
      target,
      fence,
      route.upstreams.filter(({ release }) => !isUnwanted(release)),
    );
  await Promise.all(unwanted.map(({ release }) => remove(parts, target.environment.name, release)));
  return [];
}

async function known(parts: VersionParts, target: Target, release: Digest): Promise<Installed> {
  const installed = await parts.store.find(target.environment.name, release);
  if (installed) return installed;
  throw new SoundBiteError('version-unknown', `${release} is not installed in ${target.environment.name}`, {
    hint: 'promote this release: its version was removed',
  });
}
