import { randomUUID } from 'node:crypto';
import type { ApprovalRequest } from '@soundbite/model/people/approval.ts';
import { ApprovalLink } from '@soundbite/model/people/approval-link.ts';
import type { PromotionBody } from '@soundbite/model/promotion.ts';
import type { z } from 'zod';
import { type Asker, asker, type Connection, persist, query } from './asker.ts';
import {
  AccessList,
  AccountAccess,
  AccountView,
  AdoptionResult,
  AskerView,
  BlockView,
  type BootstrapRequest,
  BootstrapResult,
  CommitsLive,
  type CommitsQuery,
  ComponentList,
  type CutRequest,
  CutResult,
  type DemoRequest,
  DemoView,
  DestroyResult,
  DevEnd,
  DevList,
  DevSession,
  DevState,
  Diff,
  type DiffQuery,
  EnvironmentList,
  EnvironmentView,
  EvidenceList,
  type EvidenceQuery,
  EvidenceView,
  Findings,
  FreezeList,
  type FreezeRequest,
  HandbackResult,
  HealthReport,
  HoldList,
  type HoldRequest,
  ImageResult,
  LedgerChain,
  LedgerFound,
  LedgerPage,
  Matrix,
  Overview,
  type OverviewQuery,
  PageLink,
  Plan,
  PrintedToken,
  PromotionList,
  PromotionView,
  PushResult,
  ReleaseList,
  ReleaseView,
  RemoveResult,
  Status,
  type TaintAcceptance,
  TaintList,
  TakeoverResult,
  Timeline,
  TokenList,
  type TokenRequest,
  TokenView,
  TrafficList,
  type TrafficQuery,
  type UpRequest,
  VerifyResult,
  Why,
} from './schemas.ts';
import { type EventsOptions, events, type LogsOptions, logs, up, watchPromotion } from './streams.ts';
import type { Endpoint, Locate } from './transport.ts';

/** How long whatever may be asked again tries to reach a control plane that went away, in ms. */
const patienceMs = 60_000;

export interface ClientOptions {
  /** Told when the connection broke and is being tried again. */
  readonly onReconnect?: (error: unknown) => void;
  /** Called once for each change whose answer is still awaited from a stopped control plane. */
  readonly onSilent?: (message: string) => void;
  readonly patienceMs?: number;
  /** How long a control plane may be silent until it counts as stopped, in ms. */
  readonly silentMs?: number;
}

export type Client = ReturnType<typeof connect>;

/**
 * The control plane's API with types. Errors are SoundBiteErrors: what the control plane said (its code, hint and source), or
 * `control-plane-down`, `connection-lost`, `answer-unexpected` (source system).
 */
export function connect(where: Endpoint | Locate, options: ClientOptions = {}) {
  const locate = typeof where === 'function' ? where : async () => where;
  const connection: Connection = { ...options, locate, patienceMs: options.patienceMs ?? patienceMs };
  const to = asker(connection);
  return {
    ...lookCalls(to),
    ...releaseCalls(to),
    ...evidenceCalls(to),
    ...flowCalls(to),
    ...peopleCalls(to),
    ...promotionCalls(to),
    ...environmentCalls(to),
    ...devCalls(connection, to),
    ...demoCalls(to),
    up: (request: z.input<typeof UpRequest>, signal?: AbortSignal) => up(connection, request, signal),
    watchPromotion: (id: string, signal?: AbortSignal) => watchPromotion(connection, to, id, signal),
    logs: (environment: string, options: LogsOptions) => logs(connection, environment, options),
    events: (options?: EventsOptions) => events(connection, options),
  };
}

const lookCalls = ({ get }: Asker) => ({
  status: (names: readonly string[] = [], signal?: AbortSignal) =>
    get(`/v1/status${query(chosen(names))}`, Status, signal),
  overview: (when: OverviewQuery = {}) => get(`/v1/overview${query(when)}`, Overview),
  matrix: (page: { limit?: number; after?: string; release?: string; at?: string } = {}) =>
    get(`/v1/matrix${query(page)}`, Matrix),
  commits: (which: CommitsQuery) => get(`/v1/commits${query(which)}`, CommitsLive),
  /** Of all environments, or of one with its steps. */
  traffic: (of: TrafficQuery = {}) => get(`/v1/traffic${query(of)}`, TrafficList),
  asker: () => get('/v1/me', AskerView),
  health: (names: readonly string[] = []) => get(`/v1/health${query(chosen(names))}`, HealthReport),
  doctor: (names: readonly string[] = []) => get(`/v1/doctor${query(chosen(names))}`, Findings),
  ledgerNewest: (search: { find?: string; subject?: string; before?: number; limit?: number } = {}) =>
    get(`/v1/ledger/newest${query(search)}`, LedgerFound),
  ledgerChain: () => get('/v1/ledger/chain', LedgerChain),
  ledger: (page: { after?: number; limit?: number } = {}) => get(`/v1/ledger${query(page)}`, LedgerPage),
});

