import type { LogLine as ModelLogLine } from '@soundbite/model';
import { Environment } from '@soundbite/model/declaration/shape.ts';
import { Digest } from '@soundbite/model/digest.ts';
import { Block } from '@soundbite/model/flow/block.ts';
import { Freeze } from '@soundbite/model/flow/freeze.ts';
import { BrokenGlass } from '@soundbite/model/flow/glass.ts';
import { Hold } from '@soundbite/model/flow/hold.ts';
import { Taint } from '@soundbite/model/flow/taint.ts';
import { severities } from '@soundbite/model/health/vitals.ts';
import { logLevels } from '@soundbite/model/logs/levels.ts';
import { PromotionState, stepNames } from '@soundbite/model/promotion.ts';
import { z } from 'zod';
import { CutFrom } from './cut-from.ts';
import { Name, WholeNumber } from './words.ts';

/** Where an environment's cloud is; `endpoint` is null for a real account. */
export const CloudView = z.object({
  kind: z.enum(['emulated', 'real']),
  account: z.string(),
  region: z.string(),
  endpoint: z.string().nullable(),
});
export type CloudView = z.infer<typeof CloudView>;

/** One thing that was looked at. `hint` is the next command when it is not well. */
export const FindingView = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  hint: z.string().optional(),
  severity: z
    .enum(severities)
    .describe('`unknown` and `warning` fail nothing, and are not well either; as `ok` says where it is absent')
    .optional(),
});
export type FindingView = z.infer<typeof FindingView>;

/**
 * The model's DeclaredOtherwise: that a shared environment is declared on this machine otherwise than on record, and who came with the recorded one, which
 * counts until a promotion from here begins.
 */
export const DeclaredOtherwiseView = z.object({
  by: z.string().nullable(),
  host: z.string().nullable(),
  at: z.string().nullable(),
  differs: z.array(z.object({ path: z.string(), recorded: z.unknown(), here: z.unknown() })),
});
export type DeclaredOtherwiseView = z.infer<typeof DeclaredOtherwiseView>;

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
  runtime: z.enum(['process', 'compose', 'aws']),
  cloud: CloudView,
  promotion: CurrentPromotion.nullable(),
  /** What is not well on the way of requests and jobs, each with what, where and the way out. */
  findings: z.array(FindingView).default([]),
  /** Among the findings, too; null: it is declared as on record. */
  declaredOtherwise: DeclaredOtherwiseView.nullable().default(null),
  /** How far a rollback goes: the release whose migration ends it, and why one that names no release would be refused although something was live before. */
  wayBack: z
    .object({
      floor: Digest.nullable(),
      refused: z.object({ code: z.string(), reason: z.string(), hint: z.string() }).nullable(),
    })
    .default({ floor: null, refused: null }),
  /** In force, newest first: nothing enters until they end. */
  freezes: z.array(Freeze).default([]),
  /** In force, newest first: everything waits until somebody resumes it, or what comes by itself. */
  holds: z.array(Hold).default([]),
  /** The live release goes nowhere further; null: it may. */
  blocked: Block.nullable().default(null),
  /** Who went past the rules within the last day, newest first. */
  glass: z.array(BrokenGlass).default([]),
  /** How it was changed outside of promotions: what is open, newest first. What is live here goes on to the next one when it has ended. */
  taints: z.array(Taint).default([]),
  /** The stacks that the live release was adopted from; null: it was cut, nothing is live, or this home does not have the release. */
  adopted: z.array(z.string()).nullable().default(null),
});
export type StatusEnvironment = z.infer<typeof StatusEnvironment>;

/** Another home on a shared database whose control plane does not run, and that has something on record: its environments, its unfinished promotions. */
export const AwayHome = z.object({
  home: z.string(),
  host: z.string().nullable(),
  environments: z.array(z.string()),
  unfinished: z.array(z.string()),
});
export type AwayHome = z.infer<typeof AwayHome>;

/** GET /v1/status, `status --json`, the end of `up --json`. Environments in declared order. `away`: absent homes, where no environment is named. */
export const Status = z.object({
  controlPlane: z.object({ url: z.string(), pid: z.int() }),
  environments: z.array(StatusEnvironment),
  away: z.array(AwayHome).default([]),
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
  /** Of the release that a rollback goes back to. Null: there is none, or this home does not have it. */
  previousCut: CutFrom.nullable().default(null),
  /** Who went past the rules there within the last day, newest first. */
  glass: z.array(BrokenGlass).default([]),
});
export type EnvironmentView = z.infer<typeof EnvironmentView>;

/**
 * GET /v1/environments/:name/account: what it has in its account, by a look there. `url`s lead into AWS's console: null on an emulated account, and where the console of
 * the region is not known.
 */
export const AccountView = z.object({
  environment: Name,
  cloud: CloudView.omit({ endpoint: true }),
  stacks: z.array(z.object({ name: z.string(), url: z.string().nullable() })),
  /** In the order in which traffic moves forward; none where it runs as processes, or has no stack. */
  functions: z.array(
    z.object({
      component: z.string(),
      name: z.string(),
      alias: z.string(),
      url: z.string().nullable(),
      logGroup: z.string(),
      /** The last hour, whenever it is opened. */
      logsUrl: z.string().nullable(),
    }),
  ),
  /** Why its functions cannot be told; null: they can. */
  unknown: z.string().nullable(),
});
export type AccountView = z.infer<typeof AccountView>;

