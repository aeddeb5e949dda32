import {
  awaitedGates,
  canonicalJson,
  comesByItself,
  type Digest,
  endingOf,
  enteringBy,
  type GateRecord,
  gatesOfSteps,
  goesOn,
  isFinal,
  overridingOf,
  type PromotionPlan,
  type PromotionRequest,
  planDigest,
  relaxedLater,
  restOf,
  rollbackAsked,
  SoundBiteError,
  type StepName,
  stepNameOf,
  storable,
  waitsBehind,
} from '@soundbite/model';
import type { PromotionView } from '../schemas.ts';
import { fakeCourses } from './fake-courses.ts';
import type { FakeEvents } from './fake-events.ts';
import { newView } from './fake-new-view.ts';
import type { FakePlace, fakeLedger } from './fake-places.ts';
import { unknownError } from './fake-releases.ts';
import { decide, type Facts, planOf, releaseMeant } from './fake-rules.ts';

/** How a promotion ends. */
export type End = 'succeeded' | 'failed' | 'errored' | 'aborted';

interface Entry {
  readonly request: PromotionRequest;
  /** The promotion that it stops. */
  readonly aborts: string | null;
  plan: PromotionPlan | null;
  stopped: string | null;
  /** What kept it at its entry, and what came of what people said. */
  said: readonly GateRecord[];
  view: PromotionView;
}

const keeps = ({ verdict }: GateRecord): boolean => verdict !== 'pass' && verdict !== 'overridden';

/** The fake's promotions: asked for, admitted, planned, done step by step as the test says, as the engine's are. */
export class FakePromotions {
  readonly #facts: Facts;
  readonly #ledger: Pick<ReturnType<typeof fakeLedger>, 'record'>;
  readonly #events: FakeEvents;
  readonly #entries = new Map<string, Entry>();
  readonly #waiters = new Set<() => void>();
  readonly #courses = fakeCourses();
  /** They go through by themselves. */
  auto = false;

  constructor(facts: Facts, ledger: Pick<ReturnType<typeof fakeLedger>, 'record'>, events: FakeEvents) {
    this.#facts = facts;
    this.#ledger = ledger;
    this.#events = events;
  }

  view(id: string): PromotionView {
    return this.#entry(id).view;
  }

