import {
  type Acting,
  accountOf,
  type BrokenGlass,
  type Digest,
  declaredOtherwiseFinding,
  type Entering,
  type FoundEntries,
  firstBroken,
  type GateRecord,
  type LedgerSearch,
  noPlaceToGoOn,
  promotionPage,
  readyBehind,
  rollbackAfter,
  SoundBiteError,
  searchedIn,
  shownUntil,
} from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { fakeApprovals } from './fake-approvals.ts';
import type { FakePlace, Ledger, Places } from './fake-places.ts';
import type { FakePromotions } from './fake-promotions.ts';
import { admissionOf, plannedSteps } from './fake-rules.ts';
import type { Staged } from './fake-staging.ts';

interface Parts {
  readonly staged: Staged;
  readonly places: Places;
  readonly promotions: FakePromotions;
  readonly ledger: Ledger;
  /** Errors: `release-unknown`. */
  demand(release: Digest): Digest;
  acting(name: string, release: Digest | null): Omit<Acting, 'glass'>;
  /** What says no to a place now. */
  flow(place: FakePlace, release: Digest, entering: Entering): readonly GateRecord[];
  readonly approvals: Pick<ReturnType<typeof fakeApprovals>, 'of'>;
}

/** What only reads. */
export function fakeLooks({ staged, places, promotions, ledger, demand, flow, approvals, acting }: Parts) {
  const { at, names } = places;
  const otherOf = (name: string) => staged.declaredOtherwise.get(name) ?? null;
  const otherFindings = (name: string) => {
    const other = otherOf(name);
    return other ? [declaredOtherwiseFinding(name, other)] : [];
  };
  const actingOn = ({ name, live }: FakePlace) => {
    const { freezes, holds, block, taints } = acting(name, live);
    return {
      freezes: [...freezes],
      holds: [...holds],
      blocked: block?.blocked ? block : null,
      glass: glassIn(promotions, name),
      taints: [...taints],
    };
  };
  const rollbackOf = ({ name, live, history }: FakePlace, release: Digest): schemas.Plan['rollback'] => {
    const facts = { environment: name, release, live, migrates: false, history, floor: null };
    const blocks = readyBehind(facts).flatMap((digest) => acting(name, digest).block ?? []);
    const { to, obstacles } = rollbackAfter({ ...facts, blocks });
    return { to, obstacles: [...obstacles], ready: to === null ? null : true, usualSeconds: null };
  };
  const lookedAt = (name: string): FakePlace => {
    const why = staged.broken.get(name);
    if (why !== undefined) throw new SoundBiteError('stack-missing', why, { hint: 'soundbite up' });
    return at(name);
  };
  const statusOf = (place: FakePlace): schemas.StatusEnvironment => ({
    name: place.name,
    state: places.stateOf(place),
    release: place.live,
    url: urlOf(place),
    runtime: place.declaration.runtime,
    cloud: {
      kind: 'emulated',
      account: place.declaration.cloud.account,
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:4566',
    },
    findings: otherFindings(place.name),
    declaredOtherwise: otherOf(place.name),
    ...{ wayBack: { floor: null, refused: null }, adopted: null, ...actingOn(place) },
    promotion: openIn(promotions, place),
  });

  const looks = {
    /** Refuses where there is nothing to read from. */
    demandLogs: (name: string) => void lookedAt(name),

    status(chosen: readonly string[] = names): schemas.Status {
      for (const name of chosen) at(name);
      return {
        controlPlane: { url: staged.url, pid: process.pid },
        away: chosen === names ? [...staged.away] : [],
        environments: names.filter((name) => chosen.includes(name)).map((name) => statusOf(at(name))),
      };
    },

    environment(name: string): schemas.EnvironmentView {
      const place = at(name);
      const { declaration, live: liveRelease, generation } = place;
      const previousRelease = places.previousIn(place);
      const record = { liveRelease, previousRelease, infrastructureRelease: liveRelease, generation };
      const previousCut = previousRelease && staged.cutFrom;
      return { name, url: urlOf(place), declaration, record, previousCut, glass: glassIn(promotions, name) };
    },

    promotionList(query: schemas.PromotionListQuery): schemas.PromotionList {
      if (query.environment) at(query.environment);
      return pageIn(promotions.all().reverse(), query);
    },

    ledgerNewest: (search: LedgerSearch): FoundEntries => searchedIn(ledger.entries, search),
    ledgerChain(): schemas.LedgerChain {
      const broken = firstBroken(ledger.entries);
      const last = broken ?? ledger.entries.at(-1);
      const verified = new Date().toISOString();
      return {
        whole: broken === null,
        entries: last?.sequence ?? 0,
        broken: broken?.sequence ?? null,
        head: last?.hash ?? null,
        verified,
      };
    },
    ledgerPage: (after: number, limit: number): schemas.LedgerPage => ({
      entries: ledger.entries.filter(({ sequence }) => sequence > after).slice(0, limit),
    }),

    plan(name: string, asked: Digest | null): schemas.Plan {
      const place = lookedAt(name);
      // What is offered: that of the environment before; to the first one something new.
      const offered = places.before(place)?.live ?? (`sha256:${'e'.repeat(64)}` as Digest);
      const release = asked ? demand(asked) : offered;
      const steps = plannedSteps(place.declaration, release, place.live);
      return {
        environment: name,
        release,
        current: place.live,
        cut: staged.cutFrom,
        ...changesOfEachPlan,
        admission: admissionOf(places, place, release, {}),
        declaredOtherwise: otherOf(name),
        gates: [
          ...flow(place, release, { release, isAutomatic: false, isLiveHere: place.live === release }),
          ...approvals.of({ promotion: '', actor: 'local' }, place),
        ],
        steps,
        expectedSeconds: steps.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0),
        glass: glassIn(promotions, name),
        rollback: rollbackOf(place, release),
      };
    },

    validate(name: string): schemas.Findings {
      lookedAt(name);
      const findings = [...otherFindings(name), ...staged.findings];
      return { environment: name, ok: findings.every(({ ok }) => ok), findings };
    },

    health(chosen?: readonly string[]): schemas.HealthReport {
      const healthOf = ({ name, state, release }: schemas.StatusEnvironment) => ({
        name,
        state,
        release,
        findings: staged.findings,
        restarts: 0,
        jobs: { waiting: 0, oldestSeconds: null },
        components: release === null ? null : [componentAs(release)],
      });
      return { environments: looks.status(chosen).environments.map(healthOf) };
    },

    account(name: string): schemas.AccountView {
      const { declaration, live } = lookedAt(name);
      const runs = declaration.runtime === 'aws' && live !== null;
      return { ...accountOf(declaration, runs ? ['worker', 'api'].map(functionAs(name)) : []), unknown: null };
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
  };
  return looks;
}

