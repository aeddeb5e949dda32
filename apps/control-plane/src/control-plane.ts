import type {
  AccountAccess,
  AccountView,
  AdoptionResult,
  BlockRequest,
  BlockView,
  BootstrapRequest,
  BootstrapResult,
  CommitsLive,
  CommitsQuery,
  ComponentList,
  CutRequest,
  CutResult,
  DestroyRequest,
  DestroyResult,
  DevList,
  Diff,
  DiffQuery,
  EnvironmentView,
  EvidenceList,
  EvidenceQuery,
  EvidenceView,
  Findings,
  FreezeList,
  FreezeRequest,
  HandbackRequest,
  HandbackResult,
  HealthReport,
  HoldList,
  HoldRequest,
  ImageRequest,
  ImageResult,
  LedgerChain,
  LogLine,
  Matrix,
  MatrixQuery,
  Overview,
  OverviewQuery,
  Plan,
  PromotionListQuery,
  PushResult,
  ReleaseList,
  ReleaseView,
  RemoveResult,
  Status,
  TaintAcceptance,
  TaintList,
  TakeoverResult,
  Timeline,
  TrafficList,
  TrafficQuery,
  UnblockRequest,
  UpLine,
  UpRequest,
  VerifyResult,
  Why,
} from '@soundbite/client';
import type { Engine, RevisedView } from '@soundbite/engine';
import {
  type Actor,
  type ApprovalLink,
  type ApprovalLinkRequest,
  type ApprovalRequest,
  type Digest,
  demandSharedDatabase,
  mustBeAllowedGlass,
  type PromotionRequest,
  type Runtime,
  SoundBiteError,
} from '@soundbite/model';
import { accountAccess } from './account-access.ts';
import { accountView } from './account-view.ts';
import { environmentUrl } from './address.ts';
import { adoption } from './adoption.ts';
import { actorByLink, createApprovalLink, decideByLink, type ShownLink, showLink } from './approval-links.ts';
import { decideOn } from './approvals.ts';
import { bootstrapEnvironment } from './bootstrap.ts';
import type { By } from './by.ts';
import { commitsLive } from './commits-live.ts';
import { cutFrom } from './cut-from.ts';
import { type Demos, demos } from './demo/demos.ts';
import { destroyEnvironment } from './destroy.ts';
import { type DevSessions, devSessions } from './dev.ts';
import { devOffers } from './dev-offers.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { addEvidence, listEvidence, showEvidence } from './evidence.ts';
import {
  acceptTaints,
  addFreeze,
  block,
  freezes,
  hold,
  type Resuming,
  removeFreeze,
  resume,
  taints,
  unblock,
} from './flow.ts';
import { handBack } from './handback.ts';
import { health } from './health.ts';
import { makeImage } from './images.ts';
import { validate } from './inspection.ts';
import { levelled } from './levelled.ts';
import { matrix } from './matrix.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { overview } from './overview.ts';
import { type PagePlace, pagePlaces } from './page.ts';
import { type People, people } from './people.ts';
import { plan } from './plan.ts';
import { promotions } from './promotions.ts';
import { cutAndRecord, listComponents, listReleases, removeRelease, showRelease, verifyRelease } from './releases.ts';
import { pushRelease, shareForOthers } from './shared-copies.ts';
import { status } from './status.ts';
import { type TakeoverOrder, takeOver } from './takeover.ts';
import { timeline } from './timeline.ts';
import { trafficOf } from './traffic/traffic.ts';
import { environmentStanding } from './undeclared.ts';
import { up } from './up.ts';
import { why } from './why.ts';
import type { CredentialsEndpoint } from './world/credentials.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** The operations of the control plane, whatever the interface. */
export interface ControlPlane {
  readonly engine: Engine;
  readonly credentials: CredentialsEndpoint;
  readonly dev: DevSessions;
  readonly people: People;
  readonly demos: Demos;
  /** Where the working tree can be served, and what to use elsewhere. */
  devOffers(): DevList['environments'];
  /** Of these environments; of all when none is named. */
  status(environments: readonly string[]): Promise<Status>;
  health(environments: readonly string[]): Promise<HealthReport>;
  doctor(environments: readonly string[]): Promise<Findings>;
  validate(environment: string): Promise<Findings>;
  environments(): Promise<EnvironmentView[]>;
  environment(name: string): Promise<EnvironmentView>;
  /** What an environment has in its account, by a look there. */
  account(environment: string): Promise<AccountView>;
  /** Why what is live there is live, and what waits, by the records alone. */
  why(environment: string): Promise<Why>;
  /** All environments by the records alone. */
  overview(query: OverviewQuery): Promise<Overview>;
  /** Where commits are live. */
  commits(query: CommitsQuery): Promise<CommitsLive>;
  /** What users asked in the last hour. */
  traffic(query: TrafficQuery): Promise<TrafficList>;
  /** Releases and what became of each. */
  matrix(query: MatrixQuery): Promise<Matrix>;
  /** All that the page shows of environments. */
  page(): Promise<readonly PagePlace[]>;
  /** Whether the chain of the ledger is whole; who asks while it is read shares the next answer. */
  ledgerChain(): Promise<LedgerChain>;
  /** What differs between two environments, now or as they were; no account is asked. */
  diff(query: DiffQuery): Promise<Diff>;
  plan(environment: string, release: Digest | undefined, requester: string): Promise<Plan>;
  /** Errors of a broken glass: `forbidden`, `override-without-reason`, `usage`. */
  promote(request: PromotionRequest, actor: Actor): Promise<RevisedView>;
  /** Says yes or no to one that waits for it. */
  decide(promotion: string, order: ApprovalRequest, actor: Actor): Promise<RevisedView>;
  /** Links by which people decide without a token at hand. */
  readonly links: {
    create(promotion: string, request: ApprovalLinkRequest, actor: Actor): Promise<ApprovalLink>;
    show(link: string): Promise<ShownLink>;
    actor(link: string): ReturnType<typeof actorByLink>;
    decide(by: Parameters<typeof decideByLink>[1], word: Parameters<typeof decideByLink>[2]): Promise<RevisedView>;
  };
  /** Seals what stands there; promoting that release takes it over. */
  adoption(environment: string): Promise<AdoptionResult>;
  bootstrap(environment: string, request: BootstrapRequest): Promise<BootstrapResult>;
  /** Gives its stacks back to cdk deploy. */
  handBack(environment: string, request: By<HandbackRequest>): Promise<HandbackResult>;
  destroy(environment: string, request: By<DestroyRequest>): Promise<DestroyResult>;
  takeOver(order: TakeoverOrder): Promise<TakeoverResult>;
  access(environment: string): Promise<AccountAccess>;
  /** Cuts a release, and records where it was cut. */
  cut(request: By<CutRequest>): Promise<CutResult>;
  releases(): Promise<ReleaseList>;
  release(digest: Digest): Promise<ReleaseView>;
  /** Of what it is made, by its SBOM. */
  components(digest: Digest): Promise<ComponentList>;
  verify(digest: Digest): Promise<VerifyResult>;
  makeImage(digest: Digest, request: ImageRequest): Promise<ImageResult>;
  push(digest: Digest): Promise<PushResult>;
  remove(digest: Digest): Promise<RemoveResult>;
  addEvidence(release: Digest, about: By<EvidenceQuery>, file: Uint8Array): Promise<EvidenceView>;
  evidenceOf(release: Digest): Promise<EvidenceList>;
  evidence(id: string, withFile: boolean): Promise<EvidenceView>;
  /** In force, newest first; of one declared environment, or of all. */
  freezes(environment: string | undefined): Promise<FreezeList>;
  freeze(environment: string, request: FreezeRequest, actor: string): Promise<FreezeList>;
  removeFreeze(id: string, actor: string): Promise<FreezeList>;
  hold(environment: string, request: HoldRequest, actor: string): Promise<HoldList>;
  /** Ends one hold, or one's own. */
  resume(environment: string, resuming: Resuming): Promise<HoldList>;
  /** Open ones, and those that ended within a day, newest first; of one environment, or of all. */
  taints(environment: string | undefined): Promise<TaintList>;
  acceptTaints(environment: string, request: TaintAcceptance, actor: string): Promise<TaintList>;
  block(release: Digest, request: BlockRequest, actor: string): Promise<BlockView>;
  unblock(release: Digest, request: UnblockRequest, actor: string): Promise<BlockView>;
  /** Newest first; of one declared environment, or of all. */
  promotions(query: PromotionListQuery): ReturnType<typeof promotions>;
  /** What happened to one, by the records alone. Errors: `promotion-unknown`. */
  timeline(promotion: string): Promise<Timeline>;
  /** Refuses (unknown environment, no stack) before the first line. */
  /** Each line with its level. */
  logs(environment: string, sinceMs: number, follow: boolean, signal: AbortSignal): Promise<AsyncIterable<LogLine>>;
  up(request: UpRequest, actor: Actor): AsyncIterable<UpLine>;
}

