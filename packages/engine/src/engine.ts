import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import {
  type Digest,
  isFinal,
  type LedgerEntry,
  type PromotionRequest,
  restOf,
  SoundBiteError,
} from '@soundbite/model';
import { sql } from 'kysely';
import { doorbell } from './doorbell.ts';
import { announceVersion, notifyQueue, reapDeadExecutors, startAlone, takeExecutorId } from './executor.ts';
import type { PromotionPorts } from './ports.ts';
import { openDatabase } from './store/database.ts';
import { databaseProblem } from './store/database-problem.ts';
import { readLedger } from './store/ledger.ts';
import { type Locks, locks } from './store/locks.ts';
import { type Pulse, pulse } from './store/pulse.ts';
import { type Records, type RevisedView, records } from './store/records.ts';
import { aborted, type Control, controlTopic, promotion } from './workflow/promotion.ts';
import { reconcile } from './workflow/reconcile.ts';
import type { Run } from './workflow/run.ts';

/** One queue; its partitions are the environments: one promotion for each environment at a time, over all control planes. */
const queue = 'environments';

export interface EngineOptions {
  readonly databaseUrl: string;
  /** Stable on one machine and home, e.g. `laptop-3f2a`. */
  readonly executor: string;
  readonly ports: PromotionPorts;
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
   * Records and enqueues a promotion; with `through`, the next one begins when it has succeeded. The same idempotency key is the same promotion.
   * Errors: `environment-unknown`, `nothing-to-promote`, `nothing-to-roll-back-to`, `usage` (`through` leads backwards).
   */
  request(request: PromotionRequest): Promise<RevisedView>;
  /** Asks a promotion (or, when it has gone on to others, the one under way) to stop and roll back, and begins none after it; it hears it between its steps and while it watches. Errors: `promotion-unknown`, `promotion-over`. */
  abort(id: string, reason: string): Promise<RevisedView>;
  /** The promotion as soon as its revision differs from `seen`, or after `waitMs`. Errors: `promotion-unknown`. */
  view(id: string, seen?: number, waitMs?: number): Promise<RevisedView>;
  /** Brings back what the records say is live (after a reboot, a moved port); waits for the environment's promotion, if any. */
  reconcile(environment: string): Promise<string>;
  /** The same for a `dev` session that gives the environment back: its lock keeps promotions away, so it waits for no queue. */
  reconcileUnderLock(environment: string, holder: string): Promise<string>;
  ledger(after: number, limit: number): Promise<LedgerEntry[]>;
  /** For whoever only reads. Errors: `database-down`. */
  readonly database: Pulse;
  stop(): Promise<void>;
}

/**
 * Opens the database, launches the workflow host, and goes on with whatever was under way. One engine a process (DBOS is a singleton); one process at
 * a time starts on a database. Errors: `database-down`, `database-migration`, `database-busy`.
 */
export function startEngine(options: EngineOptions): Promise<Engine> {
  return startAlone(options.databaseUrl, () => start(options));
}

