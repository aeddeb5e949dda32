import type { Runtime } from '@soundbite/model';
import { behindEdge } from '../here.ts';
import type { ProcessRuntimeOptions } from '../process/parts.ts';
import { versionParts } from '../process/runtime.ts';
import { versionsRuntime } from '../versions/runtime.ts';
import type { ContainerOptions } from './containers.ts';
import { withoutLeftovers } from './leftovers.ts';

export type ComposeRuntimeOptions = Omit<ContainerOptions, 'codeFiles' | 'store'> & ProcessRuntimeOptions;

/** Containers of a Docker engine, each component one, behind the same edge as processes: see docs/decisions/0087. */
export function composeRuntime(options: ComposeRuntimeOptions): Runtime {
  const { containers, supervisor } = options;
  const standing = behindEdge(options);
  const parts = versionParts(options, 'compose');
  const runtime = withoutLeftovers(versionsRuntime('compose', parts, standing), {
    containers,
    supervisor,
    store: parts.store,
  });
  return {
    ...runtime,
    life: async (environment) => (await Promise.all([standing.life(environment), containers.life()])).join(),
    engineRoom: () => containers.room(),
  };
}
