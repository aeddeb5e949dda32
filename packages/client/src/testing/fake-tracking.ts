import {
  type Acting,
  type Approval,
  type Digest,
  evidenceThatCounts,
  gateDifferences,
  type LedgerEntry,
  SoundBiteError,
  spansOf,
  timelineOf,
} from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { fakeApprovals } from './fake-approvals.ts';
import { glassIn } from './fake-looks.ts';
import type { FakePlace, Places } from './fake-places.ts';
import type { FakePromotions } from './fake-promotions.ts';
import type { Staged } from './fake-staging.ts';

interface TrackingParts {
  readonly staged: Pick<Staged, 'cutFrom'>;
  readonly places: Places;
  readonly promotions: FakePromotions;
  acting(name: string, release: Digest | null): Omit<Acting, 'glass'>;
  evidenceOf(release: Digest): schemas.EvidenceList;
  readonly approvals: Pick<ReturnType<typeof fakeApprovals>, 'said' | 'lastWords'>;
  readonly ledger: readonly LedgerEntry[];
}

/** What explains the state of the fake's environments. What was live at the beginning nobody brought. */
export function fakeTracking({ staged, places, promotions, acting, evidenceOf, approvals, ledger }: TrackingParts) {
  const evidenceAt = (release: Digest, time: string | null) =>
    evidenceThatCounts(
      evidenceOf(release).evidence.map((one) => ({ ...one, saidFirst: one.at })),
      time,
      () => true,
    );
  const endOf = (name: string, at: string | undefined): schemas.Diff['from'] => {
    const place = places.at(name);
    if (at !== undefined && Date.parse(at) > Date.now() + 60_000)
      throw new SoundBiteError('usage', `${at} has not come yet`, { hint: 'name a time that is over' });
    const release = at === undefined ? place.live : liveAt(promotions, place, at);
    const environment = place.name;
    return { environment, at: at ?? null, release, commit: release && 'c'.repeat(40), dirty: false };
  };
  return {
    diff({ from, fromAt, to, toAt }: schemas.DiffQuery): schemas.Diff {
      const ends = { from: endOf(from, fromAt), to: endOf(to, toAt) };
      const empty = [ends.from, ends.to].find(({ release }) => release === null);
      const reason = `nothing was live in ${empty?.environment}`;
      const parts = (['commits', 'settings', 'resources'] as const).map((what) => ({ what, reason }));
      const gates = gateDifferences(places.at(from).declaration, places.at(to).declaration);
      if (empty) return { ...ends, commits: null, settings: null, resources: null, gates, unknown: parts };
      const isSame = ends.from.release === ends.to.release;
      return { ...ends, ...(isSame ? noDifferences : someDifferences), gates, unknown: [] };
    },

    timeline(id: string): schemas.Timeline {
      const view = promotions.view(id);
      const { role, follows, aborts, ...course } = promotions.course(id);
      const steps = course.steps.map((step) => ({ ...step, evidence: evidenceOfStep(ledger, id, step.name) }));
      const entries = timelineOf({ view, ...course, steps, words: approvals.said(id), said: saidOf(ledger, id) });
      const evidence = evidenceAt(view.release, course.admittedAt);
      const { kind, account, region } = places.at(view.environment).declaration.cloud;
      const cloud = { kind, account, region };
      const spans = spansOf(view);
      return {
        ...view,
        cut: staged.cutFrom,
        role,
        follows,
        aborts,
        cloud: view.beganAt === null ? null : cloud,
        ...spans,
        entries,
        approvals: approvals.lastWords(id),
        evidence,
      };
    },

    why(name: string): schemas.Why {
      const place = places.at(name);
      const { live: release } = place;
      const brought = release && broughtBy(promotions, place, release);
      const coming = promotions.all().filter(({ finishedAt, environment, rest }) => {
        return finishedAt === null && (environment === name || rest.includes(name));
      });
      const isHere = (view: schemas.PromotionView) => view.environment === name && view.state === 'running';
      const { freezes, holds, block, taints } = acting(name, release);
      const current = coming.find(isHere);
      return {
        environment: name,
        release,
        since: brought?.finishedAt ?? null,
        promotion: brought?.promotion ?? null,
        by: brought ? decisionOf(promotions, brought, approvals.lastWords(brought.promotion)) : null,
        gates: brought?.gates ?? [],
        evidence: release ? evidenceAt(release, brought?.createdAt ?? null) : [],
        underWay: current
          ? { id: current.promotion, release: current.release, state: current.state, step: null }
          : null,
        waits: coming.filter((view) => !isHere(view)).map((view) => ({ ...waitOf(name, view), cut: staged.cutFrom })),
        ...{ freezes: [...freezes], holds: [...holds], blocked: block?.blocked ? block : null },
        glass: glassIn(promotions, name),
        taints: [...taints],
      };
    },
  };
}

