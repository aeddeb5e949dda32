import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import {
  type DeclaredOtherwise,
  type Environment,
  isFinal,
  type LedgerEntry,
  type PromotionRequest,
  receivedError,
} from '@soundbite/model';
import { sql } from 'kysely';
import { abort, viewer } from './asking.ts';
import {
  announceVersion,
  keepingWorkflow,
  notifyQueue,
  reapDeadExecutors,
  startAlone,
  takeExecutorId,
} from './executor.ts';
import { forgetElsewhere } from './forgetting.ts';
import type { PromotionPorts } from './ports.ts';
import { environmentQueue, queuesOf } from './queue.ts';
import { deciderOf, repeat } from './repeating.ts';
import { recordRequest } from './requests.ts';
import { openDatabase } from './store/database.ts';
import { checkDatabase } from './store/database-check.ts';
import { databaseProblem } from './store/database-problem.ts';
import type { Forgetting } from './store/homes.ts';
import { readLedger } from './store/ledger.ts';
import { type Locks, locks } from './store/locks.ts';
import type { Asked } from './store/promotion-rows.ts';
import { type Pulse, pulse } from './store/pulse.ts';
import { type Records, type RevisedView, records } from './store/records.ts';
import { type Home, ownSites, recordedNames, sitesOf } from './store/sites.ts';
import { stopForRollback, sweep, workflowIdOf } from './sweep.ts';
import { wakes } from './wakes.ts';
import { decideAdmission } from './workflow/admissions.ts';
import type { WorkflowParts } from './workflow/begin.ts';
import { waitsForHome } from './workflow/claim.ts';
import { declaredOtherwise } from './workflow/declared-otherwise.ts';
import { refuseBusy } from './workflow/destroy.ts';
import type { StepKinds } from './workflow/kind.ts';
import { stepKinds } from './workflow/kinds/kinds.ts';
import { launch, registerWorkflows } from './workflows.ts';