const releaseCalls = ({ get, insist, remove }: Asker) => ({
  cut: (request: z.input<typeof CutRequest> = {}) => insist('/v1/releases', request, CutResult),
  releases: () => get('/v1/releases', ReleaseList),
  release: (digest: string) => get(release(digest), ReleaseView),
  verify: (digest: string) => insist(`${release(digest)}/verify`, {}, VerifyResult),
  makeImage: (digest: string, environment: string) => insist(`${release(digest)}/images`, { environment }, ImageResult),
  push: (digest: string) => insist(`${release(digest)}/push`, {}, PushResult),
  remove: (digest: string) => remove(release(digest), RemoveResult),
});

const evidenceCalls = ({ get, insistOnFile }: Asker) => ({
  addEvidence: (digest: string, about: z.input<typeof EvidenceQuery>, file: Uint8Array) =>
    insistOnFile(`${release(digest)}/evidence${query(about)}`, file, EvidenceView),
  components: (digest: string) => get(`${release(digest)}/components`, ComponentList),
  evidenceOf: (digest: string) => get(`${release(digest)}/evidence`, EvidenceList),
  evidence: (id: string, file?: boolean) =>
    get(`/v1/evidence/${encodeURIComponent(id)}${query({ file })}`, EvidenceView),
});

const flowCalls = ({ get, insist, remove }: Asker) => ({
  /** In force, newest first; of one environment or of all. */
  freezes: (name?: string) => get(`/v1/freezes${query({ environment: name })}`, FreezeList),
  /** Under one key however often it is sent. */
  freeze: (name: string, request: z.input<typeof FreezeRequest>) =>
    insist(`${environment(name)}/freezes`, { idempotencyKey: randomUUID(), ...request }, FreezeList),
  /** Under one key however often it is sent. */
  hold: (name: string, request: z.input<typeof HoldRequest>) =>
    insist(`${environment(name)}/hold`, { idempotencyKey: randomUUID(), ...request }, HoldList),
  taints: (name?: string) => get(`/v1/taints${query({ environment: name })}`, TaintList),
  /** Of one, or of all that are open there. */
  acceptTaints: (name: string, request: TaintAcceptance) =>
    insist(`${environment(name)}/taints/accept`, request, TaintList),
  /** Ends one hold, or the asker's own. */
  resume: (name: string, hold?: string) =>
    insist(`${environment(name)}/resume`, hold === undefined ? {} : { hold }, HoldList),
  block: (digest: string, reason: string) => insist(`${release(digest)}/block`, { reason }, BlockView),
  unblock: (digest: string, reason?: string) =>
    insist(`${release(digest)}/unblock`, reason === undefined ? {} : { reason }, BlockView),
  removeFreeze: (id: string) => remove(`/v1/freezes/${encodeURIComponent(id)}`, FreezeList),
});

const peopleCalls = ({ get, post, remove }: Asker) => ({
  /** Sent once: a second one would be refused, and the token of the first is in no other answer. */
  createToken: (order: z.input<typeof TokenRequest>) => post('/v1/tokens', order, PrintedToken),
  tokens: () => get('/v1/tokens', TokenList),
  revokeToken: (name: string, which: { created?: string } = {}) =>
    remove(`/v1/tokens/${encodeURIComponent(name)}${query(which)}`, TokenView),
  /** Sent once: each is another link. */
  pageLink: () => post('/v1/page/link', undefined, PageLink),
  accesses: (about: { actor?: string | undefined; refused?: boolean | undefined; limit?: number | undefined } = {}) =>
    get(`/v1/accesses${query(about)}`, AccessList),
});