export function controlPlane(world: World): ControlPlane {
  return {
    engine: world.engine,
    credentials: world.credentials,
    ...looks(world),
    ...promotionsOf(world),
    ...releasesOf(world),
    ...evidenceIn(world),
    ...flowOf(world),
    ...environmentsOf(world),
    ...devOf(world),
    people: people(world),
    demos: demos(world),
  };
}

const looks = (
  world: World,
): Pick<
  ControlPlane,
  | 'status'
  | 'health'
  | 'doctor'
  | 'validate'
  | 'environments'
  | 'environment'
  | 'why'
  | 'overview'
  | 'matrix'
  | 'commits'
  | 'traffic'
  | 'ledgerChain'
  | 'page'
  | 'diff'
  | 'logs'
  | 'account'
> => ({
  status: (names) => status(world, names),
  health: (names) => health(world, names),
  doctor: (names) => doctor(world, names),
  validate: (name) => validate(world, name),
  environments: () => Promise.all(world.declaration().environments.map(({ name }) => environmentView(world, name))),
  environment: (name) => environmentView(world, name),
  account: (name) => accountView(world, name),
  why: (name) => why(world, name),
  overview: overviews(world),
  matrix: (query) => matrix(world, query),
  commits: (query) => commitsLive(world, query),
  traffic: trafficOf(world),
  ledgerChain: oneAtATime(() => world.engine.verifyLedger()),
  page: () => pagePlaces(world),
  diff: (query) => diff(world, query),
  logs: (name, sinceMs, follow, signal) => logs(world, name, { sinceMs, follow, signal }),
});

