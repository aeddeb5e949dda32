import type { Capacity } from '../concurrency.ts';
import type { Environment } from '../declaration/shape.ts';
import type { Digest } from '../digest.ts';
import type { Release } from '../release.ts';
import type { ParameterValues } from '../stack-parameters.ts';
import type { Cloud } from './cloud.ts';
import type { Standing } from './standing.ts';

/** What a stack gives: its outputs by the keys of `stackOutputs`. */
export type StackOutputs = Readonly<Record<string, string>>;

export interface StackState {
  readonly status: string;
  readonly template: unknown;
  /** By their names, as they were deployed. */
  readonly parameters: ParameterValues;
  readonly outputs: StackOutputs;
  /** The release whose template was deployed last (its ReleaseDigest parameter). */
  readonly release: string | null;
  /** The command with which a person frees a stack that takes no deploy; null when it takes one. */
  readonly wayOut: string | null;
}

/** A resource of a stack: its logical id, CloudFormation's type and its physical id. */
export interface StackMember {
  readonly id: string;
  readonly type: string;
  readonly physicalId: string;
}

/** A resource of a stack of which somebody changed settings by hand: how it differs from what was deployed, one sentence each. */
export interface ChangedMember extends StackMember {
  readonly differences: readonly string[];
}

/** What is looked for in an account. */
export interface SoughtMembers {
  /** Only members of these of CloudFormation's types; all when absent. */
  readonly types?: ReadonlySet<string>;
  /** Whether their settings are what was deployed, too: on a real account this takes a minute. */
  readonly settings?: boolean;
  /** Where there is no stack, leftovers are looked for by the names in the template that is to come; absent: none are. */
  readonly template?: unknown;
}

/** What is in the account, against what CloudFormation believes. */
export interface StackPresence {
  /** Resources that the stack counts as its own and that are in the account no more: somebody deleted them by hand. */
  readonly missing: readonly StackMember[];
  /** Resources whose settings are not what was deployed, where that was sought. */
  readonly changed: readonly ChangedMember[];
  /** Resources under the names of the template that no stack holds: what a deleted stack left. */
  readonly leftovers: readonly StackMember[];
}

/** The CloudFormation side of an environment, the same for every runtime. */
export interface Infrastructure {
  /** Own qualifier, scoped execution policy, boundary, controller role, fence table. Idempotent; says whether it changed anything. */
  bootstrap(environment: Environment, cloud: Cloud): Promise<{ readonly changed: boolean }>;
  isBootstrapped(environment: Environment, cloud: Cloud): Promise<boolean>;
  state(environment: Environment, cloud: Cloud): Promise<StackState | null>;
  /** Looks at the account itself; changes nothing. */
  presence(environment: Environment, cloud: Cloud, sought?: SoughtMembers): Promise<StackPresence>;
  /**
   * Makes room for a deploy where an update was left half way (it is rolled back, but for what is gone and what `skip` names), and where somebody
   * deleted or changed something by hand: what is missing leaves the stack (so that the deploy makes it anew), settings that were changed become
   * the stack's own (so that the deploy changes them back), what a half deleted stack still holds is let go, what a deleted stack left is taken
   * back. No resource that exists is deleted. Says what it did, one
   * sentence each; nothing to do: none. Errors: `recovery-failed`, those of the fence.
   */
  recover(
    environment: Environment,
    cloud: Cloud,
    assembly: string,
    release: Digest,
    fence: Fence,
    skip?: readonly string[],
  ): Promise<readonly string[]>;
  /** Deploys the assembly in a directory. Errors: `generation-old`, `fence-foreign`, before anything is touched; `infrastructure-failed` (source user) with what failed. */
  deploy(
    environment: Environment,
    cloud: Cloud,
    assembly: string,
    release: Digest,
    fence: Fence,
  ): Promise<StackOutputs>;
  destroy(environment: Environment, cloud: Cloud): Promise<void>;
  /** Who has the environment, by its account; null: nobody yet. */
  holder(environment: Environment, cloud: Cloud): Promise<Fence | null>;
  /** Gives it to another owner, if the one that was seen has it still; the former one can act no more. Errors: `fence-moved`. */
  pass(environment: Environment, cloud: Cloud, seen: Fence, next: Fence): Promise<void>;
}

/** Who may act on an environment: a newer generation shuts older ones out, at the target. `owner` names the control plane's database. */
export interface Fence {
  readonly owner: string;
  readonly generation: number;
}

/** One environment as a runtime sees it. */
export interface Target {
  readonly environment: Environment;
  readonly cloud: Cloud;
  readonly outputs: StackOutputs;
  /** The release whose template the stack has, where it was asked: only that one's functions may be put back to what they were. */
  readonly deployed?: string | null;
  /** `Cloud.configuration` before the stack was read, where it was asked: what is seen of the account holds for as long as that. */
  readonly configuration?: string | null;
}

