import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { isFinal, type LedgerEntry, type PromotionRequest, receivedError, SoundBiteError } from '@soundbite/model';
import { sql } from 'kysely';
import { announceVersion, notifyQueue, reapDeadExecutors, startAlone, takeExecutorId } from './executor.ts';
import type { PromotionPorts } from './ports.ts';
import { environmentQueue } from './queue.ts';
import { deciderOf, repeat } from './repeating.ts';
import { recordRequest } from './requests.ts';
import { openDatabase } from './store/database.ts';
import { checkDatabase } from './store/database-check.ts';
import { databaseProblem } from './store/database-problem.ts';
import { readLedger } from './store/ledger.ts';
import { type Locks, locks } from './store/locks.ts';
import type { Asked } from './store/promotions.ts';
import { type Pulse, pulse } from './store/pulse.ts';
import { type Records, type RevisedView, records } from './store/records.ts';
import { sweep, workflowIdOf } from './sweep.ts';
import { wakes } from './wakes.ts';
import { decideAdmission } from './workflow/admissions.ts';
import { begin, type WorkflowParts } from './workflow/begin.ts';
import { destroy, refuseBusy } from './workflow/destroy.ts';
import { interpret } from './workflow/interpret.ts';
import { lackingKinds, type StepKinds } from './workflow/kind.ts';
import { stepKinds } from './workflow/kinds/kinds.ts';
import { reconcile } from './workflow/reconcile.ts';

export interface EngineOptions {
  readonly databaseUrl: string;
  /** Stable on one machine and home, e.g. `laptop-3f2a`. */
  readonly executor: string;
  readonly ports: PromotionPorts;
  /** The kinds of steps that this process can do; all that this version knows when absent. */
  readonly kinds?: StepKinds;
  /** The version that runs, as people name it; written down where it migrates the database. */
  readonly version?: string;
  /** Another process took this one's place: end. */
  lost(error: Error): void;
}