/** Shared by all who ask for the same at once. */
function overviews(world: World): ControlPlane['overview'] {
  const now = oneAtATime(() => overview(world));
  const then = new Map<string, Promise<Overview>>();
  return ({ at }) => {
    if (at === undefined) return now();
    const asked = then.get(at) ?? overview(world, at).finally(() => then.delete(at));
    then.set(at, asked);
    return asked;
  };
}

const promotionsOf = (
  world: World,
): Pick<ControlPlane, 'plan' | 'promote' | 'promotions' | 'timeline' | 'decide' | 'links' | 'up'> => ({
  decide: (id, order, actor) => decideOn(world, id, order, actor),
  links: {
    create: (id, request, actor) => createApprovalLink(world, id, request, actor),
    show: (link) => showLink(world, link),
    actor: (link) => actorByLink(world, link),
    decide: (by, word) => decideByLink(world, by, word),
  },
  plan: (name, release, requester) => plan(world, name, release, requester),
  async promote(request, actor) {
    if (request.breakGlass) mustBeAllowedGlass(request, actor);
    mayAct(world, request.environment);
    const view = await world.engine.request(request);
    void shareForOthers(world, request, view);
    return view;
  },
  promotions: (query) => promotions(world, query),
  timeline: (id) => timeline(world, id),
  up: (request, actor) => up(world, request, actor),
});

