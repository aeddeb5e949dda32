import type { Edge, Environment, Supervisor } from '@soundbite/model';
import type { InstalledStore } from './installed.ts';
import type { Role } from './specs.ts';

export interface ProcessRuntimeOptions {
  readonly supervisor: Supervisor;
  readonly edge: Edge;
  /** Absolute path of the state directory (`.soundbite`); versions live under `<home>/versions/`. */
  readonly home: string;
  /** Node 24. */
  readonly nodePath: string;
  /**
   * How a process of the service gets expiring credentials of its own role (the SDK's AWS_CONTAINER_… variables). The same for the
   * same environment and role over calls: a version whose variables change is started anew.
   */
  readonly credentialsEnv: (environment: Environment, role: Role) => Promise<Readonly<Record<string, string>>>;
}

/** What the process runtime works with. */
export interface Parts extends ProcessRuntimeOptions {
  readonly store: InstalledStore;
}
