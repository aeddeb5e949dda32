import type { Supervisor } from '@soundbite/model';

/** A host of another container, and which processes it runs. */
export interface HostBeside {
  readonly runs: (process: string) => boolean;
  readonly host: Supervisor;
}

/** One supervisor of a home whose processes are spread over several hosts: each is the first's that runs it, else the home's own. */
export function amongHosts(own: Supervisor, beside: readonly HostBeside[]): Supervisor {
  const hostOf = (name: string) => beside.find(({ runs }) => runs(name))?.host ?? own;
  return {
    ensure: (spec) => hostOf(spec.name).ensure(spec),
    amend: (name, env) => hostOf(name).amend(name, env),
    stop: (name) => hostOf(name).stop(name),
    list: async () => (await Promise.all([own, ...beside.map(({ host }) => host)].map((host) => host.list()))).flat(),
  };
}
