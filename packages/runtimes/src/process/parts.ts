import type { Containers, Edge, Environment, ReleaseStore, Signals, Supervisor } from '@soundbite/model';

export interface ProcessRuntimeOptions {
  readonly supervisor: Supervisor;
  /** The container engine, for versions of the time in which an environment's runtime was that. Absent: there were none. */
  readonly containers?: Containers;
  readonly edge: Edge & Signals;
  /** The processes on this machine that an emulated account is made of. */
  readonly accountParts: (account: string) => readonly string[];
  /** Absolute path of the state directory (`.soundbite`); versions live under `<home>/versions/`. */
  readonly home: string;
  /** Where is looked up what the code of a version must be. */
  readonly releases: Pick<ReleaseStore, 'get'>;
  /** Node 24. */
  readonly nodePath: string;
  /**
   * How a process of the service gets expiring credentials of its own role (the SDK's AWS_CONTAINER_… variables); `identity` as `processIdentity` says it.
   * The same for the same environment and role over calls: a version whose variables change is started anew.
   */
  readonly credentialsEnv: (environment: Environment, identity: string) => Promise<Readonly<Record<string, string>>>;
}
