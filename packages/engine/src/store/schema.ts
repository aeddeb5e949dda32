import type {
  Action,
  ApprovalRequest,
  CiRun,
  Digest,
  EventKind,
  EvidenceFact,
  EvidenceFormat,
  EvidenceVerdict,
  GateRecord,
  HoldScope,
  PromotionState,
  Role,
  Site,
  StepName,
  StepState,
  Taint,
  TaintEnd,
  WaitsFor,
} from '@soundbite/model';
import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string | undefined, Date | string>;
type Json<T> = ColumnType<T, string, string>;

/** One promotion. `revision` grows with every change of its state or steps. */
export interface PromotionsTable {
  id: string;
  environment: Site;
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
  /** What it will do once it holds the environment (a PromotionPlan). */
  plan: ColumnType<unknown, string | null | undefined, string | null>;
  /** What each step of the plan usually took here when it began, in seconds, by the step's name. */
  usual: ColumnType<Partial<Record<StepName, number>> | null, string | null | undefined, string | null>;
  /** When it was let in, and why; null: not yet. */
  admitted_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  admission: ColumnType<string | null, string | null | undefined, string | null>;
  /** What the entry gates said last. */
  gates: ColumnType<readonly GateRecord[], string | undefined, string>;
  /** When its admission is decided again, while it is not let in. */
  decide_at: Timestamp;
  /** In which unforeseen way its workflow ended: it is undone by the next one. */
  broken: ColumnType<string | null, string | null | undefined, string | null>;
  /** Why a person ended a rollback that did not succeed. */
  given_up: ColumnType<string | null, string | null | undefined, string | null>;
  /** The promotion under way that this rollback was asked to stop. */
  aborts: ColumnType<string | null, string | null | undefined, string | null>;
  /** From which home it was asked for, and on which machine; null: the database was one home's own. */
  home: ColumnType<string | null, string | null | undefined, string | null>;
  host: ColumnType<string | null, string | null | undefined, string | null>;
  /** The environment as its requester declares it; this counts if another home executes it. */
  declared: ColumnType<unknown, string | null | undefined, string | null>;
  /** Who must act before it continues, if known; its reason says more. */
  waits_for: ColumnType<WaitsFor | null, WaitsFor | null | undefined, WaitsFor | null>;
  /** How many workflows have run it. */
  runs: Generated<number>;
  revision: Generated<number>;
  created_at: Timestamp;
  finished_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface StepsTable {
  promotion: string;
  /** Its own in the promotion's plan; of promotions before there were plans, its name. */
  key: string;
  name: StepName;
  state: StepState;
  detail: string | null;
  /** How often it was begun: more than once after a crash. */
  attempts: Generated<number>;
  /** Of a migration: how often its program was started. */
  starts: Generated<number>;
  started_at: Timestamp;
  finished_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface EnvironmentsTable {
  name: Site;
  live_release: Digest | null;
  infrastructure_release: Digest | null;
  /** Promotions before this are of an environment that is gone. */
  destroyed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** Versions of promotions that ended before this are gone from the target: no rollback goes back to them. */
  lost_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  generation: ColumnType<string, number | undefined, number>;
  /** The environment as it was declared when a promotion last began there: where it is, should it be declared no more. */
  declared: ColumnType<unknown, string | null | undefined, string | null>;
  /** Who asked for the first promotion by that declaration, on which machine, and when it began. */
  declared_by: ColumnType<string | null, string | null | undefined, string | null>;
  declared_on: ColumnType<string | null, string | null | undefined, string | null>;
  declared_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
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

/** Every change, in order; never pruned. */
export interface EventsTable {
  sequence: ColumnType<string, number, never>;
  at: ColumnType<Date, Date | string | undefined, never>;
  kind: EventKind;
  subject: string;
  view: Json<unknown>;
}

/** Files that are evidence of releases, with what was read of them. The newest of a release and kind counts; none is changed but by being said again. */
export interface EvidenceTable {
  /** Of one release and kind in the order of their commits. */
  sequence: Generated<string>;
  id: string;
  release: Digest;
  kind: string;
  verdict: EvidenceVerdict;
  format: EvidenceFormat;
  facts: Json<EvidenceFact[]>;
  /** Of the file. */
  digest: Digest;
  file: Buffer;
  url: string | null;
  actor: string;
  /** When it was said last. */
  at: Timestamp;
}

/** Where releases were cut, where somebody said so: several times for one that was cut again elsewhere. */
export interface CutsTable {
  sequence: Generated<string>;
  release: Digest;
  actor: string;
  ci: ColumnType<CiRun | null, string | null, never>;
  labels: ColumnType<Readonly<Record<string, string>>, string, never>;
  at: Timestamp;
}

/** What commits say of themselves, by their names. */
export interface CommitsTable {
  commit: string;
  subject: string | null;
  author: string | null;
}

/** Times in which nothing enters an environment. */
export interface FreezesTable {
  sequence: Generated<string>;
  id: string;
  environment: Site;
  began_at: Timestamp;
  until: ColumnType<Date, string, never>;
  reason: string;
  actor: string;
  /** Who asks again by this key has asked once. */
  idempotency_key: string | null;
  /** When somebody took it away, before its end, and who. */
  removed_at: ColumnType<Date | null, never, Date>;
  removed_by: ColumnType<string | null, never, string>;
}

/** What keeps releases out of environments until somebody resumes them. */
export interface HoldsTable {
  sequence: Generated<string>;
  id: string;
  environment: Site;
  scope: HoldScope;
  until: ColumnType<Date | null, string | null, never>;
  reason: string;
  actor: string;
  /** The rollback that made it: a person's promotion ends it. Null: a person did. */
  after: string | null;
  /** Who asks again by this key has asked once. */
  idempotency_key: string | null;
  ended_at: ColumnType<Date | null, never, Date>;
  ended_by: ColumnType<string | null, never, string>;
}

/** That environments were changed outside of promotions, until that ended. What was found is never changed. */
export interface TaintsTable {
  sequence: Generated<string>;
  id: string;
  environment: Site;
  why: Taint['why'];
  findings: ColumnType<string[], string, never>;
  /** What was live there. */
  release: Digest;
  since: Timestamp;
  ended_at: ColumnType<Date | null, never, Date>;
  ended_as: ColumnType<TaintEnd | null, never, TaintEnd>;
  ended_by: ColumnType<string | null, never, string>;
  /** Why it was accepted. */
  reason: ColumnType<string | null, never, string | null>;
  /** What reconciled it. */
  promotion: ColumnType<string | null, never, string | null>;
}

/** Tokens of people and programs. A name is in use once at a time; of those that were revoked it may stand several times. */
export interface TokensTable {
  sequence: Generated<string>;
  name: string;
  /** Of the token, which nobody keeps. */
  hash: string;
  person: string | null;
  role: Role;
  environments: string[];
  created_by: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  revoked_at: ColumnType<Date | null, undefined, Date | null>;
}

/** What people said of promotions before those were let in. None is changed: the last word of a person counts. */
export interface ApprovalsTable {
  sequence: Generated<string>;
  promotion: string;
  release: Digest;
  person: string;
  /** Null: the home's own secret. */
  token: string | null;
  role: Role;
  verdict: ApprovalRequest['verdict'];
  reason: string | null;
  /** The link by which it was said: each is used once. Null: by none. */
  link: string | null;
  at: Timestamp;
}

/** Who asked for what, allowed or not: once for each minute, with how often. */
export interface AccessesTable {
  minute: Timestamp;
  actor: string;
  /** Empty: the home's own secret, or nobody's. */
  token: string;
  operation: string;
  action: Action;
  /** Environments, with commas between. */
  places: string;
  allowed: boolean;
  times: number;
}

/** Releases that go nowhere further, and those that may again. */
export interface BlocksTable {
  release: Digest;
  blocked: boolean;
  reason: string;
  actor: string;
  at: Timestamp;
}

/** Held by a `dev` session; a promotion holds its environment through the queue. */
export interface LocksTable {
  environment: Site;
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
  events: EventsTable;
  evidence: EvidenceTable;
  commits: CommitsTable;
  cuts: CutsTable;
  blocks: BlocksTable;
  freezes: FreezesTable;
  holds: HoldsTable;
  taints: TaintsTable;
  tokens: TokensTable;
  approvals: ApprovalsTable;
  accesses: AccessesTable;
  locks: LocksTable;
  executors: ExecutorsTable;
  installation: InstallationTable;
}