  /** Resolves when the promotion has another revision than `seen`, or after `waitMs`. */
  changed(id: string, seen: number, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        resolve();
      };
      const wake = () => {
        if (this.view(id).revision !== seen) finish();
      };
      const timer = setTimeout(finish, waitMs);
      this.#waiters.add(wake);
      wake();
    });
  }

  #entry(id: string): Entry {
    return this.#entries.get(id) ?? missing(id);
  }

  /** What is on record of long ago, oldest first: ended, and told of by nobody. */
  remember(views: readonly PromotionView[]): void {
    for (const view of views) {
      const { environment, kind, release, asked, actor } = view;
      const request = { environment, kind, release, ...asked, actor } as unknown as PromotionRequest;
      this.#entries.set(view.promotion, { request, aborts: null, plan: null, stopped: null, said: [], view });
      this.#courses.saw(view);
    }
  }

  all(): PromotionView[] {
    return [...this.#entries.values()].map(({ view }) => view);
  }

  open(name: string): PromotionView[] {
    return this.all().filter(({ environment, state }) => environment === name && !isFinal(state));
  }

  running(name: string): PromotionView | undefined {
    return this.open(name).find(({ state }) => state === 'running');
  }

  #put(id: string, change: Partial<PromotionView>): PromotionView {
    const { view } = this.#entry(id);
    const next = { ...view, ...change };
    this.#entry(id).view = {
      ...next,
      gates: [...this.#entry(id).said, ...gatesOfSteps(next.steps, new Map(), this.#relaxedAt(next.environment))],
      waitingFor: next.state === 'waiting' ? next.waitingFor : [],
      revision: view.revision + 1,
    };
    this.#courses.saw(this.#entry(id).view);
    this.#events.promotion(this.#entry(id).view);
    for (const wake of this.#waiters) wake();
    return this.#entry(id).view;
  }

  #relaxedAt = (name: string) => relaxedLater(this.#facts.places.at(name).declaration);

  /** What is on record of its course, beside its view and what people said. */
  course(id: string) {
    const { request, aborts } = this.#entry(id);
    const follows = this.all().find(({ next }) => next === id)?.promotion ?? null;
    return { role: request.role ?? null, follows, aborts, ...this.#courses.of(this.view(id)) };
  }

  #standing(request: PromotionRequest): PromotionView | null {
    const { idempotencyKey } = request;
    if (idempotencyKey === undefined) return null;
    const found = [...this.#entries.values()].find((one) => one.request.idempotencyKey === idempotencyKey);
    if (!found) return null;
    if (canonicalJson(storable(found.request)) === canonicalJson(storable(request))) return found.view;
    throw new SoundBiteError(
      'idempotency-mismatch',
      `the key "${idempotencyKey}" was used for another request: promotion ${found.view.promotion}`,
      { hint: 'use a new key for a new request' },
    );
  }

  /** Who asks for a rollback while one is under way, and names no other release, means that one. */
  #joined({ environment, kind, release }: PromotionRequest): PromotionView | undefined {
    if (kind !== 'rollback') return undefined;
    return this.open(environment).find(
      (one) => one.kind === 'rollback' && (release === undefined || one.release === release),
    );
  }

  /** Records a request. It waits at first, as every promotion does; what becomes of it is decided after the answer. */
  ask(request: PromotionRequest, more: { rest?: readonly string[]; follows?: string } = {}): PromotionView {
    const known = this.#standing(request) ?? this.#joined(request);
    if (known) return known;
    const place = this.#facts.places.at(request.environment);
    const rest =
      more.rest ??
      restOf(
        this.#facts.places.all.map(({ name }) => name),
        request,
      );
    const present = this.running(place.name);
    const aborts = request.kind === 'rollback' && present?.kind === 'promote' ? present.promotion : null;
    const release = releaseMeant(this.#facts, request, place, aborts !== null);
    const id = `p-${this.#entries.size + 1}`;
    const view = newView(id, request, { release, previous: place.live, rest: [...rest] });
    this.#entries.set(id, { request, aborts, plan: null, stopped: null, said: [], view });
    this.#courses.saw(view);
    this.#events.promotion(view);
    const { follows } = more;
    this.#ledger.record('promotion.requested', id, {
      ...request,
      release,
      previous: place.live,
      declaration: 'sha256:fake',
      ...(follows === undefined ? {} : { follows }),
      ...(aborts === null ? {} : { aborts }),
    });
    setImmediate(() => {
      this.#settle(id);
      // Only what was let in stops anything, and then nothing that waits comes before it.
      const { admission } = this.#entry(id).view;
      if (aborts && admission !== null && !isFinal(this.#entry(aborts).view.state))
        this.#stop(aborts, rollbackAsked(request), request.actor);
    });
    return view;
  }

  /** Decides the admission and, once admitted, begins if its turn has come. */
  #settle(id: string): void {
    const { request, view } = this.#entry(id);
    if (view.state !== 'waiting') return;
    const place = this.#facts.places.at(view.environment);
    if (view.admission === null) {
      const { note, refusal } = decide(this.#facts.places, place, view.release, request);
      if (note === null) return void this.#finish(id, 'failed', refusal);
      if (this.#isKept(id, this.#said(id, place))) return;
      if (request.kind === 'rollback')
        this.#facts.flow.rolledBack(place.name, request.actor, request.reason, this.view(id));
      const ahead = this.running(view.environment);
      this.#put(id, { admission: note, reason: ahead ? waitsBehind(ahead.promotion, view.environment) : null });
      this.#ledger.record('promotion.admitted', id, { note });
    }
    this.enter(place);
  }

  #said(id: string, place: FakePlace): readonly GateRecord[] {
    const { request, view } = this.#entry(id);
    if (request.kind === 'rollback') return [];
    const createdAt = Date.parse(view.createdAt);
    const coming = { request, release: view.release, isFollower: this.#isFollower(id), createdAt };
    const approvals = overridingOf(request)?.isGlass ? [] : this.#facts.approvals.of(view, place);
    const flow = this.#facts.flow.says(place, view.release, enteringBy(coming, view.release === place.live));
    return [...flow.filter(keeps), ...approvals];
  }

  #isFollower = (id: string): boolean => this.all().some(({ next }) => next === id);

  /** Whether something says no for now. */
  #isKept(id: string, said: readonly GateRecord[]): boolean {
    this.#entry(id).said = said;
    const keeping = said.filter(keeps);
    const waitingFor = [...awaitedGates(keeping)];
    if (keeping.some(({ verdict }) => verdict === 'fail')) this.#finish(id, 'failed', reasonsOf(keeping));
    else if (keeping.length > 0) this.#put(id, { reason: reasonsOf(keeping), waitingFor });
    else if (this.view(id).waitingFor.length > 0) this.#put(id, { reason: null, waitingFor });
    return keeping.length > 0;
  }

  /** What brings a release on is stopped; not what restores it where it is live. */
  stopAll(release: Digest, why: string, by: string): void {
    const open = this.all().filter(({ state, kind }) => kind === 'promote' && !isFinal(state));
    for (const one of open) if (one.release === release && one.previous !== release) this.#stop(one.promotion, why, by);
  }

  /** What kept something from entering has changed. */
  decideAgain(): void {
    for (const { promotion, admission } of this.all()) if (admission === null) this.#settle(promotion);
  }

  /** One at a time, a rollback first. A dev session that has the environment is waited for. */
  enter(place: FakePlace): void {
    if (this.running(place.name)) return;
    const admitted = this.open(place.name).filter(({ admission }) => admission !== null);
    const next = admitted.find(({ kind }) => kind === 'rollback') ?? admitted[0];
    if (!next) return;
    if (place.session === null) this.#begin(next.promotion, place);
    else this.#note(next, `dev session ${place.session} holds ${place.name}`);
  }

  #note({ promotion, reason }: PromotionView, text: string): void {
    if (reason !== text) this.#put(promotion, { reason: text });
  }

  #begin(id: string, place: FakePlace): void {
    const { request, aborts, view } = this.#entry(id);
    const aborted = aborts === null ? null : this.#entry(aborts).view;
    const plan = planOf(this.#facts.places, place, { request, release: view.release, aborted });
    if (!plan) return void this.#finish(id, 'failed', `no release stands ready behind what is live in ${place.name}`);
    this.#entry(id).plan = plan;
    this.#ledger.record('promotion.planned', id, { plan: planDigest(plan), steps: plan.steps.map(({ key }) => key) });
    this.#put(id, {
      state: 'running',
      beganAt: plan.steps.length > 0 ? new Date().toISOString() : null,
      reason: null,
      release: plan.release,
      previous: plan.previous,
      planned: plan.steps.map((step) => ({
        name: stepNameOf(step) as StepName,
        usualSeconds: typeof step.with.seconds === 'number' ? step.with.seconds : null,
      })),
      steps: plan.steps
        .slice(0, 1)
        .map((step) => ({ name: stepNameOf(step) as StepName, state: 'running', seconds: null })),
    });
    if (plan.steps.length === 0) this.#finish(id, 'succeeded', null);
    else if (this.auto) setImmediate(() => this.end(id, 'succeeded'));
  }

  /** Ends the present step, and begins the next one of the plan, if there is one. */
  #step(id: string, state: 'succeeded' | 'failed' | 'errored', goesOn: boolean, evidence?: unknown): void {
    const { plan, view } = this.#entry(id);
    const present = plan?.steps[view.steps.length - 1];
    if (!plan || !present) return;
    const done = { name: stepNameOf(present) as StepName, state, seconds: state === 'succeeded' ? 0.1 : 0.2 };
    const shown = evidence === undefined ? {} : { evidence };
    this.#ledger.record('step.finished', id, { step: done.name, key: present.key, state, detail: '', ...shown });
    const next = goesOn ? plan.steps[view.steps.length] : undefined;
    const begun = next ? [{ name: stepNameOf(next) as StepName, state: 'running' as const, seconds: null }] : [];
    this.#put(id, { steps: [...view.steps.slice(0, -1), done, ...begun] });
  }

  /** Ends the present step well and starts the next one; after the last the promotion succeeds. */
  advance(id: string): PromotionView {
    this.#settle(id);
    const { plan, view } = this.#entry(id);
    const isLast = view.steps.length === plan?.steps.length;
    this.#step(id, 'succeeded', true);
    return isLast ? this.#finish(id, 'succeeded', null) : this.#entry(id).view;
  }

  /**
   * Ends a promotion at once; `succeeded` goes through all its steps (with a reason: it was stopped when it was done), anything else ends with the
   * present step, and what it did is taken back. `evidence`: of that step.
   */
  end(id: string, state: End, reason: string | null = null, evidence?: unknown): PromotionView {
    this.#settle(id);
    if (isFinal(this.#entry(id).view.state)) return this.#entry(id).view;
    if (state === 'succeeded') {
      while (this.#entry(id).view.steps.some((one) => one.state === 'running')) this.#step(id, 'succeeded', true);
    } else if (this.#entry(id).view.state === 'running') {
      // Who is stopped hears it between two steps.
      this.#step(id, state === 'aborted' ? 'succeeded' : state, false, evidence);
      this.#undo(id);
    }
    return this.#finish(id, state, reason);
  }

  /** What users could have met is taken back. */
  #undo(id: string): void {
    const { plan, view } = this.#entry(id);
    const touched = plan?.steps.slice(0, view.steps.length).some(({ changes }) => /versions|traffic/.test(changes));
    for (const taken of touched ? (plan?.undo ?? []) : []) {
      const name = stepNameOf(taken) as StepName;
      this.#ledger.record('step.finished', id, { step: name, key: taken.key, state: 'succeeded', detail: '' });
      this.#put(id, { steps: [...this.view(id).steps, { name, state: 'succeeded', seconds: 0.1 }] });
    }
  }

  #finish(id: string, state: End, reason: string | null): PromotionView {
    const { view, request, stopped } = this.#entry(id);
    const place = this.#facts.places.at(view.environment);
    const [next, ...rest] = view.rest;
    // Who ends it well with a reason says that it was stopped when it was done.
    const asked = { rest: view.rest, stopped: stopped ?? reason };
    const said = endingOf(asked, state, reason);
    if (state === 'succeeded') {
      const { release, previous, kind } = view;
      place.history = [{ kind, release, previous }, ...place.history];
      place.live = release;
      this.#events.environment(place.name);
      const decides = kind === 'promote' && release !== previous && !comesByItself(request, this.#isFollower(id));
      if (decides) this.#facts.flow.decided(place.name, request.actor);
      if (kind === 'promote') this.#facts.flow.reconciled(place.name, request.actor, id);
    }
    this.#ledger.record('promotion.finished', id, { state, reason: said });
    const { idempotencyKey: _, breakGlass: _glass, fixForward: _forward, ...inheritable } = request;
    const inherited = { ...inheritable, environment: next ?? '', release: view.release, override: false };
    const follower = goesOn(asked, state) ? this.ask(inherited, { rest, follows: id }).promotion : null;
    const last = this.#put(id, { state, reason: said, next: follower, finishedAt: new Date().toISOString() });
    this.enter(place);
    return last;
  }

  #stop(id: string, reason: string, by: string): void {
    this.#entry(id).stopped ??= reason;
    this.#ledger.record('promotion.stop-asked', id, { reason, by });
    if (this.#entry(id).view.state === 'waiting') this.#finish(id, 'aborted', reason);
    else this.end(id, 'aborted', reason);
  }

  abort(id: string, reason: string, by: string): PromotionView {
    const { view } = this.#entry(id);
    if (!isFinal(view.state)) {
      this.#stop(id, reason, by);
      return this.#entry(id).view;
    }
    if (view.next) return this.abort(view.next, reason, by);
    throw new SoundBiteError('promotion-over', `promotion ${id} has already ${view.state}`, {
      hint: 'soundbite history',
    });
  }
}

const reasonsOf = (said: readonly GateRecord[]): string =>
  said.map(({ gate, reasons }) => `${gate}: ${reasons.join(', ')}`).join('; ');

function missing(id: string): never {
  throw unknownError('promotion', id);
}
