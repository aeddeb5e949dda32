import { Environment } from '@soundbite/model/declaration/shape.ts';
import { Digest } from '@soundbite/model/digest.ts';
import { PromotionView as ModelPromotionView, PromotionState, stepNames } from '@soundbite/model/promotion.ts';
import { z } from 'zod';

/**
 * The contract of the control plane's HTTP API (`/v1`). The control plane validates with these schemas what comes in, the client what comes back;
 * `--json` prints the very same documents. Unknown fields of an answer are dropped, so that a newer control plane may say more.
 */

const Time = z.iso.datetime({ offset: true });
const Name = z.string().min(1);

/** Where an environment's cloud is; `endpoint` is null for a real account. */
export const CloudView = z.object({
  kind: z.enum(['emulated', 'real']),
  account: z.string(),
  region: z.string(),
  endpoint: z.string().nullable(),
});
export type CloudView = z.infer<typeof CloudView>;

/** One thing that was looked at. `mend` is the next command when it is not well. */
export const FindingView = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  mend: z.string().optional(),
});
export type FindingView = z.infer<typeof FindingView>;

/** healthy: all answers. degraded: it serves, something is wrong. down: it does not serve. empty: no release is live. */
export const EnvironmentState = z.enum(['healthy', 'degraded', 'down', 'empty']);
export type EnvironmentState = z.infer<typeof EnvironmentState>;

/** The unfinished promotion of an environment; the one that holds the lock before those that wait. */
export const CurrentPromotion = z.object({
  id: z.string(),
  release: Digest,
  state: PromotionState,
  step: z.enum(stepNames).nullable(),
});
export type CurrentPromotion = z.infer<typeof CurrentPromotion>;

export const StatusEnvironment = z.object({
  name: Name,
  state: EnvironmentState,
  release: Digest.nullable(),
  /** The stable public address of the service there; null only while nothing has given it one (a real account without a stack). */
  url: z.string().nullable(),
  runtime: z.enum(['process', 'aws']),
  cloud: CloudView,
  promotion: CurrentPromotion.nullable(),
  /** What is not well on the way of requests and jobs, each with what, where and the way out. */
  findings: z.array(FindingView).default([]),
});
export type StatusEnvironment = z.infer<typeof StatusEnvironment>;

/** GET /v1/status, `status --json`, the end of `up --json`. Environments in declared order. */
export const Status = z.object({
  controlPlane: z.object({ url: z.string(), pid: z.int() }),
  environments: z.array(StatusEnvironment),
});
export type Status = z.infer<typeof Status>;

/** What the records say of an environment (the model's EnvironmentRecord, without its name). */
export const RecordView = z.object({
  liveRelease: Digest.nullable(),
  previousRelease: Digest.nullable(),
  infrastructureRelease: Digest.nullable(),
  generation: z.int().min(0),
});
export type RecordView = z.infer<typeof RecordView>;

/** GET /v1/environments/:name: the declaration (overrides applied) beside the record. */
export const EnvironmentView = z.object({
  name: Name,
  url: z.string().nullable(),
  declaration: Environment,
  record: RecordView,
});
export type EnvironmentView = z.infer<typeof EnvironmentView>;

/** GET /v1/environments */
export const EnvironmentList = z.object({ environments: z.array(EnvironmentView) });
export type EnvironmentList = z.infer<typeof EnvironmentList>;

/** POST /v1/releases; `source` is an absolute directory, the repository when absent. */
export const CutRequest = z.strictObject({ source: z.string().startsWith('/', 'is no absolute path').optional() });
export type CutRequest = z.infer<typeof CutRequest>;

/** One input of a release that differs from the commit. */
const UncommittedChange = z.object({ path: z.string(), change: z.enum(['added', 'modified', 'removed']) });

/** `release cut --json`. `created` is false when the same release was there already. */
export const CutResult = z.object({
  release: Digest,
  path: z.string(),
  commit: z.string(),
  dirty: z.boolean(),
  /** The inputs that differ from the commit. */
  uncommitted: z.array(UncommittedChange).readonly(),
  created: z.boolean(),
});
export type CutResult = z.infer<typeof CutResult>;