const releasesOf = (
  world: World,
): Pick<ControlPlane, 'cut' | 'releases' | 'release' | 'components' | 'verify' | 'makeImage' | 'push' | 'remove'> => ({
  cut: (request) => cutAndRecord(world, request),
  releases: () => listReleases(world),
  release: (digest) => showRelease(world, digest),
  components: (digest) => listComponents(world, digest),
  verify: (digest) => verifyRelease(world, digest),
  makeImage: (digest, request) => makeImage(world, digest, request),
  push: (digest) => pushRelease(world, digest),
  remove: (digest) => removeRelease(world, digest),
});

const evidenceIn = (world: World): Pick<ControlPlane, 'addEvidence' | 'evidenceOf' | 'evidence'> => ({
  addEvidence: (release, about, file) => addEvidence(world, release, about, file),
  evidenceOf: (release) => listEvidence(world, release),
  evidence: (id, withFile) => showEvidence(world, id, withFile),
});

const flowOf = (
  world: World,
): Pick<
  ControlPlane,
  'freezes' | 'freeze' | 'removeFreeze' | 'hold' | 'resume' | 'taints' | 'acceptTaints' | 'block' | 'unblock'
> => ({
  freezes: (name) => freezes(world, name),
  freeze: (name, request, actor) => addFreeze(world, name, request, actor),
  removeFreeze: (id, actor) => removeFreeze(world, id, actor),
  hold: (name, request, actor) => hold(world, name, request, actor),
  resume: (name, resuming) => resume(world, name, resuming),
  taints: (name) => taints(world, name),
  acceptTaints: (name, request, actor) => acceptTaints(world, name, request, actor),
  block: (release, request, actor) => block(world, release, request, actor),
  unblock: (release, request, actor) => unblock(world, release, request, actor),
});

const environmentsOf = (
  world: World,
): Pick<ControlPlane, 'adoption' | 'handBack' | 'bootstrap' | 'destroy' | 'takeOver' | 'access'> => ({
  async adoption(name) {
    mayAct(world, name);
    return adoption(world, name);
  },
  bootstrap: (name, request) => bootstrapEnvironment(world, name, request),
  handBack: (name, request) => handBack(world, name, request),
  destroy: (name, request) => destroyEnvironment(world, name, request),
  async takeOver(order) {
    mayAct(world, order.environment);
    return takeOver(world, order);
  },
  access: (name) => accountAccess(world, name),
});

function devOf(world: World): Pick<ControlPlane, 'dev' | 'devOffers'> {
  const dev = devSessions(world);
  const begin: DevSessions['begin'] = async (name) => {
    mayAct(world, name);
    return dev.begin(name);
  };
  return { dev: { ...dev, begin }, devOffers: () => devOffers(world) };
}

/** Refuses a real account without a shared database before anything is recorded; whatever acts later asks again. */
function mayAct(world: World, name: string): void {
  demandSharedDatabase([environmentNamed(world.declaration(), name)], world.config.databaseUrl);
}

async function environmentView(world: World, name: string): Promise<EnvironmentView> {
  const declaration = await environmentStanding(world, name);
  const { environment: _, ...record } = await world.engine.records.environment(name);
  const [{ glass }, url, previousCut] = await Promise.all([
    world.engine.records.acting(name, null),
    environmentUrl(world, declaration),
    cutFrom(world, record.previousRelease),
  ]);
  return { name, url, declaration, record, previousCut, glass: [...glass] };
}

async function logs(
  world: World,
  name: string,
  options: Parameters<Runtime['logs']>[1],
): Promise<AsyncIterable<LogLine>> {
  const environment = environmentNamed(world.declaration(), name);
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  if (!stack)
    throw new SoundBiteError('stack-missing', `${name} has no stack, so it has no logs`, {
      hint: `soundbite promote ${name}`,
    });
  return levelled(world.runtime(environment.runtime).logs({ environment, cloud, outputs: stack.outputs }, options));
}