export interface EngineOptions {
  readonly databaseUrl: string;
  /** Stable on one machine and home: a name and the first eight digits of the home's identity, e.g. `laptop-3f2a91c4`. By these others see whether a home's control plane runs. */
  readonly executor: string;
  readonly ports: PromotionPorts;
  /** Absent: the database is one home's own. */
  readonly home?: Home;
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
  destroy(environment: string, actor: string, key?: string, reason?: string): Promise<void>;
  /**
   * Forgets what is recorded of an environment of another home that is gone; see `forgetElsewhere` of the records. `home`: its identity, or the first
   * digits of it. Errors: `environment-unknown`, `environment-busy` where that home's control plane runs.
   */
  forget(environment: string, home: string, forgetting: Omit<Forgetting, 'deed'>, key?: string): Promise<void>;
  /** How an environment that homes share is declared here otherwise than on record; null: not at all. */
  declaredOtherwise(environment: Environment): Promise<DeclaredOtherwise | null>;
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

/** After so long another home's control plane that has not decided is taken for one that does not run (ms). */
const decidedWithinMs = 15_000;

/** How often it is looked for what nobody has, in ms. */
const sweepEveryMs = 5_000;

async function start(options: EngineOptions): Promise<Engine> {
  const { databaseUrl, executor, ports, home, kinds = stepKinds, lost, version } = options;
  const report = (code: string, message: string) => (error: unknown) => ports.emit({ code, message, error });
  const { db, installation, close } = await openDatabase(
    databaseUrl,
    (error) => report('database-connection', error.message)(error),
    version,
    keepingWorkflow,
  );
  const isHere = (environment: Environment) => ports.runtime(environment.runtime).isHere(environment);
  const declared = { declaration: ports.declaration, isHere };
  const sites = home ? sitesOf(home, declared, await recordedNames(db, home)) : ownSites;
  const store = records(db, undefined, sites);
  const lock = locks(db, undefined, sites);
  const news = wakes();
  // Should the word not reach the others, they look within a second all the same.
  const queue = environmentQueue(home?.id ?? null, () => {
    notifyQueue(db).catch(report('queue', 'others could not be told of the queue'));
  });
  const identity = await takeExecutorId(databaseUrl, db, executor, { lost, rung: queue.rung, told: news.told });
  // A promotion outlasts every outage: an error here would end its workflow for good.
  const parts: WorkflowParts = {
    ports,
    kinds,
    installation,
    records: records(db, Number.POSITIVE_INFINITY, sites),
    locks: locks(db, Number.POSITIVE_INFINITY, sites),
    wait: news.next,
  };
  const enqueue = async (id: string, asked: Asked): Promise<void> => {
    const { site, request, runs } = asked;
    await queue.enqueue(workflows.promotion, { id: workflowIdOf(id, runs), site, urgency: request.kind }, id);
    await stopForRollback(store, asked);
  };
  const admit = async (id: string): Promise<number | null> => {
    const asked = await store.asked(id);
    if (asked.isAdmitted || isFinal(asked.state)) return null;
    const decision = await decideAdmission(ports, store, asked);
    if (!(await store.decided(id, decision))) return null;
    if (decision.is === 'admitted') await enqueue(id, asked);
    return decision.is === 'held' ? decision.againInMs : null;
  };
  const decider = deciderOf(admit, report('admission', 'an admission could not be decided'));
  // What follows a workflow is decided outside of it: it belongs to nobody yet.
  const workflows = registerWorkflows(parts, queue.ring, queue.stepBack, AsyncResource.bind(decider.decide));
  await launch(databaseUrl, identity.id, queuesOf(home?.id ?? null), ports);
  await queue.register();
  await announceVersion();
  const stopReaping = reapDeadExecutors(databaseUrl, db, identity.id, (message, error) =>
    report('reaper', message)(error),
  );
  const takeUp = async (): Promise<void> => {
    for (const { id, environment } of await store.undecided()) decider.decide(id, environment);
    for (const { id, home: at } of await store.undecidedElsewhere(decidedWithinMs))
      await store.note(id, waitsForHome(at), 'control-plane');
    await sweep({ ports, records: store, kinds, enqueue });
  };
  await takeUp();
  const sweeper = repeat(takeUp, sweepEveryMs, report('sweep', 'looking for stranded promotions failed'));

  const view = viewer(store, news.next);
  return {
    installation,
    records: store,
    locks: lock,
    database: pulse(
      () => sql`select 1`.execute(db),
      (cause) => databaseProblem(databaseUrl, cause),
    ),
    async mustFit() {
      await checkDatabase(databaseUrl);
    },
    view,
    declaredOtherwise: (environment) => declaredOtherwise(store, environment),
    ledger: (after, limit) => readLedger(db, after, limit),
    async request(request) {
      const id = await recordRequest(ports, store, request);
      const standing = await view(id);
      if (!isFinal(standing.state)) decider.decide(id, request.environment);
      return standing;
    },
    abort: (id, reason) => abort(store, view, id, reason),
    async reconcile(environment) {
      const site = sites.of(environment);
      const what = { id: randomUUID(), site, urgency: 'reconcile' } as const;
      const handle = await queue.enqueue(workflows.reconcile, what, site, null);
      return handle.getResult({ pollingIntervalMs: 50 });
    },
    async reconcileUnderLock(environment, holder) {
      const site = sites.of(environment);
      const handle = await DBOS.startWorkflow(workflows.reconcile, { workflowID: randomUUID() })(site, holder);
      return handle.getResult({ pollingIntervalMs: 50 });
    },
    async destroy(environment, actor, key = randomUUID(), reason = undefined) {
      const site = sites.of(environment);
      const id = `destroy/${site}/${key}`;
      if (!(await DBOS.getWorkflowStatus(id))) {
        await refuseBusy({ records: store, locks: lock }, environment);
        await store.destroyAsked(environment, { actor, reason }, id);
      }
      const handle = await queue.enqueue(workflows.destroy, { id, site, urgency: 'destroy' }, site, actor, id);
      const error = await handle.getResult({ pollingIntervalMs: 50 });
      if (error) throw receivedError(error);
    },
    forget: (environment, home, forgetting, key = randomUUID()) =>
      forgetElsewhere(store, environment, home, { ...forgetting, deed: `forget/${environment}@${home}/${key}` }),
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