/** One release of `release list`; `environments` are those where it is live. */
export const ReleaseSummary = z.object({
  release: Digest,
  commit: z.string(),
  committedAt: z.string(),
  dirty: z.boolean(),
  environments: z.array(z.string()),
});
export type ReleaseSummary = z.infer<typeof ReleaseSummary>;

/** GET /v1/releases, newest cut first. */
export const ReleaseList = z.object({ releases: z.array(ReleaseSummary) });
export type ReleaseList = z.infer<typeof ReleaseList>;

/** GET /v1/releases/:digest. `manifest` and `provenance` are the files' own documents (the model has their schemas). */
export const ReleaseView = z.object({
  release: Digest,
  path: z.string(),
  manifest: z
    .object({
      environments: z.array(z.string()),
      files: z.array(z.object({ path: z.string(), sha256: z.string(), bytes: z.int() })),
    })
    .loose(),
  provenance: z
    .object({
      commit: z.string(),
      committedAt: z.string(),
      dirty: z.boolean(),
      /** Releases of before do not say it. */
      uncommitted: z.array(UncommittedChange).optional(),
      inputs: Digest,
      tools: z.record(z.string(), z.string()),
    })
    .loose(),
  /** Environments where it is live. */
  live: z.array(z.string()),
});
export type ReleaseView = z.infer<typeof ReleaseView>;

/** POST /v1/releases/:digest/verify; an altered release is the error `release-altered`. */
export const VerifyResult = z.object({ release: Digest, ok: z.literal(true), files: z.int().min(1) });
export type VerifyResult = z.infer<typeof VerifyResult>;

/** DELETE /v1/releases/:digest; one that is needed is the error `release-in-use`. */
export const RemoveResult = z.object({ release: Digest, removed: z.literal(true) });
export type RemoveResult = z.infer<typeof RemoveResult>;

/** The model's promotion, and a number that changes with every change of its state or steps: what a long poll has `seen`. */
export const PromotionView = ModelPromotionView.extend({ revision: z.int().min(0) });
export type PromotionView = z.infer<typeof PromotionView>;

/** GET /v1/promotions?environment=&limit=, newest first. */
export const PromotionList = z.object({ promotions: z.array(PromotionView) });
export type PromotionList = z.infer<typeof PromotionList>;

/** A whole number of a query string, in decimal digits. `z.coerce` would take an empty text, hexadecimal digits and exponents too. */
const Whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** GET /v1/promotions/:id?waitMs=&seen= */
export const PromotionQuery = z.strictObject({
  waitMs: Whole(0, 60_000).describe('answer at the latest after this many milliseconds').optional(),
  seen: Whole(0, Number.MAX_SAFE_INTEGER)
    .describe('the revision that the asker has; another one answers at once')
    .optional(),
});
export type PromotionQuery = z.infer<typeof PromotionQuery>;

/** GET /v1/promotions?environment=&limit= */
export const PromotionListQuery = z.strictObject({
  environment: z.string().optional(),
  limit: Whole(1, 500).default(50),
});

/** GET /v1/ledger?after=&limit= */
export const LedgerQuery = z.strictObject({
  after: Whole(0, Number.MAX_SAFE_INTEGER).describe('the last sequence that the asker has').default(0),
  limit: Whole(1, 1000).default(200),
});

/** GET /v1/environments/:name/plan?release= */
export const PlanQuery = z.strictObject({ release: Digest.optional() });

/** GET /v1/status?environment= and GET /v1/health?environment= */
const Chosen = z.strictObject({
  environment: z.string().describe('names, separated by commas; all environments when absent').optional(),
});
export const StatusQuery = Chosen;
export const HealthQuery = Chosen;

/** GET /v1/environments/:name/logs?since=&follow= */
export const LogQuery = z.strictObject({
  since: Whole(0, Number.MAX_SAFE_INTEGER).describe('milliseconds since 1970; ten minutes ago when absent').optional(),
  follow: z.enum(['true', 'false']).describe('go on with what is written from now on').default('false'),
});

