import type {
  Edge,
  Environment,
  ProcessComponent,
  Release,
  RunningProcess,
  Signals,
  Supervisor,
  Target,
  UsedMemory,
} from '@soundbite/model';
import type { HeldVersions, Installed } from './held.ts';
import type { LogReader } from './log-file.ts';

/** A component of a version as it shall run. */
export interface WantedComponent {
  readonly target: Target;
  readonly installed: Installed;
  readonly component: ProcessComponent;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the service and the SDK are told, with the control token and credentials. */
  readonly env: Readonly<Record<string, string>>;
}

/** A thing that is not as it was released: `what` goes on after its name. */
export interface Change {
  readonly file: string;
  readonly what: string;
}

/** What keeps versions running, each component under the name that `processName` gives it: the host does for processes, an engine for containers. */
export interface Keeper extends Pick<Supervisor, 'amend' | 'stop'> {
  /** What runs of an environment's versions; others may be among it. */
  list(environment: string): Promise<readonly RunningProcess[]>;
}

/** What the runtimes behind the edge work with: all but how a version is made ready and kept running is the same for them. */
export interface VersionParts {
  readonly supervisor: Keeper;
  readonly edge: Edge & Signals;
  readonly store: Pick<HeldVersions, 'find' | 'list' | 'release'>;
  /**
   * Brings the code of a release here, proven, and remembers that the environment holds it. `changed` says what somebody had changed and was put right. Errors:
   * `code-altered`.
   */
  ready(
    target: Target,
    release: Release,
  ): Promise<{ readonly installed: Installed; readonly changed: readonly string[] }>;
  /** Starts a component, or leaves the one that runs just so; it is healthy then. Error: `process-unhealthy`. */
  start(wanted: WantedComponent): Promise<RunningProcess>;
  /** How what a version runs from differs from its release, or why that cannot be told. */
  changesOf(environment: Environment, installed: Installed): Promise<readonly Change[]>;
  /** What one that is no process of this machine uses now; absent: there are none. */
  readonly memoryOf?: (process: string) => Promise<UsedMemory>;
  /** Reads logs by the names that `supervisor` gives them; absent: they are files. */
  readonly readLog?: LogReader;
  /**
   * How a process of the service gets expiring credentials of its own role (the SDK's AWS_CONTAINER_… variables); `identity` as `processIdentity` says it.
   * The same for the same environment and role over calls: a version whose variables change is started anew.
   */
  readonly credentialsEnv: (environment: Environment, identity: string) => Promise<Readonly<Record<string, string>>>;
}