const evidenceOfStep = (ledger: readonly LedgerEntry[], id: string, name: string): unknown =>
  ledger
    .filter(({ subject, kind }) => subject === id && kind === 'step.finished')
    .map(({ payload }) => payload as { readonly step: string; readonly evidence?: unknown })
    .find(({ step }) => step === name)?.evidence;

const saidOf = (ledger: readonly LedgerEntry[], id: string) =>
  ledger
    .filter(({ subject, kind }) => subject === id && kind === 'promotion.stop-asked')
    .slice(0, 1)
    .map(({ at, payload }) => ({ what: 'stop-asked' as const, at, ...(payload as { reason: string; by: string }) }));

const noDifferences = { commits: [], settings: [], resources: [] };

/** Between any two releases. */
const someDifferences: Pick<schemas.Diff, 'commits' | 'settings' | 'resources'> = {
  commits: [{ commit: 'c'.repeat(40), subject: 'Speak louder', only: 'to' }],
  settings: [{ path: 'limits.textBytes', from: 3000, to: 4000, because: ['release'] }],
  resources: [{ id: 'Queue', type: 'AWS::SQS::Queue', change: 'modify', because: ['release'] }],
};

/** What was live at the beginning was always there. */
function liveAt(promotions: FakePromotions, { name, history }: FakePlace, at: string): Digest | null {
  const done = promotions.all().filter(({ environment, state }) => environment === name && state === 'succeeded');
  const first = history.length > done.length ? (history.at(-1)?.release ?? null) : null;
  return done.findLast(({ finishedAt }) => finishedAt !== null && finishedAt <= at)?.release ?? first;
}

function broughtBy(promotions: FakePromotions, place: FakePlace, release: Digest): schemas.PromotionView | null {
  const done = promotions.all().filter(({ environment, state }) => environment === place.name && state === 'succeeded');
  const others = done.findLastIndex((view) => view.release !== release);
  // As long as no other release came, the one of the beginning is still there.
  const wasThere = others < 0 && place.history.at(-1)?.release === release && place.history.length > done.length;
  return wasThere ? null : (done[others + 1] ?? null);
}

function decisionOf(
  promotions: FakePromotions,
  { promotion, actor, kind, asked }: schemas.PromotionView,
  approvals: Approval[],
): schemas.Why['by'] {
  const follows = promotions.all().find(({ next }) => next === promotion)?.promotion ?? null;
  return {
    actor,
    kind,
    reason: asked.reason,
    override: asked.override,
    breakGlass: asked.breakGlass,
    follows,
    approvals,
  };
}

const waitOf = (name: string, view: schemas.PromotionView): Omit<schemas.Why['waits'][number], 'cut'> => ({
  promotion: view.promotion,
  release: view.release,
  kind: view.kind,
  by: view.actor,
  askedReason: view.asked.reason,
  since: view.createdAt,
  comesFrom: view.environment === name ? null : view.environment,
  reason: view.environment === name ? view.reason : `comes after ${view.environment}, where it is ${view.state}`,
  waitsFor: view.waitsFor,
  gates: view.environment === name && view.admission === null ? view.gates : [],
});
