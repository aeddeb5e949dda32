import type { Digest, PromotionState, StepName, StepState } from '@soundbite/model';
import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string | undefined, Date | string>;
type Json<T> = ColumnType<T, string, string>;

/** One promotion. `revision` grows with every change of its state or steps. */
export interface PromotionsTable {
  id: string;
  environment: string;
  kind: 'promote' | 'rollback';
  release: Digest;
  previous: Digest | null;
  state: PromotionState;
  reason: string | null;
  request: Json<unknown>;
  actor: string;
  idempotency_key: string | null;
  declaration: string;
  /** Environments still to come after this one, in order. */
  rest: ColumnType<string[], string[] | undefined, string[]>;
  /** The promotion whose success began this one. */
  follows: string | null;
  /** Why a person asked it to stop; then nothing follows it, even if it was too late to stop itself. */
  stopped: string | null;
  revision: Generated<number>;
  created_at: Timestamp;
  finished_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface StepsTable {
  promotion: string;
  name: StepName;
  state: StepState;
  detail: string | null;
  /** How often it was begun: more than once after a crash. */
  attempts: Generated<number>;
  started_at: Timestamp;
  finished_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface EnvironmentsTable {
  name: string;
  live_release: Digest | null;
  infrastructure_release: Digest | null;
  /** Promotions before this are of an environment that is gone. */
  destroyed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** The versions of promotions that had ended before this are gone from the target: nothing goes back to them. */
  lost_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  generation: ColumnType<string, number | undefined, number>;
  /** The home whose emulated account it is on; null: nobody's, a real account, or the database is one home's own. */
  home: ColumnType<string | null, string | null | undefined, string | null>;
}

/** Append-only: a trigger refuses UPDATE and DELETE. */
export interface LedgerTable {
  sequence: ColumnType<string, number, never>;
  at: ColumnType<Date, Date | string, never>;
  kind: string;
  subject: string;
  payload: Json<unknown>;
  previous: Digest | null;
  hash: Digest;
  /** The same key is written once: a repeated step doubles nothing. */
  key: string;
}

/** Held by a `dev` session; a promotion holds its environment through the queue. */
export interface LocksTable {
  environment: string;
  holder: string;
  beat_at: Timestamp;
}

/** Live processes that execute promotions, by executor id. */
export interface ExecutorsTable {
  id: string;
  seen_at: Timestamp;
}

/** One row: which installation this database is. */
export interface InstallationTable {
  id: string;
  /** Where its records were moved: nobody opens this database again. */
  moved_to: ColumnType<string | null, string | null | undefined, string | null>;
}

export interface Tables {
  promotions: PromotionsTable;
  steps: StepsTable;
  environments: EnvironmentsTable;
  ledger: LedgerTable;
  locks: LocksTable;
  executors: ExecutorsTable;
  installation: InstallationTable;
}
