import {
  type Digest,
  declaredOtherwiseFinding,
  isFinal,
  type PromotionRequest,
  SoundBiteError,
} from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import { names } from './fake-declaration.ts';
import { devOffers, fakeDev } from './fake-dev.ts';
import { fakeLedger, fakePlaces, type Place } from './fake-places.ts';
import { type End, FakePromotions } from './fake-promotions.ts';
import { fakeReleases } from './fake-releases.ts';
import { admissionOf, plannedSteps } from './fake-rules.ts';

export type FakeWorld = ReturnType<typeof makeWorld>;

/** The state behind the fake control plane; see fake-control-plane.ts for what it promises. `live` names what is live where. */
export function makeWorld(live: Partial<Record<string, Digest>> = {}) {
  const places = fakePlaces(live);
  const { at } = places;
  const ledger = fakeLedger();
  const releases = fakeReleases((release) => names.filter((name) => at(name).live === release), useOf);
  const promotions = new FakePromotions({ places, newest, demand }, ledger);
  const dev = fakeDev(
    ({ name }) => promotions.open(name)[0]?.promotion ?? null,
    (place) => promotions.enter(place),
  );
  const destroyed = new Set<string>();

  const lookedAt = (name: string) => {
    const found = at(name);
    const why = world.broken.get(name);
    if (why !== undefined) throw new SoundBiteError('stack-missing', why, { hint: 'soundbite up' });
    return found;
  };
  /** Why a release has to stay in the store; null: nobody needs it. */
  function useOf(digest: Digest): string | null {
    const under = promotions.all().find((one) => !isFinal(one.state) && [one.release, one.previous].includes(digest));
    if (under) return `is needed by promotion ${under.promotion} into ${under.environment}`;
    for (const place of places.all) {
      if (place.live === digest) return `is live in ${place.name}`;
      if (places.previousIn(place) === digest) return `is what a rollback of ${place.name} goes to`;
    }
    return null;
  }
  function newest(): Digest | null {
    return releases.releaseList().releases[0]?.release ?? null;
  }
  /** What is or was live somewhere is in the store, too. */
  function demand(release: Digest): Digest {
    const isThere = places.all.some(({ history }) => history.some((one) => one.release === release));
    return isThere ? release : releases.release(release).release;
  }

  function refuseBusy({ name, session }: Place): void {
    const coming = promotions
      .all()
      .find((view) => !isFinal(view.state) && [view.environment, ...view.rest].includes(name))?.promotion;
    const [who, hint] = session
      ? [`dev session ${session} has ${name}`, 'end it first']
      : [coming && `promotion ${coming} has ${name}, or goes on to it`, 'wait for it, or soundbite abort it'];
    if (who) throw new SoundBiteError('environment-busy', who, { hint });
  }
  const otherOf = (name: string) => world.declaredOtherwise.get(name) ?? null;
  const otherFindings = (name: string) => {
    const other = otherOf(name);
    return other ? [declaredOtherwiseFinding(name, other)] : [];
  };
  function statusOf(place: Place): schemas.StatusEnvironment {
    const { name, declaration, live: release } = place;
    const current = promotions.running(name) ?? promotions.open(name)[0];
    return {
      name,
      state: places.stateOf(place),
      release,
      url: `http://127.0.0.1:${declaration.port}`,
      runtime: declaration.runtime,
      cloud: {
        kind: 'emulated',
        account: declaration.cloud.account,
        region: 'us-east-1',
        endpoint: 'http://127.0.0.1:4566',
      },
      findings: otherFindings(name),
      declaredOtherwise: otherOf(name),
      promotion: current
        ? {
            id: current.promotion,
            release: current.release,
            state: current.state,
            step: current.steps.find((step) => step.state === 'running')?.name ?? null,
          }
        : null,
    };
  }

  const world = {
    ...releases,
    names,
    url: '',
    logLines: [] as schemas.LogLine[],
    followers: new Set<(line: schemas.LogLine) => void>(),
    doctor: { ok: true, findings: [{ name: 'postgres', ok: true, detail: '18.4' }] } as schemas.Findings,
    findings: [{ name: 'account', ok: true, detail: '000000000003' }] as schemas.FindingView[],
    upLines: ['postgres runs', 'five environments are healthy'],
    /** How often the connection of an `up` breaks after its progress, before one comes through. */
    upBreaks: 0,
    upError: null as SoundBiteError | null,
    /** What each `up` named. */
    upAsked: [] as (readonly string[])[],
    upStopped: null as string | null,
    /** What every request is answered with, whatever it asks for. */
    refusal: null as SoundBiteError | null,
    /** Environments that cannot be looked at, and why. */
    broken: new Map<string, string>(),
    /** The installation that has an environment, where it is another than this one. */
    heldElsewhere: new Map<string, string>(),
    /** Shared environments that are declared here otherwise than on record. */
    declaredOtherwise: new Map<string, NonNullable<schemas.DeclaredOtherwiseView>>(),
    /** The state of an environment, whatever its release. */
    setState(name: string, state: schemas.EnvironmentState) {
      at(name).state = state;
    },
    promotions,
    /** Promotions go through by themselves as soon as they begin. */
    get auto() {
      return promotions.auto;
    },
    set auto(isAuto: boolean) {
      promotions.auto = isAuto;
    },
    promote: (request: PromotionRequest) => promotions.ask(request),
    all: () => promotions.all(),
    promotion: (id: string) => promotions.view(id),
    advance: (id: string) => promotions.advance(id),
    end: (id: string, state: End, reason: string | null = null) => promotions.end(id, state, reason),

    status(chosen: readonly string[] = names): schemas.Status {
      for (const name of chosen) at(name);
      return {
        controlPlane: { url: world.url, pid: process.pid },
        environments: names.filter((name) => chosen.includes(name)).map((name) => statusOf(at(name))),
      };
    },

    environment(name: string): schemas.EnvironmentView {
      const place = at(name);
      const { declaration, live: liveRelease, generation } = place;
      return {
        name,
        url: `http://127.0.0.1:${declaration.port}`,
        declaration,
        record: {
          liveRelease,
          previousRelease: places.previousIn(place),
          infrastructureRelease: liveRelease,
          generation,
        },
      };
    },

    history(environment: string | null, limit: number): schemas.PromotionList {
      if (environment) at(environment);
      const found = promotions
        .all()
        .reverse()
        .filter((view) => !environment || view.environment === environment);
      return { promotions: found.slice(0, limit) };
    },

    ledger: ledger.entries,
    ledgerPage: (after: number, limit: number): schemas.LedgerPage => ({
      entries: ledger.entries.filter(({ sequence }) => sequence > after).slice(0, limit),
    }),

    plan(name: string, release: Digest | null): schemas.Plan {
      const place = lookedAt(name);
      const wanted = release ? demand(release) : (`sha256:${'e'.repeat(64)}` as Digest);
      const steps = plannedSteps(place.declaration, wanted, place.live);
      return {
        environment: name,
        release: wanted,
        current: place.live,
        commits: [{ commit: 'c'.repeat(40), subject: 'Speak louder' }],
        removals: [],
        resources: [{ id: 'Queue', type: 'AWS::SQS::Queue', change: 'modify' }],
        missing: [],
        changed: [],
        leftovers: [],
        settings: [{ path: 'limits.textBytes', from: 3000, to: 4000 }],
        declaredOtherwise: otherOf(name),
        admission: admissionOf(places, place, wanted, {}),
        steps,
        expectedSeconds: steps.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0),
      };
    },
    validate(name: string): schemas.Findings {
      lookedAt(name);
      const findings = [...otherFindings(name), ...world.findings];
      return { environment: name, ok: findings.every(({ ok }) => ok), findings };
    },
    health(chosen?: readonly string[]): schemas.HealthReport {
      const { environments: all } = world.status(chosen);
      return {
        environments: all.map((one) => ({
          name: one.name,
          state: one.state,
          release: one.release,
          findings: world.findings,
          restarts: 0,
          jobs: { waiting: 0, oldestSeconds: null },
        })),
      };
    },
    bootstrap(name: string): schemas.BootstrapResult {
      at(name);
      return { environment: name, changed: true };
    },
    destroy(name: string, { confirm, actor, idempotencyKey }: schemas.DestroyRequest): schemas.DestroyResult {
      const place = at(name);
      mustConfirm(name, confirm, `type the name: soundbite destroy ${name}`);
      const isDone = idempotencyKey !== undefined && destroyed.has(`${name} ${idempotencyKey}`);
      if (!isDone) {
        refuseBusy(place);
        ledger.record('environment.destroy-asked', name, { actor });
        Object.assign(place, { live: null, history: [] });
        ledger.record('environment.destroyed', name, { at: Date.now(), actor });
        destroyed.add(`${name} ${idempotencyKey}`);
      }
      return { environment: name, destroyed: true };
    },
    takeOver(name: string, confirm: string): schemas.TakeoverResult {
      mustConfirm(name, confirm, `soundbite takeover ${name} --confirm ${name}`);
      const from = world.heldElsewhere.get(name) ?? null;
      world.heldElsewhere.delete(name);
      return { environment: name, changed: from !== null, from, live: at(name).live };
    },
    access(name: string): schemas.AccountAccess {
      const { cloud } = at(name).declaration;
      return {
        environment: name,
        kind: cloud.kind,
        account: cloud.account,
        region: cloud.region,
        endpoint: cloud.kind === 'emulated' ? 'http://127.0.0.1:8110' : null,
        credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: null, expiration: null },
      };
    },
    dev,
    devOffers: () => devOffers(names.map(at)),
    startDev: (name: string) => dev.begin(at(name)),
    sessions: dev.sessions,
    /** Refuses where there is nothing to read from. */
    demandLogs: (name: string) => void lookedAt(name),
    /** The service says something: whoever follows hears it. */
    log(line: schemas.LogLine) {
      world.logLines.push(line);
      for (const tell of world.followers) tell(line);
    },
  };
  return world;
}

function mustConfirm(name: string, confirm: string, hint: string): void {
  if (confirm !== name) throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, { hint });
}
