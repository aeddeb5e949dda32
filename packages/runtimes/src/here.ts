import type { Edge, Environment, RunningProcess, Signals, Standing, Supervisor } from '@soundbite/model';

/** What stands on this machine for all environments that are reached through it. */
export interface Machine {
  readonly edge: Edge & Signals;
  readonly supervisor: Pick<Supervisor, 'list'>;
  /** The processes that an emulated account is made of. */
  readonly accountParts: (account: string) => readonly string[];
}

/** How an environment stands whose requests come through this machine's edge, whatever runs behind it. */
export function behindEdge({ edge, supervisor, accountParts }: Machine) {
  /** Processes of a release are not among it, nor are the accounts of others. */
  const machineryUnder = ({ cloud }: Pick<Environment, 'cloud'>): readonly string[] => [
    'edge',
    ...(cloud.kind === 'emulated' ? accountParts(cloud.account) : []),
  ];
  return {
    looksEveryMs: () => 0,
    async address({ name }) {
      const url = (await edge.routes()).find((route) => route.environment === name)?.url;
      return url === undefined ? null : { url, wantsToken: false };
    },
    async rest({ name, port }, generation) {
      await edge.setRoute({ environment: name, port, generation, upstreams: [] });
    },
    requests: ({ environment }, since) => edge.requests(environment.name, since),
    life: async (environment) => lifeOf(machineryUnder(environment), await supervisor.list()),
  } satisfies Pick<Standing, 'looksEveryMs' | 'address' | 'rest' | 'requests' | 'life'>;
}

/** While a process of these is away, no two lives are equal: what is seen then says nothing, however long it takes. */
function lifeOf(names: readonly string[], processes: readonly RunningProcess[]): string {
  const machinery = processes.filter(({ name }) => names.includes(name));
  const lives = machinery.map(({ name, pid }) => `${name} ${pid}`).sort();
  const isWhole = machinery.every(({ state }) => state === 'healthy');
  return [...lives, ...(isWhole ? [] : [`at ${Date.now()}`])].join();
}
