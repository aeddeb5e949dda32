import type { Capacity } from '../concurrency.ts';
import type { Environment } from '../declaration/shape.ts';
import type { Digest } from '../digest.ts';
import type { Holdings } from '../holdings/holdings.ts';
import type { Release } from '../release.ts';
import type { RecreationRules } from '../replacement/recreation.ts';
import type { ParameterValues } from '../stack-parameters.ts';
import type { Cloud } from './cloud.ts';
import type { Standing } from './standing.ts';
import type { Fence, StackOutputs, Target } from './target.ts';

export interface StackState {
  readonly status: string;
  readonly template: unknown;
  /** By their names, as they were deployed. */
  readonly parameters: ParameterValues;
  readonly outputs: StackOutputs;
  /** The release whose template was deployed last (its ReleaseDigest parameter). */
  readonly release: string | null;
  /** The command that frees a stack that accepts no deploy; null if it accepts one. */
  readonly wayOut: string | null;
}

/** A resource of a stack: its logical id, CloudFormation's type and its physical id. */
export interface StackMember {
  readonly id: string;
  readonly type: string;
  readonly physicalId: string;
}

/** A resource of a stack with settings changed by hand: how it differs from the deployed one, one sentence each. */
export interface ChangedMember extends StackMember {
  readonly differences: readonly string[];
}

/** What to look for in an account. */
export interface SoughtMembers {
  /** Only members of these of CloudFormation's types; all when absent. */
  readonly types?: ReadonlySet<string>;
  /** Whether to compare their settings with the deployed ones, too: on a real account this takes a minute. */
  readonly settings?: boolean;
  /** Without a stack, leftovers are searched by the names in the next template; absent: no search. */
  readonly template?: unknown;
}

/** The account's resources, compared with CloudFormation's records. */
export interface StackPresence {
  /** Resources of the stack that no longer exist in the account: somebody deleted them by hand. */
  readonly missing: readonly StackMember[];
  /** Resources with settings that differ from the deployed ones, if requested. */
  readonly changed: readonly ChangedMember[];
  /** Resources with the template's names that belong to no stack: a deleted stack left them. */
  readonly leftovers: readonly StackMember[];
}

/** A stack that somebody else deployed, as it stands. */
export interface LiveStack {
  readonly name: string;
  readonly template: Readonly<Record<string, unknown>>;
  /** The code of its functions and layers, by the keys that the template names it by. */
  readonly code: ReadonlyMap<string, Uint8Array>;
}

/** The CloudFormation side of an environment, the same for every runtime. */
export interface Infrastructure {
  /**
   * Own qualifier, scoped execution policy, boundary, controller role, fence table, for what the stack shall hold, and for what it holds now. Idempotent; says
   * whether it changed anything.
   */
  bootstrap(environment: Environment, cloud: Cloud, holdings: Holdings): Promise<{ readonly changed: boolean }>;
  isBootstrapped(environment: Environment, cloud: Cloud): Promise<boolean>;
  /** What the bootstrap lets the environment's stack hold; null: the account is not bootstrapped as this version of SoundBite does it. */
  allowed(environment: Environment, cloud: Cloud): Promise<Holdings | null>;
  state(environment: Environment, cloud: Cloud): Promise<StackState | null>;
  /** Looks at the account itself; changes nothing. */
  presence(environment: Environment, cloud: Cloud, sought?: SoughtMembers): Promise<StackPresence>;
  /**
   * Prepares a stack for a deploy after an interrupted update (it is rolled back, except what is missing and what `skip` names), and after somebody
   * deleted or changed something by hand: missing resources leave the stack (so that the deploy creates them again), changed settings become
   * the stack's own (so that the deploy changes them back), a half-deleted stack releases what it holds, and what a deleted stack left is
   * adopted. No existing resource is deleted. Returns what it did, one
   * sentence each; none if there was nothing to do. Errors: `recovery-failed`, those of the fence.
   */
  recover(
    environment: Environment,
    cloud: Cloud,
    assembly: string,
    release: Digest,
    fence: Fence,
    skip?: readonly string[],
  ): Promise<readonly string[]>;
  /**
   * Deploys the assembly in a directory. What CloudFormation says it would remove or replace, or of what it cannot say, is refused unless `allowed`
   * names it: `removal-unnamed`. Errors: `generation-old`, `fence-foreign`, all three before anything is touched; `infrastructure-failed` (source
   * user) with what failed, also as evidence (`StackFailures`).
   */
  deploy(
    environment: Environment,
    cloud: Cloud,
    assembly: string,
    release: Digest,
    fence: Fence,
    allowed?: readonly string[],
  ): Promise<StackOutputs>;
  /**
   * The stacks of an environment that somebody else deployed, with their code; in the order of their deployment, as its administrator; changes nothing. Errors:
   * `adoption-refused`, where one is missing, under way, or SoundBite's already; `template-unreadable`.
   */
  live(environment: Environment, cloud: Cloud): Promise<readonly LiveStack[]>;
  /**
   * Takes over the stacks of an adopted release that somebody else deployed, so that `deploy` may follow: each gets what its `cover` has besides, with the version
   * of each component that is live. Proven first for all of them: `deploy` will take nothing away that `allowed` does not name; until then at most versions are published. Returns what it did, a sentence for each stack; none
   * for one that it has adopted already. Errors: `adoption-refused` (the account is not as it was sealed), `removal-unnamed`, those of `deploy`.
   */
  adopt(
    environment: Environment,
    cloud: Cloud,
    assembly: string,
    release: Digest,
    fence: Fence,
    allowed?: readonly string[],
  ): Promise<readonly string[]>;
  /**
   * Makes its stacks say no more of a release, so that others deploy to them again: nothing else of them changes. May be repeated. Errors: `handback-refused` (a resource uses the
   * digest of the release), `stack-missing`, those of the fence.
   */
  handBack(environment: Environment, cloud: Cloud, fence: Fence): Promise<void>;
  /** What AWS's specification says of resource types: for a forecast, before there is a change set. No account is asked. */
  recreation(types: ReadonlySet<string>): Promise<RecreationRules>;
  destroy(environment: Environment, cloud: Cloud): Promise<void>;
  /** The environment's owner, according to its account; null: none yet. */
  holder(environment: Environment, cloud: Cloud): Promise<Fence | null>;
  /** Passes it to another owner if `seen` still owns it; the former owner can no longer act. Errors: `fence-moved`. */
  pass(environment: Environment, cloud: Cloud, seen: Fence, next: Fence): Promise<void>;
}

