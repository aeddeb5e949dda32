import type { PromotionPorts } from '@soundbite/engine';
import {
  type CloudAlarm,
  type Declaration,
  type Difference,
  type Digest,
  digestOf,
  type Environment,
  type Fence,
  type Manifest,
  noHoldings,
  type ProgramKind,
  type ProgramTrial,
  type Release,
  type RequestPage,
  type Runtime,
  SoundBiteError,
  type StackMember,
  type VersionShare,
} from '@soundbite/model';

const service = { path: 'service.zip', codeSha256: '' } as const;
const contents = { environments: [], files: [{ path: 'x', sha256: 'a'.repeat(64), bytes: 1 }] };
const oldManifest: Manifest = { format: 'soundbite.release/1', service, ...contents };
const newManifest = {
  format: 'soundbite.release/2',
  service: { name: 'one', ...service },
  smoke: null,
  ...contents,
} satisfies Manifest;

/** In another process it was counted there. */
type Trial = ProgramTrial & { readonly attempt?: number };

/**
 * A world in memory, for the engine alone. Spec: a release exists when it was added; `install` makes a version that is healthy at
 * once; with `hooks.lambda` only of the release that was deployed last, unless from the store; weights are what was set last; `hooks.deleted` is what a person deleted in the account, `hooks.remade` that its functions are made anew by the next deploy; smoke holds unless the release is in `bad`; one in `altered` is unhealthy until it is installed again. Whatever changes an environment is refused with an older generation
 * than the last one that changed it.
 */
