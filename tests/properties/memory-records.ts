import type { RevisedView } from '@soundbite/engine';
import type { Asked } from '@soundbite/engine/store/promotion-rows.ts';
import type { Records } from '@soundbite/engine/store/records.ts';
import { ownSites } from '@soundbite/engine/store/sites.ts';
import type { Beginning } from '@soundbite/engine/store/steps.ts';
import { isGoneOnAfter, type Outcome } from '@soundbite/engine/workflow/outcome.ts';
import {
  askedOf,
  type Digest,
  isFinal,
  type PlannedStep,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionState,
  rollbackTarget,
  type StepState,
  type SucceededPromotion,
  sharedSite,
  stepNameOf,
} from '@soundbite/model';

interface Step {
  state: StepState;
  detail: string;
  readonly startedAt: number;
  /** Of a migration's program. */
  starts: number;
}

export interface Row {
  readonly id: string;
  readonly environment: string;
  readonly request: PromotionRequest;
  release: Digest;
  previous: Digest | null;
  state: PromotionState;
  reason: string | null;
  plan: PromotionPlan | null;
  stopped: string | null;
  broken: string | null;
  givenUp: string | null;
  readonly aborts: string | null;
  isAdmitted: boolean;
  /** Which end it was, counted over all; null: it has not ended. */
  end: number | null;
  readonly steps: Map<string, Step>;
}

/** The operations that promotions need. */
type Simulated =
  | 'acting'
  | 'asked'
  | 'begin'
  | 'begunSteps'
  | 'blockOf'
  | 'breakOff'
  | 'create'
  | 'decided'
  | 'environment'
  | 'finish'
  | 'floorAbove'
  | 'generation'
  | 'giveUp'
  | 'hasMigrated'
  | 'history'
  | 'infrastructure'
  | 'list'
  | 'live'
  | 'lost'
  | 'migrationBegun'
  | 'note'
  | 'ranMigration'
  | 'rollbackFloor'
  | 'stepBegun'
  | 'stepEnded'
  | 'stop'
  | 'view'
  | 'sites'
  | 'wasLive'
  | 'within'
  | 'withKey';

const migrationOf = ({ steps }: Row): Step | undefined =>
  [...steps].find(([key]) => stepNameOf({ key }) === 'migration')?.[1];
const hasMigrated = (one: Row): boolean => migrationOf(one)?.state === 'succeeded';

/** Thrown at a workflow that another one has taken over. */
export class WorkflowTakenOver extends Error {}

/**
 * The records of one environment in memory, for as many histories as a property needs. Spec: what the repositories of `packages/engine/src/store` do in
 * their transactions; `memory-records.test.ts` asks both the same.
 */