/** GET /v1/environments */
export const EnvironmentList = z.object({ environments: z.array(EnvironmentView) });
export type EnvironmentList = z.infer<typeof EnvironmentList>;

/** GET /v1/status?environment=, /v1/health?environment= and /v1/doctor?environment= */
const Chosen = z.strictObject({
  environment: z.string().describe('names, separated by commas; all environments when absent').optional(),
});
export const StatusQuery = Chosen;
export const HealthQuery = Chosen;
export const DoctorQuery = Chosen;

/** GET /v1/environments/:name/logs?since=&follow= */
export const LogQuery = z.strictObject({
  since: WholeNumber(0, Number.MAX_SAFE_INTEGER)
    .describe('milliseconds since 1970; ten minutes ago when absent')
    .optional(),
  follow: z.enum(['true', 'false']).describe('go on with what is written from now on').default('false'),
});

/** GET /v1/environments/:name/validate (with `environment`) and GET /v1/doctor (without). */
export const Findings = z.object({
  environment: z.string().optional(),
  ok: z.boolean(),
  findings: z.array(FindingView),
});
export type Findings = z.infer<typeof Findings>;

const Amount = z.number().min(0).nullable();

/** The model's ComponentState: what takes traffic, and what is kept ready. Null: not known. */
const ComponentView = z.object({
  component: z.string(),
  as: z.enum(['process', 'container', 'function']),
  release: Digest,
  serves: z.boolean(),
  state: z.string(),
  ok: z.boolean(),
  reason: z.string().optional(),
  restarts: z.int().min(0).nullable(),
  oomKills: z.int().min(0).nullable().describe('how often it was killed for its memory'),
  lastOomKill: z.string().nullable().describe('when that was last'),
  memory: z.object({
    ...{ usedMiB: Amount, peakMiB: Amount, limitMiB: Amount },
    peakWithFilesMiB: z.number().min(0).optional().describe('the most with files that it read'),
    reservedMiB: z.number().min(0).optional().describe('what is kept for it; absent: nothing is'),
  }),
});

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
      components: z
        .array(ComponentView)
        .nullable()
        .default(null)
        .describe('what runs there and what it uses; null: nobody could look'),
    }),
  ),
});
export type HealthReport = z.infer<typeof HealthReport>;

/** GET /v1/environments/:name/logs?since=<ms since 1970>&follow=true: one a line, as NDJSON. */
export const LogLine = z.object({
  at: z.string(),
  source: z.string(),
  text: z.string(),
  /** How bad it is, by the form of the line (the model's `logLevelOf`); null: it says no level. */
  level: z.enum(logLevels).nullable().default(null),
}) satisfies z.ZodType<ModelLogLine>;
export type LogLine = z.infer<typeof LogLine>;

/**
 * POST /v1/environments/:name/bootstrap: for what the stack of this release holds; of the newest when none is named. `preview`: says what it would allow, and
 * changes nothing.
 */
export const BootstrapRequest = z.strictObject({ release: Digest.optional(), preview: z.boolean().default(false) });
export type BootstrapRequest = z.infer<typeof BootstrapRequest>;
/** `added`: what it allows that was not allowed before, one line each. `release`: null when there is none yet. */
export const BootstrapResult = z.object({
  environment: Name,
  changed: z.boolean(),
  release: Digest.nullable(),
  added: z.array(z.string()),
});
export type BootstrapResult = z.infer<typeof BootstrapResult>;

/**
 * POST /v1/environments/:name/adoption: the release that the stacks were sealed as, and their names. `resources`: what becomes of them by the templates (`retain`: it leaves
 * its stack and stays in the account). `removals`: what a promotion of the release refuses unless it is named. `begun`: its promotion has begun already.
 */
export const AdoptionResult = z.object({
  environment: Name,
  release: Digest,
  stacks: z.array(z.string()),
  resources: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      change: z.enum(['add', 'modify', 'replace', 'remove', 'retain']),
    }),
  ),
  removals: z.array(z.object({ id: z.string(), what: z.string(), detail: z.string() })),
  begun: z.boolean(),
});
export type AdoptionResult = z.infer<typeof AdoptionResult>;

/** POST /v1/environments/:name/handback: `confirm` repeats the environment's name; keyed as `destroy`. */
export const HandbackRequest = z.strictObject({
  confirm: z.string(),
  reason: z.string().min(1).max(1000).optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
});
export type HandbackRequest = z.infer<typeof HandbackRequest>;
export const HandbackResult = z.object({ environment: Name, handedBack: z.literal(true) });
export type HandbackResult = z.infer<typeof HandbackResult>;

/**
 * POST /v1/environments/:name/destroy: `confirm` repeats the environment's name. The same key is the same request: it is done once, and answered alike.
 * `<name>@<home>` is an environment of another home that is gone, by four digits of its identity or more: what is recorded of it is forgotten, for which
 * there must be a reason.
 */
export const DestroyRequest = z.strictObject({
  confirm: z.string(),
  reason: z.string().min(1).max(1000).optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
});
export type DestroyRequest = z.infer<typeof DestroyRequest>;
export const DestroyResult = z.object({ environment: Name, destroyed: z.literal(true) });
export type DestroyResult = z.infer<typeof DestroyResult>;