export interface VersionShare {
  readonly release: Digest;
  /** 0..1; all shares sum to 1. */
  readonly share: number;
}

/**
 * What to read, if not everything. `versions`: which releases are ready and their shares, in few calls; no drift in the route to them,
 * and the live version is not asked, so that a rollback away from it does not wait for its answer. `serving`: the same, and the live version is asked, too.
 * `often`: for polling callers, with /ready: where looks are expensive (`looksEveryMs`), what has traffic and how it answers, in at most
 * two calls for each component and one more once it knows its versions; little or nothing about versions without traffic, permissions and routes. Elsewhere everything,
 * except the health of versions without traffic, and an account is not read again while it reports no change.
 */
export type Looking = 'versions' | 'serving' | 'often';

/** What runs: read from the target, never from our records. */
export interface Observation {
  /**
   * Releases that could take traffic at once, with the share they have now. A version counts as a release's when its code and its
   * configuration are proven to be that release's; its own label does not count.
   */
  readonly versions: readonly (VersionShare & { readonly healthy: boolean; readonly detail: string })[];
  readonly restarts: number;
  /**
   * The answer about readiness (`healthPaths`) of the release with all traffic, or why there was none, if the look asked it by invocation; null: none has all traffic. Absent:
   * it was not asked.
   */
  readonly ready?: PinnedResponse | Error | null;
  /** Everything else that is there, or that differs in the route to the release. */
  readonly drift: readonly Drift[];
}

/** A difference between what was released and what runs, made outside of SoundBite. */
export interface Drift {
  /** The thing that differs, by the name it has at the target: `soundbite-staging-api:7`, a file. */
  readonly where: string;
  /** Its state, and the expected one. */
  readonly detail: string;
  /** The command that fixes it; absent: promote the live release again. */
  readonly hint?: string;
  /** Whether users or jobs can be affected now. */
  readonly inTraffic: boolean;
}

export interface PinnedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, or bytes that are not UTF-8. */
  readonly body?: string | Uint8Array;
  /** Marked as a rehearsal: it leaves no trace in the live queue. */
  readonly rehearsal?: boolean;
}

export interface PinnedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The release that made the answer, where the runtime knows that by other means than its headers: on Lambda by the version that was executed. */
  readonly release?: Digest;
}

/** As what SoundBite hands an event to a component: users cannot say either. A rehearsal is to leave no trace; a migration means it. */
export type Invoked = 'rehearsal' | 'migration';

/**
 * The adapter that makes a deployment real. Every call is idempotent and carries the fence: a target refuses an older generation with
 * `generation-old`. All versions are named by their release's digest. One conformance suite holds every implementation.
 */
