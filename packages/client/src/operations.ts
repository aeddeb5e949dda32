import { Digest } from '@soundbite/model/digest.ts';
import { PromotionRequest } from '@soundbite/model/promotion.ts';
import { maxEvidenceBytes } from '@soundbite/model/release-evidence.ts';
import { z } from 'zod';
import * as schemas from './schemas.ts';

/**
 * Every call of the control plane's HTTP API. The OpenAPI document is made from this table, the control plane and its fake are served by it: a call
 * that is not here does not exist, and none is read in another way than it is documented.
 */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With `{name}` for a part that varies. */
  readonly path: string;
  readonly summary: string;
  /** Further statuses than those that every operation may answer. */
  readonly errors?: readonly (404 | 409)[];
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is a file, as it is: so many bytes at most. */
  readonly file?: { readonly most: number };
  readonly answer: z.ZodType;
  /** 200 unless told. */
  readonly status?: 202;
  /** The answer is NDJSON: lines of `answer`. */
  readonly lines?: true;
}

const define = <const Table extends Readonly<Record<string, Operation>>>(table: Table): Table => table;

/** What an environment's name, a promotion's id or a session's id in a path leads to when there is none. */
const named = [404] as const;
/** The same, for what may be refused because of what is there now. */
const refusable = [404, 409] as const;

export const operations = define({
  getStatus: {
    method: 'get',
    path: '/v1/status',
    summary: 'State of all environments, or of those named',
    query: schemas.StatusQuery,
    answer: schemas.Status,
    errors: named,
  },
  getHealth: {
    method: 'get',
    path: '/v1/health',
    summary: 'Health in detail',
    query: schemas.HealthQuery,
    answer: schemas.HealthReport,
    errors: named,
  },
  runDoctor: {
    method: 'get',
    path: '/v1/doctor',
    summary: 'What is wrong with this machine and its accounts, or with the environments named',
    query: schemas.DoctorQuery,
    answer: schemas.Findings,
    errors: named,
  },
  readLedger: {
    method: 'get',
    path: '/v1/ledger',
    summary: 'Entries of the ledger, in order',
    query: schemas.LedgerQuery,
    answer: schemas.LedgerPage,
  },
  bringUp: {
    method: 'post',
    path: '/v1/up',
    summary: 'Bring everything back, and with promote the newest release through; progress, then the status',
    body: schemas.UpRequest,
    answer: schemas.UpLine,
    lines: true,
    errors: refusable,
  },
  listEnvironments: {
    method: 'get',
    path: '/v1/environments',
    summary: 'Declarations and records of all environments',
    answer: schemas.EnvironmentList,
  },
  getEnvironment: {
    method: 'get',
    path: '/v1/environments/{name}',
    summary: 'Declaration and record of one environment',
    answer: schemas.EnvironmentView,
    errors: named,
  },
  planPromotion: {
    method: 'get',
    path: '/v1/environments/{name}/plan',
    summary: 'What a promotion would change',
    query: schemas.PlanQuery,
    answer: schemas.Plan,
    errors: refusable,
  },
  validateEnvironment: {
    method: 'get',
    path: '/v1/environments/{name}/validate',
    summary: 'Whether declared, recorded and running agree',
    answer: schemas.Findings,
    errors: refusable,
  },
  readLogs: {
    method: 'get',
    path: '/v1/environments/{name}/logs',
    summary: 'Log lines of the service',
    query: schemas.LogQuery,
    answer: schemas.LogLine,
    lines: true,
    errors: refusable,
  },
  sealAdoption: {
    method: 'post',
    path: '/v1/environments/{name}/adoption',
    summary: 'Seal the stacks that stand in an environment as a release; promoting it there adopts them',
    answer: schemas.AdoptionResult,
    errors: refusable,
  },
  handBackEnvironment: {
    method: 'post',
    path: '/v1/environments/{name}/handback',
    summary: 'Give the stacks of an environment back to cdk deploy, as they serve',
    body: schemas.HandbackRequest,
    answer: schemas.HandbackResult,
    errors: refusable,
  },
  bootstrapEnvironment: {
    method: 'post',
    path: '/v1/environments/{name}/bootstrap',
    summary: 'Prepare an account for what a release holds',
    body: schemas.BootstrapRequest,
    answer: schemas.BootstrapResult,
    errors: refusable,
  },
  destroyEnvironment: {
    method: 'post',
    path: '/v1/environments/{name}/destroy',
    summary: 'Remove an environment',
    body: schemas.DestroyRequest,
    answer: schemas.DestroyResult,
    errors: refusable,
  },
  takeOverEnvironment: {
    method: 'post',
    path: '/v1/environments/{name}/takeover',
    summary: 'Take an environment over from another database',
    body: schemas.TakeoverRequest,
    answer: schemas.TakeoverResult,
    errors: refusable,
  },
  accessEnvironment: {
    method: 'post',
    path: '/v1/environments/{name}/access',
    summary: 'How its account is reached as its administrator',
    answer: schemas.AccountAccess,
    errors: refusable,
  },
  listDev: {
    method: 'get',
    path: '/v1/dev',
    summary: 'Where the working tree can be served from source, and what to use elsewhere',
    answer: schemas.DevList,
  },
  beginDev: {
    method: 'post',
    path: '/v1/environments/{name}/dev',
    summary: 'Serve an environment from source',
    answer: schemas.DevSession,
    errors: refusable,
  },
  beatDev: {
    method: 'put',
    path: '/v1/dev/{id}',
    summary: 'Heartbeat of a dev session',
    body: schemas.DevBeat,
    answer: schemas.DevState,
    errors: named,
  },
  endDev: {
    method: 'delete',
    path: '/v1/dev/{id}',
    summary: 'End a dev session; one that is not there is ended',
    answer: schemas.DevEnd,
  },
  cutRelease: {
    method: 'post',
    path: '/v1/releases',
    summary: 'Cut a release',
    body: schemas.CutRequest,
    answer: schemas.CutResult,
    errors: refusable,
  },
  listReleases: {
    method: 'get',
    path: '/v1/releases',
    summary: 'Releases, newest first',
    answer: schemas.ReleaseList,
  },
  getRelease: {
    method: 'get',
    path: '/v1/releases/{digest}',
    summary: 'One release',
    answer: schemas.ReleaseView,
    errors: refusable,
  },
  verifyRelease: {
    method: 'post',
    path: '/v1/releases/{digest}/verify',
    summary: 'Recompute all digests of a release',
    answer: schemas.VerifyResult,
    errors: refusable,
  },
  pushRelease: {
    method: 'post',
    path: '/v1/releases/{digest}/push',
    summary: 'Put a release into the store that homes share',
    answer: schemas.PushResult,
    errors: refusable,
  },
  removeRelease: {
    method: 'delete',
    path: '/v1/releases/{digest}',
    summary: 'Take a release out of the store',
    answer: schemas.RemoveResult,
    errors: refusable,
  },
  addEvidence: {
    method: 'post',
    path: '/v1/releases/{digest}/evidence',
    summary: 'Keep a file that is evidence of a release, and read its verdict',
    query: schemas.EvidenceQuery,
    file: { most: maxEvidenceBytes },
    answer: schemas.EvidenceView,
    errors: refusable,
  },
  listEvidence: {
    method: 'get',
    path: '/v1/releases/{digest}/evidence',
    summary: 'Evidence of a release, newest first',
    answer: schemas.EvidenceList,
  },
  getEvidence: {
    method: 'get',
    path: '/v1/evidence/{id}',
    summary: 'One piece of evidence, with its file if asked for',
    query: schemas.EvidenceShowQuery,
    answer: schemas.EvidenceView,
    errors: named,
  },
  listFreezes: {
    method: 'get',
    path: '/v1/freezes',
    summary: 'Freezes in force, newest first',
    query: schemas.FreezeListQuery,
    answer: schemas.FreezeList,
    errors: named,
  },
  addFreeze: {
    method: 'post',
    path: '/v1/environments/{name}/freezes',
    summary: 'Freeze an environment: nothing enters it until then; the freezes in force there',
    body: schemas.FreezeRequest,
    answer: schemas.FreezeList,
    errors: refusable,
  },
  removeFreeze: {
    method: 'delete',
    path: '/v1/freezes/{id}',
    summary: 'End a freeze before its time; the freezes still in force there',
    answer: schemas.FreezeList,
    errors: named,
  },
  requestPromotion: {
    method: 'post',
    path: '/v1/promotions',
    summary: 'Promote or roll back',
    body: PromotionRequest,
    answer: schemas.PromotionView,
    status: 202,
    errors: refusable,
  },
  listPromotions: {
    method: 'get',
    path: '/v1/promotions',
    summary: 'Promotions, newest first',
    query: schemas.PromotionListQuery,
    answer: schemas.PromotionList,
    errors: named,
  },
  getPromotion: {
    method: 'get',
    path: '/v1/promotions/{id}',
    summary: 'One promotion; a long poll with waitMs and seen',
    query: schemas.PromotionQuery,
    answer: schemas.PromotionView,
    errors: named,
  },
  abortPromotion: {
    method: 'post',
    path: '/v1/promotions/{id}/abort',
    summary: 'Stop a promotion and roll back',
    body: schemas.AbortRequest,
    answer: schemas.PromotionView,
    errors: refusable,
  },
});