export interface VersionShare {
  readonly release: Digest;
  /** 0..1; all shares sum to 1. */
  readonly share: number;
}

/**
 * How to look, where not at everything. `versions`: which releases are ready and what share they have, in few calls; of drift on the way to them nothing
 * is said, and who serves is not asked, so that whoever leaves it does not wait for its answer. `serving`: the same, and who serves is asked, too.
 * `often`: as whoever looks again and again and asks /ready besides: where looks are dear (`looksEveryMs`) what has traffic and how it answers, in at most
 * two calls for each component and one more once it knows its versions; of what does not, and of the doors, less or nothing is said. Elsewhere all of it,
 * but what has no traffic is not asked how it is, and what an account holds is not read again while it says that nothing changed.
 */
export type Looking = 'versions' | 'serving' | 'often';

/** What runs: read from the target, never from our records. */
export interface Observation {
  /**
   * Releases that could take traffic at once, with the share they have now. A version counts as a release's when its code and its
   * configuration are proven to be that release's; what it says of itself counts for nothing.
   */
  readonly versions: readonly (VersionShare & { readonly healthy: boolean; readonly detail: string })[];
  readonly restarts: number;
  /**
   * What /ready of the release with all traffic answered, or why it did not, where the look asked it by invocation; null: none has all traffic. Absent:
   * it was not asked.
   */
  readonly ready?: PinnedResponse | Error | null;
  /** What is there beside, or on the way to, what was released. */
  readonly drift: readonly Drift[];
}

/** A difference between what was released and what runs, made by somebody who did not ask us. */
export interface Drift {
  /** The thing that differs, by the name it has at the target: `soundbite-staging-api:7`, a file. */
  readonly where: string;
  /** What it is, and what it should be. */
  readonly detail: string;
  /** The command that puts it right; absent: to promote once more what is live. */
  readonly hint?: string;
  /** Users or jobs can meet it now. Otherwise it is only there. */
  readonly inTraffic: boolean;
}

export interface PinnedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Marked as a rehearsal: it leaves no trace in the live queue. */
  readonly rehearsal?: boolean;
}

export interface PinnedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * The adapter that makes a deployment real. Every call is idempotent and carries the fence: a target refuses an older generation with
 * `generation-old`. All versions are named by their release's digest. One conformance suite holds every implementation.
 */
export interface Runtime extends Standing {
  readonly kind: Environment['runtime'];
  /** Whether an account has limits of which `capacity` tells; false: it answers null. */
  hasLimits(environment: Environment): boolean;
  /** Whether the account carries what a template declares, asked before anything is changed; null: nothing is to be asked. */
  capacity(place: Pick<Target, 'environment' | 'cloud'>, template: unknown): Promise<Capacity | null>;
  /** The new version, started or published, healthy, without any traffic. Proves code and configuration (`code-altered`). What somebody changed
   * that stands in its way is put back, and named. `store`: a version that is gone comes back from the release itself, whatever the stack has by now;
   * otherwise the stack must be the release's (`release-not-deployed`). Errors: `version-unhealthy` (source user: the release is bad). */
  install(target: Target, release: Release, fence: Fence, from?: 'store'): Promise<readonly string[]>;
  /** Worker first, API second when going forward; the reverse when going back. Returns when the target says so. */
  setWeights(
    target: Target,
    weights: readonly VersionShare[],
    direction: 'forward' | 'back',
    fence: Fence,
  ): Promise<void>;
  /** Takes the queue away from all versions while the working tree is served in their place (`dev`); `setWeights` gives it back. Absent: nothing but releases is served there. */
  pauseWorkers?(target: Target, fence: Fence): Promise<void>;
  /** Keeps the named releases ready and gives back what others hold. Names what it took away that is no release's: nobody is to lose work in silence. */
  retire(target: Target, keep: readonly Digest[], fence: Fence): Promise<readonly string[]>;
  /** What runs there now; `only` where less is wanted than all of it. */
  observe(target: Target, only?: Looking): Promise<Observation>;
  /** A request to one version of the API, whatever the weights. */
  request(target: Target, release: Digest, request: PinnedRequest): Promise<PinnedResponse>;
  /** Hands a queue-shaped event to one version of the worker by its own invocation. */
  invokeWorker(target: Target, release: Digest, event: unknown, withinMs: number): Promise<unknown>;
  logs(
    target: Target,
    options: { readonly sinceMs: number; readonly follow: boolean; readonly signal?: AbortSignal },
  ): AsyncIterable<LogLine>;
}

export interface LogLine {
  readonly at: string;
  readonly source: string;
  readonly text: string;
}
