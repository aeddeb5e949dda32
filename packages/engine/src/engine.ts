import { DBOS } from '@dbos-inc/dbos-sdk';
import {
  type DeclaredOtherwise,
  type Digest,
  type Environment,
  type FoundEntries,
  type GateRecord,
  isFinal,
  type LedgerEntry,
  type LedgerSearch,
  type PromotionRequest,
  type VerifiedChain,
} from '@soundbite/model';
import { sql } from 'kysely';
import { abort, viewer } from './asking.ts';
import { announceVersion, notifyQueue, reapDeadExecutors, startAlone, takeExecutorId } from './executor.ts';
import { type Feed, feed } from './feed.ts';
import { type EnvironmentLifecycle, environmentLifecycle } from './lifecycle.ts';
import { type Opened, openRecords, type Report } from './opening.ts';
import { pagesOf } from './pages.ts';
import { patience } from './patience.ts';
import type { PromotionPorts } from './ports.ts';
import { prune } from './pruning.ts';
import { environmentQueue, queuesOf } from './queue.ts';
import { repeat } from './repeating.ts';
import { recordRequest } from './requests.ts';
import { type Scheduler, scheduler } from './scheduler.ts';
import { checkDatabase } from './store/database-check.ts';
import { databaseProblem } from './store/database-problem.ts';
import { readLedger } from './store/ledger.ts';
import { searchLedger, verifyLedger } from './store/ledger-search.ts';
import type { Locks } from './store/locks.ts';
import { type Pulse, pulse } from './store/pulse.ts';
import type { Records, RevisedView } from './store/records.ts';
import type { Home } from './store/sites.ts';
import { type Wakes, wakes } from './wakes.ts';
import { entryGatesNow } from './workflow/admissions.ts';
import { declaredOtherwise } from './workflow/declared-otherwise.ts';
import { stepKinds } from './workflow/kinds/kinds.ts';
import type { StepKinds } from './workflow/run.ts';
import { launch } from './workflows.ts';

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

export interface Engine extends EnvironmentLifecycle {
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
   * `promotion-over`. `by`: who asks; absent: nobody in particular.
   */
  abort(id: string, reason: string, by?: string): Promise<RevisedView>;
  /** The promotion as soon as its revision differs from `seen`, or after `waitMs`. Errors: `promotion-unknown`. */
  view(id: string, seen?: number, waitMs?: number): Promise<RevisedView>;
  /** What the entry gates of an environment would say of a release now. Errors: `environment-unknown`. */
  entryGates(
    environment: string,
    about: { readonly release: Digest; readonly requester: string | null },
  ): Promise<readonly GateRecord[]>;
  /** How an environment that homes share is declared here otherwise than on record; null: not at all. */
  declaredOtherwise(environment: Environment): Promise<DeclaredOtherwise | null>;
  ledger(after: number, limit: number): Promise<LedgerEntry[]>;
  /** The newest entries, or the newest that say some words. */
  searchLedger(search: LedgerSearch): Promise<FoundEntries>;
  /** Reads the ledger whole: a few seconds for 100,000 entries. */
  verifyLedger(): Promise<VerifiedChain>;
  /** What changes within this home's reach, in order; see `Feed`. */
  readonly events: Feed['events'];
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

async function start(options: EngineOptions): Promise<Engine> {
  const { databaseUrl, executor, ports, home, kinds = stepKinds, lost } = options;
  const report: Report = (code, message) => (error) => ports.emit({ code, message, error });
  const opened = await openRecords(options, report);
  const news = wakes();
  // If the notification is lost, the others still look within a second.
  const queue = environmentQueue(home?.id ?? null, () => {
    notifyQueue(opened.db).catch(report('queue', 'others could not be told of the queue'));
  });
  const seen = looks(databaseUrl, opened);
  const told = feed(pagesOf(opened, seen.database), { report: report('events', 'events cannot be read') });
  const hears = {
    ...{ lost, rung: queue.rung },
    told(subject: string) {
      news.told(subject);
      told.told();
    },
  };
  const identity = await takeExecutorId(databaseUrl, opened.db, executor, hears);
  const schedule = scheduler({ ports, kinds, opened, queue, news, report });
  await launch(databaseUrl, identity.id, queuesOf(home?.id ?? null), ports);
  await queue.register();
  await announceVersion();
  const onDead = (message: string, error: unknown) => report('reaper', message)(error);
  const stopReaping = reapDeadExecutors(databaseUrl, opened.db, identity.id, onDead);
  await schedule.takeUp(true);
  const sweeper = repeat(
    () => schedule.takeUp(),
    patience.lost.orphansMs,
    report('sweep', 'looking for stranded promotions failed'),
  );
  const pruner = repeat(
    async () => {
      await prune(opened.records);
      await opened.records.pruneLooks();
    },
    patience.endedWorkflows.everyMs,
    report('prune', 'rows of ended workflows could not be removed'),
  );
  return {
    ...seen,
    events: told.events,
    ...promotionsOf(ports, opened, news, schedule),
    ...environmentLifecycle(opened, queue, schedule.workflows),
    async stop() {
      sweeper.stop();
      pruner.stop();
      schedule.stop();
      news.end();
      told.end();
      await stopReaping();
      queue.remove();
      await DBOS.shutdown({ deregister: true });
      await identity.stop();
      await opened.close();
    },
  };
}

type Looks = Pick<
  Engine,
  | 'installation'
  | 'records'
  | 'locks'
  | 'database'
  | 'mustFit'
  | 'declaredOtherwise'
  | 'ledger'
  | 'searchLedger'
  | 'verifyLedger'
>;

function looks(databaseUrl: string, { db, installation, records, locks }: Opened): Looks {
  return {
    installation,
    records,
    locks,
    database: pulse(
      () => sql`select 1`.execute(db),
      (cause) => databaseProblem(databaseUrl, cause),
    ),
    async mustFit() {
      await checkDatabase(databaseUrl);
    },
    declaredOtherwise: (environment) => declaredOtherwise(records, environment),
    ledger: (after, limit) => readLedger(db, after, limit),
    searchLedger: (search) => searchLedger(db, search),
    verifyLedger: () => verifyLedger(db),
  };
}

function promotionsOf(
  ports: PromotionPorts,
  { records }: Opened,
  news: Wakes,
  { decide }: Scheduler,
): Pick<Engine, 'request' | 'abort' | 'view' | 'entryGates'> {
  const view = viewer(records, news.next);
  return {
    view,
    async request(request) {
      const id = await recordRequest(ports, records, request);
      const standing = await view(id);
      if (!isFinal(standing.state)) decide(id, request.environment);
      return standing;
    },
    abort: (id, reason, by) => abort(records, view, id, reason, by),
    entryGates: (environment, about) => entryGatesNow(ports, records, environment, about),
  };
}
