import type { Caller } from '../inspect/triggers.ts';
import type { ServiceDeclaration } from '../service-declaration/shape.ts';
import type { Json } from '../template.ts';

export type DeclaredComponent = ServiceDeclaration['components'][number];

/** A component of a service in an assembly: the function, and what calls it. */
export interface FoundComponent {
  readonly name: string;
  /** The stack that has its function, as the app calls it. */
  readonly stack: string;
  /** Under which names that stack exports the function, by its name or its ARN. */
  readonly exports: readonly string[];
  readonly health: string | null;
  /** What is below this path at the environment's address is for it; null: none is declared. */
  readonly path: string | null;
  /** Whether it keeps the service contract (`/health`, `/ready` and more). */
  readonly contract: boolean;
  /** Logical id of its function. */
  readonly id: string;
  /** Logical id of its alias, and the alias's name: the app's own, else `live`. */
  readonly alias: string;
  readonly aliasName: string;
  /**
   * Where that alias comes from. `added`: by delivery. `frozen`: the app's own, which each deployment of the CDK would move; it is held where it stands. `own`: the
   * app's own, which no deployment moves; it stays as it is.
   */
  readonly aliasIs: 'added' | 'frozen' | 'own';
  /** Logical ids of the versions that the CDK would make for a frozen alias with each deployment. They are left out. */
  readonly versions: readonly string[];
  /** What calls the function itself and is pointed at the alias. */
  readonly moves: readonly Caller[];
  /** The id of the HTTP API that leads to it, as the template of a stack says it; null: none does. */
  readonly api: { readonly id: unknown; readonly stack: string } | null;
  /** The REST API that leads to it; null: none does. */
  readonly rest: FoundRestApi | null;
  /** Logical id of its function URL; null: it has none. */
  readonly url: { readonly id: string; readonly stack: string } | null;
  readonly queues: readonly FoundQueue[];
  /** Who may call its alias once a release of it is live, and not before: rules and topics. */
  readonly callers: readonly HeldCaller[];
}

/** A permission that a template gives a rule or a topic for the function. The control plane gives the same for the alias. */
export interface HeldCaller {
  /** Logical id of the permission. */
  readonly id: string;
  /** The stack that has it. */
  readonly stack: string;
  readonly principal: string;
  /** The rule or topic, and the account that it has to be of, as that stack says them; null: it says none. */
  readonly source: unknown;
  readonly account: unknown;
}

/** What feeds a component from a queue. */
export interface FoundQueue {
  /** Logical id of the event source mapping. */
  readonly mapping: string;
  /** The stack that has the mapping. */
  readonly stack: string;
  /** The address of the queue, as that stack says it. */
  readonly url: Json;
}

/** What is wrong with a component that service.yaml declares. */
export interface ComponentProblem {
  /** In `components`. */
  readonly index: number;
  readonly key: 'function' | 'health' | 'path' | 'contract';
  readonly message: string;
}

/** The REST API that leads to a component, as the stack of both says it. */
export interface FoundRestApi {
  readonly stack: string;
  readonly id: Json;
  /** The name of its only stage. */
  readonly stage: Json;
  /** Logical id of the deployment that the stage serves, as the app made it. */
  readonly deployment: string;
}
