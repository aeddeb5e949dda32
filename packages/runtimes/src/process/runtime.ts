import { join } from 'node:path';
import { type Digest, type Fence, type Runtime, SoundBiteError, type Target } from '@soundbite/model';
import { behindEdge, contractPaths } from '../here.ts';
import { codeComparison, codeFilesOf } from './code-files.ts';
import { invokeProcess, processUrl, requestVersion } from './control.ts';
import { installProcesses, remove } from './install.ts';
import { type Installed, installedStore } from './installed.ts';
import { processLogs } from './logs.ts';
import { observeProcesses } from './observe.ts';
import type { ProcessParts, ProcessRuntimeOptions } from './parts.ts';
import { holdRoute, shareIn, writeRoute } from './route.ts';
import { pauseProcesses, shiftProcesses } from './weights.ts';

/** Node processes on this machine, kept alive by the host; the edge is their stable URL, their weights and their fence. */
export function processRuntime(options: ProcessRuntimeOptions): Runtime {
  const parts = partsOf(options);
  const standing = behindEdge(options);
  return {
    ...standing,
    ...invocation(parts),
    kind: 'process',
    keepsVersions: false,
    healthPaths: () => contractPaths,
    isHere: () => true,
    hasLimits: () => false,
    async takeDown({ environment, cloud }, outputs, fence) {
      // They are on this machine, whatever became of the stack.
      const target = { environment, cloud, outputs: outputs ?? {} };
      await shiftProcesses(parts, target, [], 'back', fence);
      await retire(parts, target, [], fence);
      await standing.rest(environment, fence.generation);
    },
    // Processes take of this machine what they need.
    capacity: async () => null,
    install: (target, release, fence) => installProcesses(parts, target, release, fence),
    setWeights: (target, weights, direction, fence) => shiftProcesses(parts, target, weights, direction, fence),
    pauseWorkers: (target, fence) => pauseProcesses(parts, target, fence),
    retire: (target, keep, fence) => retire(parts, target, keep, fence),
    observe: (target, only) => observeProcesses(parts, target, only),
    logs: (target, window) => processLogs(parts, target, window),
  };
}

function partsOf(options: ProcessRuntimeOptions): ProcessParts {
  const codeFiles = codeFilesOf(options.releases);
  const compareCode = codeComparison();
  const isAsReleased = async (directory: string, release: Digest) =>
    (await compareCode(directory, await codeFiles(release))).length === 0;
  const store = installedStore(join(options.home, 'versions'), isAsReleased);
  return { ...options, store, codeFiles, compareCode };
}

/** The one component of a service as processes that takes events; the other one takes requests. */
const invocable = 'worker';

const unknownComponent = ({ environment: { name } }: Target, component: string) =>
  new SoundBiteError('component-unknown', `${name} has no component ${component} to invoke; it has ${invocable}`);

/** Asks one version by its own address, past the edge. */
function invocation(parts: ProcessParts): Pick<Runtime, 'request' | 'invoke'> {
  const addressOf = async (target: Target, role: 'api' | 'worker', release: Digest) => {
    const installed = await known(parts, target, release);
    return { installed, url: processUrl(await parts.supervisor.list(), target.environment.name, role, release) };
  };
  return {
    async request(target, release, request) {
      const { url, installed } = await addressOf(target, 'api', release);
      return requestVersion(url, installed, request);
    },
    async invoke(target, release, component, event, withinMs) {
      if (component !== invocable) throw unknownComponent(target, component);
      const { url, installed } = await addressOf(target, component, release);
      return invokeProcess(url, installed, event, withinMs);
    },
  };
}

/** Stops versions that are not kept, after the edge has forgotten them; one that has traffic stays. */
async function retire(parts: ProcessParts, target: Target, keep: readonly Digest[], fence: Fence): Promise<string[]> {
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

async function known(parts: ProcessParts, target: Target, release: Digest): Promise<Installed> {
  const installed = await parts.store.find(target.environment.name, release);
  if (installed) return installed;
  throw new SoundBiteError('version-unknown', `${release} is not installed in ${target.environment.name}`, {
    hint: 'promote this release: its version was removed',
  });
}
