import type { Digest, Environment, LogLine, PromotionRequest } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import { fakeActs } from './fake-acts.ts';
import { fakeApprovals } from './fake-approvals.ts';
import { fakeCommits } from './fake-commits.ts';
import { fakeDecisions } from './fake-decisions.ts';
import { usualEnvironments } from './fake-declaration.ts';
import { fakeDemo } from './fake-demo.ts';
import { devOffers, fakeDev } from './fake-dev.ts';
import { fakeEvents } from './fake-events.ts';
import { fakeEvidence } from './fake-evidence.ts';
import { fakeFlow } from './fake-flow.ts';
import { fakeLooks } from './fake-looks.ts';
import { fakeOverview } from './fake-overview.ts';
import { fakePast } from './fake-past.ts';
import { fakePeople } from './fake-people.ts';
import { fakeLedger, fakePlaces } from './fake-places.ts';
import { type End, FakePromotions } from './fake-promotions.ts';
import { fakeReleases } from './fake-releases.ts';
import { staged as stagedByTests } from './fake-staging.ts';
import { fakeTaints } from './fake-taints.ts';
import { fakeTracking } from './fake-tracking.ts';
import { fakeTraffic } from './fake-traffic.ts';
import { useOf } from './fake-uses.ts';

export type FakeWorld = ReturnType<typeof makeWorld>;

/** The state behind the fake control plane; see fake-control-plane.ts for what it promises. `live` names what is live where; `declared`: other environments than the usual ones. */
export function makeWorld(
  live: Partial<Record<string, Digest>> = {},
  declared: readonly Environment[] = usualEnvironments(),
) {
  const places = fakePlaces(live, declared);
  const { at, names } = places;
  const events = fakeEvents();
  const ledger = fakeLedger(events.entry);
  const staged = stagedByTests();
  const releases = fakeReleases(
    names,
    (release) => names.filter((name) => at(name).live === release),
    (digest) => useOf({ places, promotions }, digest),
    (digest) => flow.blockOf(digest),
  );
  const newest = (): Digest | null => releases.releaseList().releases[0]?.release ?? null;
  /** What is or was live somewhere is in the store, too. */
  const demand = (release: Digest): Digest =>
    places.all.some(({ history }) => history.some((one) => one.release === release))
      ? release
      : releases.release(release).release;
  const taints = fakeTaints({ places, ledger, changed: () => promotions.decideAgain() });
  const flow = fakeFlow({
    ...{ places, ledger, demand, taints },
    changed: () => promotions.decideAgain(),
    stop: (release, why, by) => promotions.stopAll(release, why, by),
  });
  const people = fakePeople(
    names,
    ledger,
    (id) => promotions.all().find(({ promotion }) => promotion === id)?.environment ?? flow.environmentOf(id),
  );
  const approvals = fakeApprovals(people.approversIn);
  const promotions: FakePromotions = new FakePromotions({ places, newest, demand, flow, approvals }, ledger, events);
  const dev = fakeDev(
    ({ name }) => promotions.open(name)[0]?.promotion ?? null,
    (place) => promotions.enter(place),
  );

  const evidence = fakeEvidence(ledger, demand);

  const tracking = fakeTracking({
    ...{ staged, places, promotions, acting: flow.acting, ledger: ledger.entries },
    evidenceOf: evidence.evidenceOf,
    approvals,
  });

  const looks = fakeLooks({
    staged,
    places,
    promotions,
    ledger,
    demand,
    flow: flow.says,
    approvals,
    acting: flow.acting,
  });
  const present = {
    ...fakeOverview({
      ...{ staged, places, promotions, acting: flow.acting },
      ...{ why: tracking.why, releaseList: releases.releaseList },
    }),
    promotionList: looks.promotionList,
    all: () => promotions.all(),
  };

  const past = fakePast(present, events.watch);

  // One object, so that what a test sets later is what the looks read.
  return Object.assign(staged, {
    ...releases,
    ...looks,
    ...evidence,
    ...tracking,
    ...past,
    commits: fakeCommits(staged, past.overview),
    ...flow.calls,
    ...taints.calls,
    ...fakeActs({ staged, places, promotions, ledger, taints, newest }),
    names,
    ledger: ledger.entries,
    events,

    promotions,
    promote: (request: PromotionRequest) => promotions.ask(request),
    all: () => promotions.all(),
    promotion: (id: string) => promotions.view(id),
    advance: (id: string) => promotions.advance(id),
    end: (id: string, state: End, reason: string | null = null, evidence?: unknown) =>
      promotions.end(id, state, reason, evidence),

    traffic: fakeTraffic(places),
    people,
    decisions: fakeDecisions({ promotions, places, approvals, approversIn: people.approversIn }),

    demo: fakeDemo(),
    dev,
    devOffers: () => devOffers(names.map(at)),
    startDev(name: string) {
      const session = dev.begin(at(name));
      events.lock(name);
      taints.calls.taint(name, 'dev', [`dev session ${session.session}`]);
      return session;
    },
    sessions: dev.sessions,

    /** The state of an environment, whatever its release. */
    setState(name: string, state: schemas.EnvironmentState) {
      at(name).state = state;
    },
    /** The service says something: whoever follows hears it. */
    log(line: LogLine) {
      staged.logLines.push(line);
      for (const tell of staged.followers) tell(line);
    },
  });
}