export function fakeWorld(environments: Environment[]) {
  const releases = new Map<Digest, Release>();
  const versions = new Map<string, Set<Digest>>();
  const weights = new Map<string, readonly VersionShare[]>();
  const stacks = new Map<string, Digest>();
  const calls: string[] = [];
  const bad = new Set<Digest>();
  const generations = new Map<string, number>();
  /** Releases of which somebody changed files on this machine since they were installed. */
  const altered = new Set<Digest>();
  /** What ran beside smokes, in order. */
  const runs: {
    readonly kind: ProgramKind;
    readonly environment: string;
    readonly release: Digest;
    readonly live: Digest | null;
    readonly attempt: number | null;
  }[] = [];
  const hooks: {
    beforeShift?: () => Promise<void>;
    deleted?: 'stack' | readonly StackMember[];
    /** Why a deploy fails; it does not when absent. */
    undeployable?: (release: Digest) => Error | null;
    remade?: true;
    /** Only the stack's own release can be published, as on Lambda. */
    lambda?: boolean;
    takeDown?: () => Promise<void>;
    /** Instead of the given declaration. */
    declaration?: () => Declaration;
    /** The life of what an environment stands on. */
    life?: () => string;
    /** Whether what a program tries holds; by `bad` when absent, and then only a smoke fails. */
    program?: (kind: ProgramKind) => Promise<boolean>;
    /** What users asked; nothing when absent. */
    requests?: () => Omit<RequestPage, 'next'>;
    /** The account's alarms; none when absent. */
    alarms?: () => readonly CloudAlarm[];
    /** Who wrote what a release adds; nobody when absent. */
    authors?: () => Promise<readonly string[]>;
    /** Whether an environment is healthy with its live release; by what has its traffic when absent. */
    healthy?: (environment: string) => boolean;
    /** What somebody changed there; nothing when absent. */
    differences?: (environment: string) => readonly Difference[] | Promise<readonly Difference[]>;
  } = {};

  const change = ({ name }: Environment, { generation }: Fence, what: string): void => {
    const newest = generations.get(name) ?? 0;
    if (generation < newest) {
      calls.push(`refused ${what}`);
      throw new SoundBiteError('generation-old', `generation ${generation} may not act on ${name}: ${newest} has`);
    }
    generations.set(name, generation);
    calls.push(what);
  };

  const runtime: Runtime = {
    kind: 'process',
    get keepsVersions() {
      return Boolean(hooks.remade || hooks.lambda);
    },
    isHere: () => true,
    looksEveryMs: () => 0,
    address: async () => null,
    healthPaths: async () => null,
    rest: async () => {},
    requests: async (_place, since) => ({ records: [], ...hooks.requests?.(), next: since }),
    life: async () => hooks.life?.() ?? 'in memory',
    takeDown: async () => {},
    hasLimits: () => false,
    capacity: async () => null,
    async install({ environment }, release, fence, from) {
      const isThere = versions.get(environment.name)?.has(release.digest);
      if (hooks.lambda && from !== 'store' && !isThere && stacks.get(environment.name) !== release.digest)
        throw new SoundBiteError('release-not-deployed', `the stack has not the code of ${release.digest}`);
      change(environment, fence, `install ${environment.name} ${release.digest}`);
      versions.set(environment.name, (versions.get(environment.name) ?? new Set()).add(release.digest));
      return altered.delete(release.digest) ? ['index.mjs'] : [];
    },
    async setWeights({ environment }, shares, _direction, fence) {
      await hooks.beforeShift?.();
      change(environment, fence, `weights ${environment.name} ${shares.map(({ release }) => release).join()}`);
      weights.set(environment.name, shares);
    },
    async retire({ environment }, keep, fence) {
      change(environment, fence, `retire ${environment.name}`);
      versions.set(
        environment.name,
        new Set([...(versions.get(environment.name) ?? [])].filter((digest) => keep.includes(digest))),
      );
      return [];
    },
    async observe({ environment }) {
      const shares = weights.get(environment.name) ?? [];
      const share = (release: Digest) => shares.find((candidate) => candidate.release === release)?.share ?? 0;
      return {
        restarts: 0,
        drift: [],
        versions: [...(versions.get(environment.name) ?? [])].map((release) => ({
          release,
          share: share(release),
          healthy: !altered.has(release),
          detail: 'in memory',
        })),
      };
    },
    request: () => Promise.reject(new Error('not used')),
    invoke: () => Promise.reject(new Error('not used')),
    async *logs() {},
  };

  const ports: PromotionPorts = {
    declaration: () => hooks.declaration?.() ?? { environments, digest: digestOf('declaration') },
    releases: {
      list: async () => [...releases.values()],
      get: async (digest) => {
        const release = releases.get(digest);
        if (!release) throw new SoundBiteError('release-unknown', `no release ${digest}`);
        return release;
      },
      verify: async (digest) => ports.releases.get(digest),
      remove: () => Promise.reject(new Error('not used')),
      scratch: async () => ({ directory: '/nowhere', remove: async () => {} }),
      program: () => Promise.reject(new Error('not used')),
    },
    template: async () => ({ Resources: {} }),
    clouds: {
      of: async ({ cloud }) => ({
        kind: 'emulated',
        access: async () => ({
          kind: 'emulated',
          account: cloud.account,
          region: cloud.region,
          credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        }),
        checkpoint: async () => {},
      }),
    },
    infrastructure: {
      bootstrap: async () => ({ changed: false }),
      holder: async () => null,
      pass: async () => undefined,
      isBootstrapped: async () => true,
      allowed: async ({ stacks }) => (stacks ? { ...noHoldings, stacks } : noHoldings),
      state: async ({ name }) =>
        hooks.deleted === 'stack'
          ? null
          : {
              status: 'UPDATE_COMPLETE',
              template: { Resources: {} },
              parameters: { ReleaseDigest: stacks.get(name) ?? '' },
              outputs: {},
              release: stacks.get(name) ?? null,
              wayOut: null,
            },
      presence: async () => ({
        missing: hooks.deleted === 'stack' ? [] : (hooks.deleted ?? []),
        changed: [],
        leftovers: [],
      }),
      async recover({ name }) {
        if (hooks.remade) versions.delete(name);
        return [];
      },
      deploy: async (environment, _cloud, _assembly, release, fence) => {
        change(environment, fence, `deploy ${environment.name} ${release}`);
        const error = hooks.undeployable?.(release) ?? null;
        if (error) throw error;
        stacks.set(environment.name, release);
        return {};
      },
      live: async () => [],
      handBack: async () => {},
      adopt: async () => [],
      recreation: async () => new Map(),
      destroy: async () => {},
    },
    runtime: () => runtime,
    programs: {
      async collect({ kind, target: { environment }, release, live = null, begun, ...more }: Trial) {
        const attempt = (await begun?.()) ?? more.attempt ?? null;
        if (kind !== 'smoke') runs.push({ kind, environment: environment.name, release, live, attempt });
        const isBad = hooks.program ? !(await hooks.program(kind)) : kind === 'smoke' && bad.has(release);
        const fact = { name: 'answers', ok: !isBad, detail: isBad ? 'GET /ready answered 500' : 'ok', ms: 1 };
        return { kind, at: new Date().toISOString(), release, environment: environment.name, facts: [fact] };
      },
    },
    alarms: { find: async () => hooks.alarms?.() ?? [] },
    handBack: async () => {},
    takeDown: async (environment, fence) => {
      change(environment, fence, `take down ${environment.name}`);
      await hooks.takeDown?.();
      versions.delete(environment.name);
      weights.delete(environment.name);
    },
    authors: async () => (await hooks.authors?.()) ?? [],
    differences: async ({ name }) => hooks.differences?.(name) ?? [],
    healthy: async ({ name }, live) => hooks.healthy?.(name) ?? weights.get(name)?.[0]?.release === live,
    emit: () => {},
  };

  const add = (name: string, manifest: Manifest = newManifest): Digest => {
    const digest = digestOf(name);
    releases.set(digest, {
      digest,
      directory: '/nowhere',
      manifest,
      provenance: {
        commit: 'a'.repeat(40),
        committedAt: '2026-01-01T00:00:00Z',
        dirty: false,
        inputs: digest,
        files: [],
        tools: {},
      },
    });
    return digest;
  };
  /** A release as an earlier version of SoundBite cut it. */
  const old = (name: string): Digest => add(name, oldManifest);
  /** A release that brings programs beside its smoke. */
  const bringing = (name: string, ...programs: readonly ProgramKind[]): Digest => {
    const brought = programs.map((kind) => [kind, { directory: kind, command: ['x'], seconds: 1 }]);
    return add(name, { ...newManifest, ...Object.fromEntries(brought) });
  };
  return { ports, add, old, bringing, runs, calls, bad, altered, versions, weights, hooks };
}