export type OperationName = keyof typeof operations;

/** The parts of paths that vary. What no form is demanded of is simply not found. */
export const pathParts: Readonly<Record<string, { readonly schema: z.ZodType; readonly description: string }>> = {
  name: { schema: z.string(), description: 'An environment’s name' },
  id: { schema: z.string(), description: 'What the call that made it answered' },
  digest: { schema: Digest, description: 'A release’s digest' },
};

/** The names of a path's varying parts, in order. */
export const partsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part ?? '');

type Whole<Schema> = Schema extends z.ZodType ? z.output<Schema> : Record<never, never>;
type PathPart<Path> = Path extends `${string}{${infer Part}}${infer Rest}` ? Part | PathPart<Rest> : never;

/** A request that was read: path, query and body in the contract's types. `signal` ends when the asker goes away. */
export interface OperationRequest<Name extends OperationName, O = (typeof operations)[Name]> {
  readonly path: {
    readonly [Part in PathPart<O extends { path: infer Path } ? Path : never>]: Part extends 'digest' ? Digest : string;
  };
  readonly query: O extends { query: infer Query } ? Whole<Query> : Record<never, never>;
  readonly body: O extends { body: infer Body } ? Whole<Body> : O extends { file: object } ? Uint8Array : undefined;
  readonly signal: AbortSignal;
}

type AnswerOf<Name extends OperationName> = z.output<(typeof operations)[Name]['answer']>;

/** A server of the API provides one function for each operation. Thrown errors become an ErrorEnvelope with its status. */
export type Handlers = {
  readonly [Name in OperationName]: (
    asked: OperationRequest<Name>,
  ) => (typeof operations)[Name] extends { lines: true }
    ? Promise<AsyncIterable<AnswerOf<Name>>>
    : Promise<AnswerOf<Name>> | AnswerOf<Name>;
};
