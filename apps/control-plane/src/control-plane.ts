import type {
  AccountAccess,
  BootstrapResult,
  CutResult,
  DestroyRequest,
  DestroyResult,
  DevList,
  EnvironmentView,
  Findings,
  HealthReport,
  Plan,
  PushResult,
  ReleaseList,
  ReleaseView,
  RemoveResult,
  Status,
  TakeoverResult,
  UpLine,
  UpRequest,
  VerifyResult,
} from '@soundbite/client';
import type { Engine, RevisedView } from '@soundbite/engine';
import {
  type Digest,
  demandSharedDatabase,
  type LogLine,
  type PromotionRequest,
  SoundBiteError,
} from '@soundbite/model';
import { accountAccess } from './account-access.ts';
import { urlOf } from './address.ts';
import { destroyEnvironment } from './destroy.ts';
import { type DevSessions, devSessions } from './dev.ts';
import { devOffers } from './dev-offers.ts';
import { doctor } from './doctor.ts';
import { health } from './health.ts';
import { validate } from './inspection.ts';
import { plan } from './plan.ts';
import { promotions } from './promotions.ts';
import { listReleases, removeRelease, showRelease, verifyRelease } from './releases.ts';
import { pushRelease, share, shareForOthers } from './shared-copies.ts';
import { status } from './status.ts';
import { type TakeoverOrder, takeOver } from './takeover.ts';
import { environmentStanding } from './undeclared.ts';
import { up } from './up.ts';
import type { CredentialsEndpoint } from './world/credentials.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** What can be asked of the control plane, whatever the surface. */
export interface ControlPlane {
  readonly engine: Engine;
  readonly credentials: CredentialsEndpoint;
  readonly dev: DevSessions;
  /** Where the working tree can be served, and what to use elsewhere. */
  devOffers(): DevList['environments'];
  /** Of these environments; of all when none is named. */
  status(environments: readonly string[]): Promise<Status>;
  health(environments: readonly string[]): Promise<HealthReport>;
  doctor(environments: readonly string[]): Promise<Findings>;
  validate(environment: string): Promise<Findings>;
  environments(): Promise<EnvironmentView[]>;
  environment(name: string): Promise<EnvironmentView>;
  plan(environment: string, release: Digest | undefined): Promise<Plan>;
  promote(request: PromotionRequest): Promise<RevisedView>;
  bootstrap(environment: string): Promise<BootstrapResult>;
  destroy(environment: string, request: DestroyRequest): Promise<DestroyResult>;
  takeOver(order: TakeoverOrder): Promise<TakeoverResult>;
  access(environment: string): Promise<AccountAccess>;
  cut(source: string | undefined): Promise<CutResult>;
  releases(): Promise<ReleaseList>;
  release(digest: Digest): Promise<ReleaseView>;
  verify(digest: Digest): Promise<VerifyResult>;
  push(digest: Digest): Promise<PushResult>;
  remove(digest: Digest): Promise<RemoveResult>;
  /** Newest first; of one declared environment, or of all. */
  promotions(environment: string | undefined, limit: number): Promise<RevisedView[]>;
  /** Refuses (unknown environment, no stack) before the first line. */
  logs(environment: string, sinceMs: number, follow: boolean, signal: AbortSignal): Promise<AsyncIterable<LogLine>>;
  up(request: UpRequest): AsyncIterable<UpLine>;
}

export function controlPlane(world: World): ControlPlane {
  const { engine } = world;
  const dev = devSessions(world);

  async function environment(name: string): Promise<EnvironmentView> {
    const declaration = await environmentStanding(world, name);
    const { environment: _, ...record } = await engine.records.environment(name);
    return { name, url: await urlOf(world, declaration), declaration, record };
  }

  /** Refuses a real account without a shared database before anything is recorded; whatever acts later asks again. */
  function mayAct(name: string): void {
    demandSharedDatabase([environmentNamed(world.declaration(), name)], world.config.databaseUrl);
  }

  return {
    engine,
    credentials: world.credentials,
    dev: {
      ...dev,
      async begin(name) {
        mayAct(name);
        return dev.begin(name);
      },
    },
    devOffers: () => devOffers(world),
    status: (names) => status(world, names),
    health: (names) => health(world, names),
    doctor: (names) => doctor(world, names),
    validate: (name) => validate(world, name),
    environments: () => Promise.all(world.declaration().environments.map(({ name }) => environment(name))),
    environment,
    plan: (name, release) => plan(world, name, release),
    async promote(request) {
      mayAct(request.environment);
      const view = await engine.request(request);
      void shareForOthers(world, request, view);
      return view;
    },
    async cut(source) {
      const cut = await world.cut(source ?? world.config.root);
      return { ...cut, shared: await share(world, cut.release) };
    },
    releases: () => listReleases(world),
    release: (digest) => showRelease(world, digest),
    verify: (digest) => verifyRelease(world, digest),
    push: (digest) => pushRelease(world, digest),
    remove: (digest) => removeRelease(world, digest),
    up: (request) => up(world, request),

    async takeOver(order) {
      mayAct(order.environment);
      return takeOver(world, order);
    },
    access: (name) => accountAccess(world, name),

    async bootstrap(name) {
      const declaration = environmentNamed(world.declaration(), name);
      const cloud = await world.clouds.of(declaration);
      const { changed } = await world.infrastructure.bootstrap(declaration, cloud);
      await cloud.checkpoint();
      return { environment: name, changed };
    },

    destroy: (name, request) => destroyEnvironment(world, name, request),

    promotions: (name, limit) => promotions(world, name, limit),

    async logs(name, sinceMs, follow, signal) {
      const declaration = environmentNamed(world.declaration(), name);
      const cloud = await world.clouds.of(declaration);
      const stack = await world.infrastructure.state(declaration, cloud);
      if (!stack)
        throw new SoundBiteError('stack-missing', `${name} has no stack, so no logs`, {
          hint: `soundbite promote ${name}`,
        });
      return world
        .runtime(declaration.runtime)
        .logs({ environment: declaration, cloud, outputs: stack.outputs }, { sinceMs, follow, signal });
    },
  };
}