export interface Engine {
  readonly installation: string;
  readonly records: Records;
  readonly locks: Locks;
  /**
   * Records a promotion; it waits for its admission, then for its environment. With `through`, the next one begins when it has succeeded. The same
   * idempotency key is the same promotion. Errors: those of `recordRequest`.
   */
  request(request: PromotionRequest): Promise<RevisedView>;
  /**
   * Asks a promotion (or, when it has gone on to others, the one under way) to stop and roll back, and begins none after it; it hears it between its
   * steps and while it watches. Asked of one that is rolled back already, it ends a rollback that does not succeed. Errors: `promotion-unknown`,
   * `promotion-over`.
   */
  abort(id: string, reason: string): Promise<RevisedView>;
  /** The promotion as soon as its revision differs from `seen`, or after `waitMs`. Errors: `promotion-unknown`. */
  view(id: string, seen?: number, waitMs?: number): Promise<RevisedView>;
  /** Brings back what the records say is live (after a reboot, a moved port); waits for the environment's promotion, if any. */
  reconcile(environment: string): Promise<string>;
  /** The same for a `dev` session that gives the environment back: its lock keeps promotions away, so it waits for no queue. */
  reconcileUnderLock(environment: string, holder: string): Promise<string>;
  /**
   * Takes an environment away with all its data, once its turn has come. The same key is the same deed: it is done once, and ends alike for all who ask.
   * Errors: `environment-busy`, those of `takeDown`.
   */
  destroy(environment: string, actor: string, key?: string): Promise<void>;
  ledger(after: number, limit: number): Promise<LedgerEntry[]>;
  /** For whoever only reads. Errors: `database-down`. */
  readonly database: Pulse;
  /** Asks whether this version may still work on the database. Errors: `database-newer`, `database-unusable`, `database-down`. */
  mustFit(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens the database, launches the workflow host, and goes on with whatever was under way. One engine a process (DBOS is a singleton); one process at
 * a time starts on a database. Errors: `database-down`, `database-migration`, `database-busy`.
 */
export function startEngine(options: EngineOptions): Promise<Engine> {
  return startAlone(options.databaseUrl, () => start(options));
}

/** How often it is looked for what nobody has, in ms. */
const sweepEveryMs = 5_000;

async function start(options: EngineOptions): Promise<Engine> {
  const { databaseUrl, executor, ports, kinds = stepKinds, lost, version } = options;
  const report = (code: string, message: string) => (error: unknown) => ports.emit({ code, message, error });
  const { db, installation, close } = await openDatabase(
    databaseUrl,
    (error) => report('database-connection', error.message)(error),
    version,
  );
  const store = records(db);
  const news = wakes();
  // Should the word not reach the others, they look within a second all the same.
  const queue = environmentQueue(() => {
    notifyQueue(db).catch(report('queue', 'others could not be told of the queue'));
  });
  const identity = await takeExecutorId(databaseUrl, db, executor, { lost, rung: queue.rung, told: news.told });
  // A promotion outlasts every outage: an error here would end its workflow for good.
  const parts: WorkflowParts = {
    ports,
    kinds,
    installation,
    records: records(db, Number.POSITIVE_INFINITY),
    locks: locks(db, Number.POSITIVE_INFINITY),
    wait: news.next,
  };
  const workflows = registerWorkflows(
    parts,
    queue.ring,
    // Not as a part of the workflow that has just ended: what follows it belongs to nobody yet.
    AsyncResource.bind((id: string, environment: string) => decider.decide(id, environment)),
  );
  await launch(databaseUrl, identity.id, ports);
  await queue.register();
  await announceVersion();
  const stopReaping = reapDeadExecutors(databaseUrl, db, identity.id, (message, error) =>
    report('reaper', message)(error),
  );

  const enqueue = async (id: string, { request, runs }: Pick<Asked, 'request' | 'runs'>): Promise<void> => {
    const { environment, kind } = request;
    await queue.enqueue(workflows.promotion, { id: workflowIdOf(id, runs), environment, urgency: kind }, id);
  };
  const admit = async (id: string): Promise<boolean> => {
    const decision = await store.admission(id, (asked) => decideAdmission(ports, store, asked));
    if (decision === 'admitted') await enqueue(id, await store.asked(id));
    return decision === 'held';
  };
  const decider = deciderOf(admit, report('admission', 'an admission could not be decided'));
  const takeUp = async (): Promise<void> => {
    for (const { id, environment } of await store.undecided()) decider.decide(id, environment);
    await sweep({ records: store, kinds, enqueue });
  };
  await takeUp();
  const sweeper = repeat(takeUp, sweepEveryMs, report('sweep', 'looking for stranded promotions failed'));

  const view = viewer(store, news.next);
  return {
    installation,
    records: store,
    locks: locks(db),
    database: pulse(
      () => sql`select 1`.execute(db),
      (cause) => databaseProblem(databaseUrl, cause),
    ),
    async mustFit() {
      await checkDatabase(databaseUrl);
    },
    view,
    ledger: (after, limit) => readLedger(db, after, limit),
    async request(request) {
      const id = await recordRequest(ports, store, request);
      const standing = await view(id);
      if (!isFinal(standing.state)) decider.decide(id, request.environment);
      return standing;
    },
    abort: (id, reason) => abort(store, view, id, reason),
    async reconcile(environment) {
      const what = { id: randomUUID(), environment, urgency: 'reconcile' } as const;
      const handle = await queue.enqueue(workflows.reconcile, what, environment, null);
      return handle.getResult({ pollingIntervalMs: 50 });
    },
    async reconcileUnderLock(environment, holder) {
      const handle = await DBOS.startWorkflow(workflows.reconcile, { workflowID: randomUUID() })(environment, holder);
      return handle.getResult({ pollingIntervalMs: 50 });
    },
    async destroy(environment, actor, key = randomUUID()) {
      const id = `destroy/${environment}/${key}`;
      if (!(await DBOS.getWorkflowStatus(id))) {
        await refuseBusy(parts, environment);
        await store.destroyAsked(environment, actor, id);
      }
      const handle = await queue.enqueue(
        workflows.destroy,
        { id, environment, urgency: 'destroy' },
        environment,
        actor,
        id,
      );
      const error = await handle.getResult({ pollingIntervalMs: 50 });
      if (error) throw receivedError(error);
    },
    async stop() {
      sweeper.stop();
      decider.stop();
      await stopReaping();
      queue.remove();
      await DBOS.shutdown({ deregister: true });
      await identity.stop();
      await close();
    },
  };
}

/** The workflows of this process. Their own steps are not recorded by DBOS: what a promotion has done stands in our tables, whatever code reads them. */
function registerWorkflows(parts: WorkflowParts, left: () => void, next: (id: string, environment: string) => void) {
  const { kinds, records: store } = parts;
  const promotion = async (id: string): Promise<void> => {
    const run = await begin(id, parts);
    const lacking = run ? lackingKinds(run.plan, kinds) : [];
    if (lacking.length > 0)
      await store.note(id, `waits for a control plane that knows steps of the kind ${lacking.join(', ')}`);
    else if (run) await interpret(run);
    const follower = await store.follower(id);
    if (follower) next(follower.id, follower.environment);
    left();
  };
  const bringBack = async (environment: string, holder: string | null): Promise<string> => {
    const state = await reconcile(parts, environment, holder);
    left();
    return state;
  };
  const takeAway = async (environment: string, actor: string, deed: string) => {
    const error = await destroy(parts, environment, actor, deed);
    left();
    return error;
  };
  return {
    promotion: DBOS.registerWorkflow(promotion, { name: 'promotion', maxRecoveryAttempts: 100_000 }),
    destroy: DBOS.registerWorkflow(takeAway, { name: 'destroy', maxRecoveryAttempts: 100_000 }),
    reconcile: DBOS.registerWorkflow(bringBack, { name: 'reconcile', maxRecoveryAttempts: 100_000 }),
  };
}

async function launch(databaseUrl: string, executorID: string, ports: PromotionPorts): Promise<void> {
  DBOS.setConfig({
    name: 'soundbite',
    systemDatabaseUrl: databaseUrl,
    executorID,
    applicationVersion: 'soundbite-1',
    enablePatching: true,
    systemDatabasePoolSize: 12,
    // It paces the waking of those who read streams and events, and there are none here: at its usual 10 ms it costs more than all else at rest.
    notificationCoalesceMs: 60_000,
    logger: quietLogger(ports),
  });
  await DBOS.launch();
}

/** Waits at most so long for news of a promotion before it looks by itself, in ms: a word may be lost with a session of the database. */
const newsWithinMs = 2_000;

function viewer(store: Records, next: (subjects: readonly string[], ms: number) => Promise<void>) {
  return async (id: string, seen?: number, waitMs = 0): Promise<RevisedView> => {
    for (const deadline = performance.now() + waitMs; ; ) {
      const left = deadline - performance.now();
      const news = left > 0 ? next([id], Math.min(left, newsWithinMs)) : null;
      const found = await store.view(id);
      if (!found) throw unknown(id);
      if (news === null || found.revision !== seen) return found;
      await news;
    }
  };
}

async function abort(
  store: Records,
  view: (id: string) => Promise<RevisedView>,
  id: string,
  reason: string,
): Promise<RevisedView> {
  const { state, steps } = await view(id);
  if (steps.some((step) => step.name === 'rollback' && step.state === 'running')) {
    await store.giveUp(id, reason);
    return view(id);
  }
  if (await store.stop(id, reason)) return view(id);
  const next = await store.follower(id);
  if (next) return abort(store, view, next.id, reason);
  throw new SoundBiteError('promotion-over', `promotion ${id} has already ${state}`, {
    hint: 'soundbite history',
  });
}

const unknown = (id: string): SoundBiteError =>
  new SoundBiteError('promotion-unknown', `there is no promotion ${id}`, { hint: 'soundbite history' });

/** DBOS's own log, at its warnings and above. */
function quietLogger({ emit }: PromotionPorts) {
  const say = (code: string) => (message: unknown) =>
    emit({ code, message: message instanceof Error ? message.message : String(message), error: message });
  return { info: () => {}, debug: () => {}, warn: say('workflow-warning'), error: say('workflow-error') };
}