export interface Runtime extends Standing {
  readonly kind: Environment['runtime'];
  /** Whether an account has limits that `capacity` checks; false: it returns null. */
  hasLimits(environment: Environment): boolean;
  /** Whether the account's limits allow what a template declares, checked before anything is changed; null: nothing to check. */
  capacity(place: Pick<Target, 'environment' | 'cloud'>, template: unknown): Promise<Capacity | null>;
  /** Starts or publishes the new version, healthy, without traffic. Verifies code and configuration (`code-altered`). Changes by hand
   * that are in the way are undone, and returned. `store`: a missing version is restored from the release itself, whatever the stack has by now;
   * otherwise the stack must be the release's (`release-not-deployed`). Errors: `version-unhealthy` (source user: the release is bad). */
  install(target: Target, release: Release, fence: Fence, from?: 'store'): Promise<readonly string[]>;
  /** One component after the other when going forward, the last one is what users reach; all at once when going back. Returns when the target says so. */
  setWeights(
    target: Target,
    weights: readonly VersionShare[],
    direction: 'forward' | 'back',
    fence: Fence,
  ): Promise<void>;
  /** Takes the queue from all versions while the working tree is served instead (`dev`); `setWeights` returns it. Absent: only releases are served there. */
  pauseWorkers?(target: Target, fence: Fence): Promise<void>;
  /** Lets whatever is to call the components' aliases do so, before it is pointed at them. Absent: nothing calls what is promoted by itself. */
  admit?(target: Target, fence: Fence): Promise<void>;
  /** Keeps the named releases ready and removes all others. Returns what it removed that belonged to no release, so that nobody loses work silently. */
  retire(target: Target, keep: readonly Digest[], fence: Fence): Promise<readonly string[]>;
  /** What runs there now; `only` limits what is read. */
  observe(target: Target, only?: Looking): Promise<Observation>;
  /** A request to one version of the component that users reach, whatever the weights. Error: `component-unknown` where nothing speaks HTTP. */
  request(target: Target, release: Digest, request: PinnedRequest): Promise<PinnedResponse>;
  /** Hands an event to one version of a component, by its name; as a rehearsal unless told. Errors: `component-unknown`, `worker-failed`, `invoke-late`. */
  invoke(
    target: Target,
    release: Digest,
    component: string,
    event: unknown,
    withinMs: number,
    as?: Invoked,
  ): Promise<unknown>;
  logs(target: Target, options: LogOptions): AsyncIterable<LogLine>;
  /** How each component of the versions that are ready is, with what it uses. Absent: nobody can tell. */
  components?(target: Target): Promise<readonly ComponentState[]>;
  /** The room on the disk of the engine that keeps its versions; null: that is not on this machine. Absent: no engine does. Errors: those of the engine. */
  engineRoom?(): Promise<DiskRoom | null>;
  /** The functions of its account that run it, in the order in which traffic moves forward. Absent: none do. */
  functions?(target: Target): Promise<readonly RunningFunction[]>;
}

/** What a file system has left for whoever is not root, in bytes. */
export interface DiskRoom {
  readonly path: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Memory in MiB; null: not known. */
export interface UsedMemory {
  readonly usedMiB: number | null;
  /** The most since it began, or in the time that its source keeps. */
  readonly peakMiB: number | null;
  /** The most with what it read and wrote of files, which the kernel would give back: no measure of what it needs. Absent: not known. */
  readonly peakWithFilesMiB?: number;
  /** What it may use. */
  readonly limitMiB: number | null;
  /** What is kept for it. Absent: nothing is. */
  readonly reservedMiB?: number;
}

/** A component of a version, by what it runs as. */
export interface ComponentState {
  readonly component: string;
  readonly as: 'process' | 'container' | 'function';
  readonly release: Digest;
  /** Its version takes traffic. */
  readonly serves: boolean;
  /** In the word of what runs it, and why where that is not well. */
  readonly state: string;
  readonly isWell: boolean;
  readonly reason?: string;
  /** Null: not known, or nothing of the kind exists. */
  readonly restarts: number | null;
  /** How often it was killed for its memory; null: not known. */
  readonly oomKills: number | null;
  /** When that was last, in ISO 8601; null: never, or not known. */
  readonly lastOomKill: string | null;
  readonly memory: UsedMemory;
}

/** A function of an account behind its alias. */
export interface RunningFunction {
  /** As people call it. */
  readonly component: string;
  readonly functionName: string;
  readonly alias: string;
  /** Where it logs. */
  readonly logGroup: string;
}

export interface LogOptions {
  /** In ms since 1970. */
  readonly sinceMs: number;
  readonly follow: boolean;
  readonly signal?: AbortSignal;
  /** Only what versions of this release wrote; a version may be another release's too. */
  readonly of?: Digest;
}

export interface LogLine {
  readonly at: string;
  readonly source: string;
  readonly text: string;
}
