import {
  type ComponentState,
  type RunningProcess,
  type Target,
  type UsedMemory,
  unknownMemory,
} from '@soundbite/model';
import { processName } from './names.ts';
import type { VersionParts } from './parts.ts';
import { processMemory } from './process-memory.ts';
import { routeOf } from './route.ts';

/** Each component of each version that an environment holds, as what keeps it running tells of it. */
export async function componentsOfVersions(parts: VersionParts, target: Target): Promise<ComponentState[]> {
  const { name } = target.environment;
  const [processes, route, installed] = await Promise.all([
    parts.supervisor.list(name),
    routeOf(parts.edge, target),
    parts.store.list(name),
  ]);
  const serving = (route?.upstreams ?? []).filter(({ share }) => share > 0).map(({ release }) => release);
  const found = installed.flatMap((version) =>
    version.processes.components.map(async (component): Promise<ComponentState> => {
      const process = processes.find((one) => one.name === processName(name, component.name, version.release));
      return {
        component: component.name,
        as: version.image === undefined ? 'process' : 'container',
        release: version.release,
        serves: serving.includes(version.release),
        ...stateOf(process),
        restarts: process?.restarts ?? null,
        oomKills: process?.container?.oomKills ?? null,
        lastOomKill: process?.container?.lastOomKill ?? null,
        memory: await memoryOfProcess(parts, process),
      };
    }),
  );
  return Promise.all(found);
}

const stateOf = (process: RunningProcess | undefined) => ({
  state: process?.state ?? 'not there',
  isWell: process?.state === 'healthy',
  ...(process?.reason === undefined ? {} : { reason: process.reason }),
});

async function memoryOfProcess({ memoryOf }: VersionParts, process: RunningProcess | undefined): Promise<UsedMemory> {
  if (process?.container) {
    const { limitMiB, reservedMiB } = process.container.memory;
    // The engine may be asked in vain; then its limit is known all the same.
    const now = await memoryOf?.(process.name).catch(() => unknownMemory);
    return { ...(now ?? unknownMemory), limitMiB, ...(reservedMiB === undefined ? {} : { reservedMiB }) };
  }
  return process?.pid ? processMemory(process.pid) : unknownMemory;
}