async function start({ databaseUrl, executor, ports, lost, version }: EngineOptions): Promise<Engine> {
  const { db, installation, close } = await openDatabase(
    databaseUrl,
    (error) => ports.emit({ code: 'database-connection', message: error.message, error }),
    version,
  );
  const store = records(db);
  const lock = locks(db);
  const database = pulse(
    () => sql`select 1`.execute(db),
    (cause) => databaseProblem(databaseUrl, cause),
  );
  // A promotion outlasts every outage: an error here would end its workflow for good.
  const patient = { store: records(db, Number.POSITIVE_INFINITY), lock: locks(db, Number.POSITIVE_INFINITY) };
  const bell = doorbell(queue);
  // Should the word not reach the others, they look within a second all the same.
  const ring = (): void => {
    bell.ring();
    notifyQueue(db).catch((error) =>
      ports.emit({ code: 'queue', message: 'others could not be told of the queue', error }),
    );
  };
  const identity = await takeExecutorId(databaseUrl, db, executor, { lost, rung: () => bell.ring() });

  const runPromotion = DBOS.registerWorkflow(
    async (id: string): Promise<void> => {
      const run = await begin(id, { ports, ...patient, installation });
      if (run) await promotion(run);
      if (run?.request.through !== undefined) await goOn(id);
      ring();
    },
    { name: 'promotion', maxRecoveryAttempts: 100_000 },
  );
  const runReconcile = DBOS.registerWorkflow(
    async (environment: string, holder: string | null) => {
      const state = await reconcile(
        { ports, records: patient.store, locks: patient.lock, installation },
        environment,
        holder,
      );
      ring();
      return state;
    },
    {
      name: 'reconcile',
      maxRecoveryAttempts: 100_000,
    },
  );

  DBOS.setConfig({
    name: 'soundbite',
    systemDatabaseUrl: databaseUrl,
    executorID: identity.id,
    applicationVersion: 'soundbite-1',
    enablePatching: true,
    systemDatabasePoolSize: 12,
    // It paces the waking of those who read streams and events, and there are none here: at its usual 10 ms it costs more than all else at rest.
    notificationCoalesceMs: 60_000,
    logger: quietLogger(ports),
  });
  await DBOS.launch();
  await DBOS.registerQueue(queue, { partitionConcurrency: 1, minPollingIntervalMs: 1, onConflict: 'always_update' });
  await announceVersion();
  const stopReaping = reapDeadExecutors(databaseUrl, db, identity.id, (message, error) =>
    ports.emit({ code: 'reaper', message, error }),
  );

  const enqueue = async (id: string, environment: string): Promise<void> => {
    await DBOS.startWorkflow(runPromotion, {
      workflowID: id,
      queueName: queue,
      enqueueOptions: { queuePartitionKey: environment },
    })(id);
    ring();
  };

  /** What follows was recorded together with the end of this one; who dies before this line leaves it to the sweep of his successor. */
  const goOn = async (id: string): Promise<void> => {
    const next = await DBOS.runStep(() => patient.store.follower(id), { name: 'follower' });
    if (next) await enqueue(next.id, next.environment);
  };

  const sweep = async (): Promise<void> => {
    for (const open of await store.list({ limit: 100, unfinished: true })) {
      const status = await DBOS.getWorkflowStatus(open.promotion);
      if (!status) await enqueue(open.promotion, open.environment);
      else if (
        status.status === 'ERROR' ||
        status.status === 'CANCELLED' ||
        status.status === 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'
      ) {
        await store.state(
          open.promotion,
          'errored',
          `its workflow ended as ${status.status}: ${String(status.error ?? 'no reason recorded')}`,
        );
      }
    }
  };
  await sweep();
  const sweeper = setInterval(
    () =>
      sweep().catch((error) => ports.emit({ code: 'sweep', message: 'looking for stranded promotions failed', error })),
    5000,
  );

  const view = async (id: string): Promise<RevisedView> => {
    const found = await store.view(id);
    if (!found)
      throw new SoundBiteError('promotion-unknown', `there is no promotion ${id}`, {
        source: 'user',
        mend: 'soundbite history',
      });
    return found;
  };

  const abort = async (id: string, reason: string): Promise<RevisedView> => {
    const { environment } = await view(id);
    if (await store.stop(id, reason)) {
      // It may only just have been recorded: a message to a workflow that is not there is an error.
      await enqueue(id, environment);
      await DBOS.send<Control>(id, { kind: 'abort', reason }, controlTopic, `${id}/abort`);
      return view(id);
    }
    const next = await store.follower(id);
    if (next) return abort(next.id, reason);
    throw new SoundBiteError('promotion-over', `promotion ${id} has already ${(await view(id)).state}`, {
      source: 'user',
      mend: 'soundbite history',
    });
  };

  return {
    installation,
    records: store,
    locks: lock,
    async request(request) {
      const rest = restOf(
        ports.declaration().environments.map(({ name }) => name),
        request,
      );
      const release = await resolveRelease(request, ports, store);
      const { liveRelease } = await store.environment(request.environment);
      const id = await store.create({
        id: randomUUID(),
        request,
        release,
        previous: liveRelease,
        declaration: ports.declaration().digest,
        rest,
        follows: null,
      });
      const standing = await view(id);
      if (!isFinal(standing.state)) await enqueue(id, request.environment);
      return standing;
    },
    abort,
    async view(id, seen, waitMs = 0) {
      const deadline = performance.now() + waitMs;
      for (;;) {
        const now = await view(id);
        if (now.revision !== seen || performance.now() >= deadline) return now;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async reconcile(environment) {
      const handle = await DBOS.startWorkflow(runReconcile, {
        workflowID: randomUUID(),
        queueName: queue,
        enqueueOptions: { queuePartitionKey: environment },
      })(environment, null);
      ring();
      return handle.getResult({ pollingIntervalMs: 50 });
    },
    async reconcileUnderLock(environment, holder) {
      const handle = await DBOS.startWorkflow(runReconcile, { workflowID: randomUUID() })(environment, holder);
      return handle.getResult({ pollingIntervalMs: 50 });
    },
    ledger: (after, limit) => readLedger(db, after, limit),
    database,
    async stop() {
      clearInterval(sweeper);
      await stopReaping();
      bell.remove();
      await DBOS.shutdown();
      await identity.stop();
      await close();
    },
  };
}

/** Waits for a `dev` session to give the environment back, then records that the promotion runs. Null when a person stopped it before. */
async function begin(
  id: string,
  { ports, store, lock, installation }: { ports: PromotionPorts; store: Records; lock: Locks; installation: string },
): Promise<Run | null> {
  const asked = await DBOS.runStep(() => store.request(id), { name: 'request' });
  const { environment } = asked.request;
  for (;;) {
    const holder = await DBOS.runStep(() => lock.holder(environment), { name: 'lock' });
    const begun = holder ? held : await DBOS.runStep(() => beginUnlessHeld(store, id, environment), { name: 'begin' });
    if (begun !== held)
      return {
        id,
        request: asked.request,
        release: asked.release,
        previous: begun,
        ports,
        records: store,
        installation,
      };
    const reason = `${holder ?? 'a dev session'} holds ${environment}`;
    await DBOS.runStep(() => store.state(id, 'waiting', reason), { name: 'waiting' });
    const stop = await aborted(1);
    if (stop) {
      await DBOS.runStep(() => store.state(id, 'aborted', stop.reason), { name: 'finish' });
      return null;
    }
  }
}

/** A session may take the environment after it was found free: the beginning looks again, in its own transaction. */
const held = 'held';

/** What was live before, once the promotion is recorded as running; `held` when a session was quicker. */
async function beginUnlessHeld(store: Records, id: string, environment: string): Promise<Digest | null | typeof held> {
  const { liveRelease } = await store.environment(environment);
  return (await store.begin(id, environment, liveRelease)) ? liveRelease : held;
}

/** The release that a request means when it names none. */
async function resolveRelease(request: PromotionRequest, ports: PromotionPorts, store: Records): Promise<Digest> {
  const { environments } = ports.declaration();
  const index = environments.findIndex(({ name }) => name === request.environment);
  if (index < 0)
    throw new SoundBiteError('environment-unknown', `${request.environment} is no declared environment`, {
      source: 'user',
      mend: 'soundbite env list',
    });
  if (request.release) return (await ports.releases.get(request.release)).digest;
  if (request.kind === 'rollback') {
    const { previousRelease } = await store.environment(request.environment);
    if (previousRelease) return previousRelease;
    throw new SoundBiteError('nothing-to-roll-back-to', `no other release was healthy in ${request.environment}`, {
      source: 'user',
      mend: `soundbite history ${request.environment}, then soundbite rollback ${request.environment} --to <release>`,
    });
  }
  const before = environments[index - 1];
  if (!before) {
    const newest = (await ports.releases.list())[0];
    if (newest) return newest.digest;
    throw new SoundBiteError('nothing-to-promote', 'no release has been cut', {
      source: 'user',
      mend: 'soundbite release cut',
    });
  }
  const { liveRelease } = await store.environment(before.name);
  if (liveRelease) return liveRelease;
  throw new SoundBiteError('nothing-to-promote', `${before.name} is empty`, {
    source: 'user',
    mend: `soundbite promote ${before.name}`,
  });
}

/** DBOS's own log, at its warnings and above. */
function quietLogger({ emit }: PromotionPorts) {
  const say = (code: string) => (message: unknown) =>
    emit({ code, message: message instanceof Error ? message.message : String(message), error: message });
  return { info: () => {}, debug: () => {}, warn: say('workflow-warning'), error: say('workflow-error') };
}