/** POST /v1/promotions/:id/abort */
export const AbortRequest = z.strictObject({ reason: z.string().max(1000).optional() });
export type AbortRequest = z.infer<typeof AbortRequest>;

/** The model's Removal. */
export const RemovalView = z.object({
  id: z.string(),
  what: z.enum(['resource', 'replacement', 'permission', 'parameter', 'output', 'index', 'queue-link']),
  detail: z.string(),
});

/** The model's StackMember. */
export const MemberView = z.object({ id: z.string(), type: z.string(), physicalId: z.string() });

/** GET /v1/environments/:name/plan?release=: what a promotion would change. Nothing was touched. */
export const Plan = z.object({
  environment: Name,
  release: Digest,
  /** The release that is live there now. */
  current: Digest.nullable(),
  /** New commits, newest first; null when git cannot say. */
  commits: z.array(z.object({ commit: z.string(), subject: z.string() })).nullable(),
  removals: z.array(RemovalView),
  resources: z.array(
    z.object({ id: z.string(), type: z.string(), change: z.enum(['add', 'modify', 'remove', 'replace']) }),
  ),
  /** What somebody deleted of the stack; it is made anew. */
  missing: z.array(MemberView).default([]),
  /** What a deleted stack left under the names of the template; it is taken back as it is. */
  leftovers: z.array(MemberView).default([]),
  settings: z.array(z.object({ path: z.string(), from: z.unknown(), to: z.unknown() })),
  admission: z.discriminatedUnion('admitted', [
    z.object({ admitted: z.literal(true), note: z.string() }),
    z.object({ admitted: z.literal(false), code: z.string(), reason: z.string(), mend: z.string() }),
  ]),
  steps: z.array(z.object({ name: z.enum(stepNames), expectedSeconds: z.number().nullable() })),
  /** Sum over the steps; null when nothing like it was seen before. */
  expectedSeconds: z.number().nullable(),
});
export type Plan = z.infer<typeof Plan>;

/** GET /v1/environments/:name/validate (with `environment`) and GET /v1/doctor (without). */
export const Findings = z.object({
  environment: z.string().optional(),
  ok: z.boolean(),
  findings: z.array(FindingView),
});
export type Findings = z.infer<typeof Findings>;

/** GET /v1/health?environment= */
export const HealthReport = z.object({
  environments: z.array(
    z.object({
      name: Name,
      state: EnvironmentState,
      release: Digest.nullable(),
      findings: z.array(FindingView),
      restarts: z.int().min(0),
      jobs: z.object({ waiting: z.int().min(0), oldestSeconds: z.number().nullable() }).nullable(),
    }),
  ),
});
export type HealthReport = z.infer<typeof HealthReport>;

/** GET /v1/environments/:name/logs?since=<ms since 1970>&follow=true: one a line, as NDJSON. */
export const LogLine = z.object({ at: z.string(), source: z.string(), text: z.string() });
export type LogLine = z.infer<typeof LogLine>;