export function memoryRecords() {
  const rows = new Map<string, Row>();
  const live = new Map<string, Digest | null>();
  const stacks = new Map<string, Digest>();
  const lostAt = new Map<string, number>();
  let ends = 0;
  let generation = 0;
  /** Ends of what had ended: there must be none, though the first one stands. */
  const twice: string[] = [];
  const finished = new Set<string>();

  const row = (id: string): Row => {
    const found = rows.get(id);
    if (!found) throw new Error(`no promotion ${id}`);
    return found;
  };
  const history = (environment: string): SucceededPromotion[] =>
    [...rows.values()]
      .filter(({ environment: at, state, end }) => at === environment && state === 'succeeded' && end !== null)
      .filter(({ end }) => (end ?? 0) > (lostAt.get(environment) ?? -1))
      .sort((a, b) => (b.end ?? 0) - (a.end ?? 0))
      .map((one) => ({
        ...{ kind: one.request.kind, release: one.release, previous: one.previous },
        migrated: hasMigrated(one),
      }));
  const migrations = (environment: string, release: Digest) =>
    [...rows.values()].filter((one) => one.environment === environment && one.release === release);
  const floorOf = (environment: string): Row | undefined =>
    [...rows.values()]
      .filter((one) => one.environment === environment && one.state === 'succeeded' && hasMigrated(one))
      .sort((a, b) => (b.end ?? 0) - (a.end ?? 0))[0];
  const end = (one: Row, state: PromotionState, reason: string | null): void => {
    if (one.end !== null) twice.push(one.id);
    Object.assign(one, { state, reason, end: ++ends });
  };

  const beginStep = (one: Row, { key }: PlannedStep, stoppable: boolean): Beginning => {
    const standing = one.steps.get(key);
    if (standing && standing.state !== 'running')
      return { is: 'ended', outcome: { state: standing.state, detail: standing.detail } };
    if (stoppable && one.broken !== null) return { is: 'stopped', state: 'errored', reason: one.broken };
    if (stoppable && one.stopped !== null) return { is: 'stopped', state: 'aborted', reason: one.stopped };
    const startedAt = standing?.startedAt ?? Date.now();
    one.steps.set(key, { state: 'running', detail: '', startedAt, starts: standing?.starts ?? 0 });
    return { is: 'begun', generation: ++generation, startedAt };
  };

  const all: Pick<Records, Simulated> = {
    sites: ownSites,
    within: () => all as Records,
    async withKey() {
      return null;
    },
    async create({ id, request, release, previous, aborts = null }) {
      rows.set(id, {
        ...{ id, environment: request.environment, request, release, previous, aborts },
        ...{ state: 'waiting', reason: null, plan: null, stopped: null, broken: null, givenUp: null },
        ...{ isAdmitted: false, end: null, steps: new Map() },
      });
      return id;
    },
    async asked(id) {
      const { request, release, state, plan, stopped, broken, givenUp, aborts, isAdmitted } = row(id);
      const more = {
        id,
        site: sharedSite(request.environment),
        home: null,
        declared: null,
        isAdmitted,
        isFollower: false,
        waitsFor: null,
        runs: 1,
        createdAt: 0,
      };
      return { request, release, state, plan, stopped, broken, givenUp, aborts, ...more } satisfies Asked;
    },
    async decided(id, decision) {
      const one = row(id);
      if (one.end !== null || one.isAdmitted) return false;
      if (decision.is === 'admitted') one.isAdmitted = true;
      if (decision.is === 'refused') end(one, 'failed', decision.reason);
      return true;
    },
    async begin(id, environment, plan) {
      const one = row(id);
      if (one.end !== null) return 'over';
      if (one.plan) return one.plan;
      const is = live.get(environment) ?? null;
      const made = plan({ live: is, wayBack: rollbackTarget(history(environment), is) });
      Object.assign(one, {
        state: 'running',
        reason: null,
        plan: made,
        release: made.release,
        previous: made.previous,
      });
      return made;
    },
    async note(id, reason) {
      if (row(id).end === null) row(id).reason = reason;
    },
    async finish(id, state, reason) {
      // A person may have ended it while it waited; a workflow ends it once.
      if (finished.has(id)) twice.push(`${id} ${row(id).state}, then ${state}`);
      if (isFinal(row(id).state)) return;
      finished.add(id);
      end(row(id), state, reason);
    },
    async stop(id, reason) {
      const one = row(id);
      if (one.end !== null) return false;
      one.stopped ??= reason;
      if (one.state === 'waiting') end(one, 'aborted', one.stopped);
      return true;
    },
    async breakOff(id, reason) {
      const one = row(id);
      if (one.end !== null) return;
      if (one.request.kind === 'rollback') one.reason = `${reason}; it goes on`;
      else one.broken ??= reason;
    },
    async giveUp(id, reason) {
      if (row(id).end === null) row(id).givenUp ??= reason;
    },
    async stepBegun(id, step, stoppable = true) {
      return beginStep(row(id), step, stoppable);
    },
    async stepEnded(id, step, outcome, next) {
      const one = row(id);
      const standing = one.steps.get(step.key);
      if (!standing) throw new Error(`${step.key} was not begun`);
      const isFirst = standing.state === 'running';
      if (isFirst) Object.assign(standing, { state: outcome.state, detail: outcome.detail });
      const counts = isFirst ? outcome : ({ state: standing.state, detail: standing.detail } as Outcome);
      return { outcome: counts, next: next && isGoneOnAfter(step, counts) ? beginStep(one, next, true) : null };
    },
    async begunSteps(id) {
      return new Set(row(id).steps.keys());
    },
    async view(id) {
      const { request, environment, release, previous, state, reason, steps } = row(id);
      const shown = [...steps].map(([key, step]) => ({ name: stepNameOf({ key }), state: step.state, seconds: null }));
      return {
        ...{
          promotion: id,
          environment,
          kind: request.kind,
          release,
          previous,
          state,
          reason,
          waitsFor: null,
          gates: [],
          waitingFor: [],
          admission: null,
        },
        ...{ steps: shown, planned: [], createdAt: '', beganAt: null, finishedAt: null, actor: request.actor },
        ...{ asked: askedOf(request), rest: [], next: null, revision: 0 },
      } as RevisedView;
    },
    async list({ environment, unfinished }) {
      const found = [...rows.values()].filter(
        (one) => one.environment === environment && (!unfinished || one.end === null),
      );
      return Promise.all(found.reverse().map(async ({ id }) => (await all.view(id)) as RevisedView));
    },
    async environment(name) {
      const liveRelease = live.get(name) ?? null;
      const previousRelease = rollbackTarget(history(name), liveRelease);
      return {
        environment: name,
        liveRelease,
        previousRelease,
        infrastructureRelease: stacks.get(name) ?? null,
        generation,
      };
    },
    async acting() {
      return { freezes: [], holds: [], block: null, glass: [], taints: [], before: null };
    },
    async blockOf() {
      return null;
    },
    async history(name) {
      return history(name);
    },
    async wasLive(environment, release) {
      return [...rows.values()].some(
        (one) => one.environment === environment && one.release === release && one.state === 'succeeded',
      );
    },
    async migrationBegun(id, { key }) {
      const one = row(id);
      const step = one.steps.get(key);
      if (step) step.starts++;
      return migrations(one.environment, one.release).reduce((sum, of) => sum + (migrationOf(of)?.starts ?? 0), 0);
    },
    async ranMigration(environment, release) {
      const ran = migrations(environment, release).filter(hasMigrated);
      const first = ran.find(({ state }) => state === 'succeeded') ?? ran[0];
      return first ? { promotion: first.id, wasLive: first.state === 'succeeded' } : null;
    },
    async hasMigrated(id) {
      return hasMigrated(row(id));
    },
    async rollbackFloor(environment) {
      return floorOf(environment)?.release ?? null;
    },
    async floorAbove(environment, release) {
      const floor = floorOf(environment);
      if (!floor || floor.release === release) return null;
      const ends = migrations(environment, release).flatMap(({ state, end }) =>
        state === 'succeeded' ? [end ?? 0] : [],
      );
      return ends.length > 0 && Math.max(...ends) < (floor.end ?? 0) ? floor.release : null;
    },
    async generation() {
      return ++generation;
    },
    async live(environment, release) {
      live.set(environment, release);
    },
    async infrastructure(environment, release) {
      stacks.set(environment, release);
    },
    async lost(environment) {
      lostAt.set(environment, ends);
    },
  };

  return { rows, twice, records: all as unknown as Records };
}