const promotionCalls = ({ get, post, insist }: Asker) => ({
  /** With an idempotency key the request is sent again when the connection broke: it is one promotion all the same. */
  promote: (request: z.input<typeof PromotionBody>) =>
    (request.idempotencyKey === undefined ? post : insist)('/v1/promotions', request, PromotionView),
  promotion: (id: string) => get(promotion(id), PromotionView),
  /** By the records alone. */
  timeline: (id: string) => get(`${promotion(id)}/timeline`, Timeline),
  /** Newest first, page by page: `before` is the last page's `next`. */
  promotions: (filter: { environment?: string; limit?: number; before?: string; at?: string } = {}) =>
    get(`/v1/promotions${query(filter)}`, PromotionList),
  /** For whom it is; for who asks when nobody is named. Sent once: each is another link. */
  approvalLink: (id: string, person?: string) =>
    post(`${promotion(id)}/link`, person === undefined ? {} : { person }, ApprovalLink),
  /** The same word twice is one. */
  decide: (id: string, order: z.input<typeof ApprovalRequest>) =>
    insist(`${promotion(id)}/approval`, order, PromotionView),
  abort: (id: string, reason?: string) =>
    post(`${promotion(id)}/abort`, reason === undefined ? {} : { reason }, PromotionView),
});

const environmentCalls = ({ get, post, insist }: Asker) => ({
  environments: () => get('/v1/environments', EnvironmentList),
  environment: (name: string) => get(environment(name), EnvironmentView),
  /** By a look at the account. */
  account: (name: string) => get(`${environment(name)}/account`, AccountView),
  /** By the records alone. */
  why: (name: string) => get(`${environment(name)}/why`, Why),
  /** By records, releases and the repository's history. */
  diff: (ends: z.input<typeof DiffQuery>) => get(`/v1/diff${query(ends)}`, Diff),
  plan: (name: string, digest?: string) => get(`${environment(name)}/plan${query({ release: digest })}`, Plan),
  validate: (name: string) => get(`${environment(name)}/validate`, Findings),
  /** Seals what stands there; nothing in the account changes. */
  adoption: (name: string) => insist(`${environment(name)}/adoption`, {}, AdoptionResult),
  bootstrap: (name: string, request: z.input<typeof BootstrapRequest> = {}) =>
    insist(`${environment(name)}/bootstrap`, request, BootstrapResult),
  /** Under one key however often it is sent: a promotion that came in between is not destroyed. */
  destroy: (name: string, confirm: string, reason?: string) =>
    insist(`${environment(name)}/destroy`, { confirm, reason, idempotencyKey: randomUUID() }, DestroyResult),
  handBack: (name: string, confirm: string, reason?: string) =>
    insist(`${environment(name)}/handback`, { confirm, reason, idempotencyKey: randomUUID() }, HandbackResult),
  takeOver: (name: string, confirm: string, reason: string) =>
    post(`${environment(name)}/takeover`, { confirm, reason }, TakeoverResult),
  access: (name: string) => post(`${environment(name)}/access`, {}, AccountAccess),
});

const devCalls = (connection: Connection, { get, post, put, remove }: Asker) => ({
  /** Where the working tree can be served, and what to use elsewhere. */
  devOffers: () => get('/v1/dev', DevList),
  startDev: (name: string) => post(`${environment(name)}/dev`, {}, DevSession),
  /** Heartbeat of a dev session; `files` changed since the last one. Outlasts a restart of the control plane. */
  beatDev: (session: string, files: readonly string[], signal?: AbortSignal) =>
    persist(connection, () => put(dev(session), { files }, DevState, signal), signal),
  endDev: (session: string) => persist(connection, () => remove(dev(session), DevEnd)),
});

const demoCalls = ({ get, insist, remove }: Asker) => ({
  /** The one that runs, or that ended last. */
  demo: () => get('/v1/demo', DemoView),
  /** Under one key however often it is sent. */
  startDemo: (request: z.input<typeof DemoRequest> = {}) =>
    insist('/v1/demo', { idempotencyKey: randomUUID(), ...request }, DemoView),
  stopDemo: () => remove('/v1/demo', DemoView),
});

const environment = (name: string) => `/v1/environments/${encodeURIComponent(name)}`;
const release = (digest: string) => `/v1/releases/${encodeURIComponent(digest)}`;
const promotion = (id: string) => `/v1/promotions/${encodeURIComponent(id)}`;
const dev = (session: string) => `/v1/dev/${encodeURIComponent(session)}`;

const chosen = (names: readonly string[]) => ({ environment: names.length > 0 ? names.join(',') : undefined });
