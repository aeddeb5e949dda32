import {
  type Capacity,
  type ChangedMember,
  type ComponentState,
  type DeclaredOtherwise,
  type Digest,
  type Drift,
  type Environment,
  givenParameters,
  type HealthPaths,
  type PinnedResponse,
  type Runtime,
  type StackMember,
} from '@soundbite/model';
import { lookMemory } from './world/look-memory.ts';
import type { World } from './world/world.ts';

export const live: Digest = `sha256:${'a'.repeat(64)}`;
export const other: Digest = `sha256:${'b'.repeat(64)}`;

/** A real account behind an authorizer, as far as looking at it goes. All can be set; `asked` are the paths that were invoked, by release. */
export interface RealAccount {
  /** The release on which all traffic is; null: nobody's. */
  serving: Digest | null;
  ready: readonly [status: number, document: object];
  /** What its service declares to ask; null: nothing. */
  paths: HealthPaths | null;
  /** Whether its answers name their release by the header. */
  named: boolean;
  capacity: Capacity | null;
  bootstrapped: boolean;
  deployed: object | null;
  missing: readonly StackMember[];
  changed: readonly ChangedMember[];
  readonly asked: string[];
  /** How it was looked at, look by look. */
  readonly looks: string[];
  readonly capacityAskedFor: unknown[];
  /** What is there that no promotion made. */
  drift: Drift[];
  /** What a promotion under way brings; null: none is. */
  busy: Digest | null;
  /** Recorded environments that are no longer declared. */
  left: Environment[];
  /** Other homes on the database. */
  otherHomes: Awaited<ReturnType<World['engine']['records']['otherHomes']>>;
  /** How it is declared otherwise than on record; null: not at all. */
  otherDeclaration: DeclaredOtherwise | null;
  /** What AWS answers instead, when it is looked at or asked; null: nothing else. */
  refuses: Error | null;
  /** What asking the version throws; null: it answers. */
  answers: Error | null;
  /** What its runtime tells of its components, or why it does not. */
  components: readonly ComponentState[] | Error;
  /** When its credentials end, in ms since 1970; null: they do not. */
  expiration: number | null;
}

export const wellComponent: ComponentState = {
  ...{ component: 'api', as: 'function', release: live, serves: true, state: 'active', isWell: true },
  ...{ restarts: null, oomKills: null, lastOomKill: null, memory: { usedMiB: null, peakMiB: 87, limitMiB: 512 } },
};

export const realAccount = (over: Partial<RealAccount> = {}): RealAccount => ({
  serving: live,
  ready: [200, { dependencies: [{ name: 'table', ok: true, ms: 3 }], jobs: { waiting: 2, oldestSeconds: null } }],
  paths: { alive: '/health', ready: '/ready', keepsContract: true },
  named: true,
  capacity: { ok: true, detail: '1000 suffices for 10' },
  bootstrapped: true,
  deployed: { Resources: { Deployed: {} } },
  missing: [],
  changed: [],
  asked: [],
  looks: [],
  capacityAskedFor: [],
  drift: [],
  busy: null,
  left: [],
  otherHomes: [],
  otherDeclaration: null,
  refuses: null,
  answers: null,
  components: [wellComponent],
  expiration: null,
  ...over,
});

const asError = (error: unknown): Error => error as Error;

/** A world with one environment, staging, on that account; `live` is recorded there. */
export function worldOn(account: RealAccount): World {
  const environment = {
    name: 'staging',
    runtime: 'aws',
    cloud: { kind: 'real', account: '123456789012', region: 'eu-central-1', role: 'arn:aws:iam::123456789012:role/c' },
    authorizer: { issuer: 'https://login.example', audience: ['soundbite'] },
  } as unknown as Environment;
  const cloud = {
    kind: 'real',
    access: async () => ({
      ...{ account: '123456789012', region: 'eu-central-1' },
      credentials: account.expiration === null ? {} : { expiration: account.expiration },
    }),
  };
  const runtime: Partial<Runtime> = {
    isHere: () => false,
    hasLimits: () => true,
    address: async (_environment, outputs) =>
      outputs && { url: `https://${outputs.ApiId}.execute-api.eu-central-1.amazonaws.com`, wantsToken: true },
    async capacity(_place: unknown, template: unknown) {
      account.capacityAskedFor.push(template);
      return account.capacity;
    },
    healthPaths: async () => account.paths,
    looksEveryMs: () => 15_000,
    async observe(_target, only) {
      account.looks.push(only ?? 'whole');
      if (account.refuses) throw account.refuses;
      const { serving } = account;
      const versions = serving ? [{ release: serving, share: 1, healthy: true, detail: 'version 7 takes 100 %' }] : [];
      const seen = { versions, restarts: 0, drift: account.drift };
      return only === 'often'
        ? { ...seen, ready: serving && (await answerOf(serving, '/ready').catch(asError)) }
        : seen;
    },
    async components() {
      if (account.components instanceof Error) throw account.components;
      return account.components;
    },
    request: async (_target, release, { path }) => answerOf(release, path),
  };
  async function answerOf(release: Digest, path: string): Promise<PinnedResponse> {
    account.asked.push(`${release} ${path}`);
    if (account.answers) throw account.answers;
    const [status, document] = path === '/ready' ? account.ready : [200, path === '/version' ? { release } : {}];
    const headers: Record<string, string> = account.named ? { 'x-soundbite-release': release } : {};
    return { status, headers, release, body: Buffer.from(JSON.stringify(document)) };
  }
  return {
    declaration: () => ({ environments: [environment] }),
    clouds: { of: async () => cloud },
    infrastructure: {
      isBootstrapped: async () => account.bootstrapped,
      presence: async () => ({ missing: account.missing, changed: account.changed, leftovers: [] }),
      state: async () =>
        account.deployed && {
          status: 'UPDATE_COMPLETE',
          template: account.deployed,
          parameters: givenParameters(live, 'real'),
          outputs: { ApiId: 'a1b2c3' },
          release: live,
          wayOut: null,
        },
    },
    runtime: () => runtime,
    looks: lookMemory(),
    releases: { list: async () => [{ digest: other }] },
    ownReleases: { get: async () => ({ provenance: {} }) },
    template: async (release: string) => (release === live && account.deployed) || { Resources: { [release]: {} } },
    url: 'http://127.0.0.1:8100',
    config: {},
    supervisor: { list: async () => [] },
    edge: { routes: async () => [] },
    engine: {
      database: { answers: async () => undefined },
      declaredOtherwise: async () => account.otherDeclaration,
      records: {
        rollbackFloor: async () => null,
        acting: async () => ({ freezes: [], holds: [], block: null, glass: [], taints: [], before: null }),
        environment: async () => ({ liveRelease: live, previousRelease: null, infrastructureRelease: live }),
        undeclared: async () => account.left,
        otherHomes: async () => account.otherHomes,
        list: async () =>
          account.busy ? [{ promotion: 'p-1', release: account.busy, state: 'running', steps: [] }] : [],
      },
    },
  } as unknown as World;
}