const componentAs = (release: Digest) => ({
  ...{ component: 'api', as: 'process' as const, release, serves: true, state: 'healthy', ok: true },
  ...{ restarts: 0, oomKills: null, lastOomKill: null, memory: { usedMiB: 90, peakMiB: 120, limitMiB: 672 } },
});

const functionAs = (environment: string) => (component: string) => {
  const functionName = `soundbite-${environment}-${component}`;
  return { component, functionName, alias: 'live', logGroup: `/aws/lambda/${functionName}` };
};

/** Of promotions, newest first. Errors: `usage`. */
export function pageIn(
  all: readonly schemas.PromotionView[],
  query: schemas.PromotionListQuery,
): schemas.PromotionList {
  const { environment, limit, before } = query;
  const place = before === undefined ? -1 : all.findIndex(({ promotion }) => promotion === before);
  if (before !== undefined && place < 0) throw noPlaceToGoOn(before);
  const isAsked = (view: schemas.PromotionView) => environment === undefined || view.environment === environment;
  return promotionPage(all.slice(place + 1).filter(isAsked), limit);
}

const urlOf = ({ declaration }: FakePlace) => `http://127.0.0.1:${declaration.port}`;

const changesOfEachPlan = {
  commits: [{ commit: 'c'.repeat(40), subject: 'Speak louder' }],
  removals: [],
  resources: [{ id: 'Queue', type: 'AWS::SQS::Queue', change: 'modify' as const }],
  missing: [],
  changed: [],
  leftovers: [],
  unallowed: [],
  settings: [{ path: 'limits.textBytes', from: 3000, to: 4000 }],
};

/** For what somebody broke the glass of a place, newest first. */
export const glassIn = (promotions: FakePromotions, name: string): BrokenGlass[] =>
  promotions
    .all()
    .filter(({ environment, asked }) => environment === name && asked.breakGlass)
    .reverse()
    .map(({ promotion, environment, release, actor: by, createdAt: at, asked }) => {
      return { promotion, environment, release, by, at, until: shownUntil(at), reason: asked.reason ?? '' };
    });

/** The promotion that runs in a place, else the next one. */
function openIn(promotions: FakePromotions, { name }: FakePlace): schemas.StatusEnvironment['promotion'] {
  const current = promotions.running(name) ?? promotions.open(name)[0];
  if (!current) return null;
  const { promotion: id, release, state, steps } = current;
  return { id, release, state, step: steps.find((step) => step.state === 'running')?.name ?? null };
}
