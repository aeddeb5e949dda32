import type { Digest, Edge, Environment, ReleaseStore, Signals, Supervisor } from '@soundbite/model';
import type { ChangedFile, CodeFiles } from './code-files.ts';
import type { InstalledStore } from './installed.ts';

export interface ProcessRuntimeOptions {
  readonly supervisor: Supervisor;
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

/** What the process runtime works with. */
export interface ProcessParts extends ProcessRuntimeOptions {
  readonly store: InstalledStore;
  /** What the bundle of a release holds. */
  readonly codeFiles: (release: Digest) => Promise<CodeFiles>;
  /** How a directory of code differs from a bundle. */
  readonly compareCode: (directory: string, files: CodeFiles) => Promise<ChangedFile[]>;
}