/** The model's LedgerEntry. */
export const LedgerEntry = z.object({
  sequence: z.int().min(1),
  at: z.string(),
  kind: z.string(),
  subject: z.string(),
  payload: z.unknown(),
  previous: Digest.nullable(),
  hash: Digest,
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** GET /v1/ledger?after=<sequence>&limit=, in order of sequence. */
export const LedgerPage = z.object({ entries: z.array(LedgerEntry) });
export type LedgerPage = z.infer<typeof LedgerPage>;

/** POST /v1/environments/:name/bootstrap */
export const BootstrapResult = z.object({ environment: Name, changed: z.boolean() });
export type BootstrapResult = z.infer<typeof BootstrapResult>;

/** POST /v1/environments/:name/destroy: `confirm` repeats the environment's name. */
export const DestroyRequest = z.strictObject({ confirm: z.string() });
export const DestroyResult = z.object({ environment: Name, destroyed: z.literal(true) });
export type DestroyResult = z.infer<typeof DestroyResult>;

/** What `database move` carried over; `to` is host and database. */
export const DatabaseMove = z.object({
  installation: z.string(),
  promotions: z.number().int(),
  entries: z.number().int(),
  to: z.string(),
});

/** POST /v1/environments/:name/takeover: `confirm` repeats the environment's name. */
export const TakeoverRequest = z.strictObject({
  confirm: z.string(),
  actor: z.string().default('local'),
  reason: z.string().max(1000),
});
/** `from`: the installation that had it; null where nothing changed. `live`: the release that takes the traffic, now on record. */
export const TakeoverResult = z.object({
  environment: Name,
  changed: z.boolean(),
  from: z.string().nullable(),
  live: Digest.nullable(),
});
export type TakeoverResult = z.infer<typeof TakeoverResult>;

/** POST /v1/environments/:name/access: how an account is reached as its administrator. A secret: never to be logged. */
export const AccountAccess = z.object({
  environment: Name,
  kind: z.enum(['emulated', 'real']),
  account: z.string(),
  region: z.string(),
  endpoint: z.string().nullable(),
  credentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string().nullable(),
    /** When they expire, ISO; null: never. */
    expiration: z.string().nullable(),
  }),
});
export type AccountAccess = z.infer<typeof AccountAccess>;

/** POST /v1/environments/:name/dev: the session holds the environment's lock until it ends or no heartbeat came for a while. */
export const DevSession = z.object({ session: z.string(), environment: Name, url: z.string() });
export type DevSession = z.infer<typeof DevSession>;

/** PUT /v1/dev/:session: heartbeat; `files` are repository-relative paths that changed since the last one (none: nothing to reload). */
export const DevBeat = z.strictObject({ files: z.array(z.string()).default([]) });
export const DevState = z.object({
  session: z.string(),
  /** How often the service was started from source. */
  reloads: z.int().min(0),
  /** Why the last reload does not serve; null when it does. */
  problem: z.string().nullable(),
});
export type DevState = z.infer<typeof DevState>;

/** DELETE /v1/dev/:session: the live release serves again. A session that is not there any more is ended too. */
export const DevEnd = z.object({ session: z.string() });
export type DevEnd = z.infer<typeof DevEnd>;

/** The model's ErrorDocument. */
export const ErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  mend: z.string(),
  source: z.enum(['user', 'system']).optional(),
  path: z.string().optional(),
  line: z.int().optional(),
});

/** POST /v1/up: unfinished promotions go on; with `promote` a release is cut (if inputs changed) and promoted through the emulated environments. */
export const UpRequest = z.strictObject({
  promote: z.boolean().default(true),
  environments: z.array(z.string()).max(100).describe('as far as the last of these; all when absent').optional(),
});
export type UpRequest = z.infer<typeof UpRequest>;

/** A line of the NDJSON answer of POST /v1/up: progress, then one `status` (with what was promoted) or one `error`, last. */
export const UpLine = z.union([
  z.object({ at: Time, text: z.string() }),
  z.object({
    status: Status,
    promotions: z.array(PromotionView).default([]),
    /** Why the release was not brought on, where something is wrong with an environment on the way; null when nothing is. */
    stopped: z.string().nullable().default(null),
  }),
  z.object({ error: ErrorBody }),
]);
export type UpLine = z.infer<typeof UpLine>;

/** Every answer that is not 2xx, whatever its status. User errors are 4xx, system errors 5xx. */
export const ErrorEnvelope = z.object({ error: ErrorBody });
export type ErrorEnvelope = z.infer<typeof ErrorEnvelope>;

/** GET /health, without a token. */
export const Alive = z.object({ ok: z.literal(true) });

/** `.soundbite/control-plane.json`: how a client on this machine finds the control plane. */
export const Address = z.object({
  url: z.url(),
  token: z.string().min(1),
  pid: z.int(),
  /** The identity of its home: a copied file leads to another one. */
  home: z.string().optional(),
});
export type Address = z.infer<typeof Address>;
