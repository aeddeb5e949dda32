import { DBOS, DBOSWorkflowConflictError } from '@dbos-inc/dbos-sdk';
// Not public API, hence one small file: there is no other way to take over a dead process's work without the vendor's paid service.
import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { SoundBiteError } from '@soundbite/model';
import { sql } from 'kysely';
import { Client, escapeLiteral } from 'pg';
import { patience, pause } from './patience.ts';
import { type Database, throughOutages } from './store/database.ts';
import { mustFit } from './store/database-check.ts';
import { databaseProblem } from './store/database-problem.ts';
import { eventChannel } from './store/events.ts';
import { workflowLost } from './store/migrations.ts';
import type { OpeningStatement } from './store/transactions.ts';

/** The channel on which control planes tell one another that the queue has changed. */
const queueChannel = 'soundbite_queue';

/** Tells all control planes on the database to look at the queue. */
export const notifyQueue = (db: Database) => sql`select pg_notify(${queueChannel}, '')`.execute(db);

/** How often dead executors are looked for, in ms. */
const reapEvery = 1000;

/** An executor writes its heartbeat every so many looks: Postgres writes it to disk. */
const looksPerSign = 5;

/**
 * Consecutive looks after which an executor that holds its lock without a heartbeat has lost it: a closed laptop keeps its session for hours, a
 * stopped process for ever. If it is alive after all, it continues under its id, without the work that was taken over.
 */
const quietLooks = 20;

export interface Executor {
  readonly id: string;
  stop(): Promise<void>;
}

/**
 * Starts on a database while nobody else does: DBOS' migrations, run by two at once, leave a database on which none can start again.
 * Errors: `database-down`, `database-unusable`, `database-newer`, `database-busy`.
 */
export async function startAlone<T>(
  url: string,
  start: () => Promise<T>,
  withinMs: number = patience.start.withinMs,
): Promise<T> {
  const session = await connected(url).catch((error) => {
    throw databaseProblem(url, error);
  });
  try {
    // Polled: a waiter inside Postgres would block the building of indexes, which waits for all transactions.
    for (const end = performance.now() + withinMs; !(await tryLock(session, 'soundbite-start')); ) {
      if (performance.now() > end)
        throw new SoundBiteError('database-busy', 'another control plane is still starting on this database', {
          hint: 'wait for it or stop it, then start this one again',
        });
      await pause(patience.start.everyMs);
    }
    await mustFit(session, url);
    return await start();
  } finally {
    await session.end();
  }
}

/**
 * First statement of a workflow's transaction: it checks that this process still owns the workflow, until the transaction ends. A process that slept while another
 * one took over its work would otherwise continue under a newer generation than its successor. Null outside of workflows.
 */
export function keepingWorkflow(): OpeningStatement | null {
  const id = DBOS.workflowID;
  const owner = id === undefined ? undefined : currentOwnerXid(id);
  if (id === undefined || owner === undefined) return null;
  return {
    sql: `select keep_workflow(${escapeLiteral(id)}, ${escapeLiteral(owner)})`,
    // On this error DBOS lets the run go.
    refused: (error) =>
      (error as { code?: unknown }).code === workflowLost ? new DBOSWorkflowConflictError(id) : error,
  };
}

/**
 * Takes an executor id that no live process has: the stable `name` (so that a restarted process finds its own work at once), else `name-2`, …
 * `rung` is called when any control plane says that there is something in the queue, `told` with the subject of every change; `lost` when the lock's session died and another process has taken the id meanwhile: this process must then end.
 */
export async function takeExecutorId(
  url: string,
  db: Database,
  name: string,
  { lost, rung, told }: { lost(error: Error): void; rung(): void; told(subject: string): void },
): Promise<Executor> {
  let id = name;
  let session = await connected(url);
  for (let count = 2; !(await tryLock(session, lockOf(id))); count++) id = `${name}-${count}`;
  let stopping = false;

  const watchSession = async (client: Client): Promise<void> => {
    client.on('notification', ({ channel, payload = '' }) => (channel === eventChannel ? told(payload) : rung()));
    client.on('end', () => {
      if (stopping) return;
      throughOutages(async () => {
        session = await connected(url);
        await lockAgain(session, id);
        await watchSession(session);
      }).catch(lost);
    });
    await client.query(`listen ${queueChannel}; listen ${eventChannel}`);
  };
  await watchSession(session);
  await seen(db, id);

  return {
    id,
    async stop() {
      stopping = true;
      await session.end();
    },
  };
}

/**
 * Takes over what dead executors left unfinished, and those that stopped without dying; returns a function that stops looking. Call it after DBOS is
 * launched.
 */
export function reapDeadExecutors(
  url: string,
  db: Database,
  own: string,
  report: (message: string, error?: unknown) => void,
): () => Promise<void> {
  const quiet: Quiet = new Map();
  let looks = 0;
  let stopped = false;
  let busy: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    busy = busy
      .then(async () => {
        if (stopped) return;
        if (looks++ % looksPerSign === 0) await seen(db, own);
        await reap(url, db, own, quiet, report);
      })
      .catch((error) => report('looking for dead executors failed', error));
  }, reapEvery);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await busy;
  };
}

/** When each other executor was last seen by the database's clock, and how many looks in a row have found it so. */
type Quiet = Map<string, { readonly at: number; readonly looks: number }>;

async function reap(
  url: string,
  db: Database,
  own: string,
  quiet: Quiet,
  report: (message: string) => void,
): Promise<void> {
  const others = await db.selectFrom('executors').select(['id', 'seen_at']).where('id', '!=', own).execute();
  for (const { id, seen_at } of others) {
    const session = await connected(url);
    try {
      if (!(await tryLock(session, lockOf(id)))) {
        const before = quiet.get(id);
        const looks = before?.at === seen_at.getTime() ? before.looks + 1 : 0;
        quiet.set(id, { at: seen_at.getTime(), looks });
        if (looks < quietLooks) continue;
        report(`executor ${id} has given no sign of life for ${looks} looks: its place is taken from it`);
        await endHolder(session, lockOf(id));
        continue;
      }
      await DBOSExecutor.globalInstance?.recoverPendingWorkflows([id]);
      await db.deleteFrom('executors').where('id', '=', id).execute();
    } finally {
      await session.end();
    }
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // The session's user learns of its end from its calls; an error without a listener would end this process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

const lockOf = (id: string): string => `soundbite-executor/${id}`;

async function tryLock(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [name]);
  return rows[0]?.got === true;
}

/** For a session of an executor that lost its own. Whoever takes over its work has the lock only meanwhile; whoever keeps it is another process with its id. */
async function lockAgain(session: Client, id: string): Promise<void> {
  const { everyMs, withinMs } = patience.place;
  for (const end = performance.now() + withinMs; !(await tryLock(session, lockOf(id))); await pause(everyMs))
    if (performance.now() > end) throw new Error(`another process took over as executor ${id}`);
}

/** Ends the session that holds a lock. */
async function endHolder(client: Client, name: string): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid) from pg_locks
     where locktype = 'advisory' and objsubid = 1 and granted
       and database = (select oid from pg_database where datname = current_database())
       and ((classid::bigint << 32) | objid::bigint) = hashtextextended($1, 0)`,
    [name],
  );
}

async function seen(db: Database, id: string): Promise<void> {
  await db
    .insertInto('executors')
    .values({ id })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: sql`now()` }))
    .execute();
}

/** The version of the workflow's code that this process runs: fixed, with patches inside, so that an upgrade strands nothing under way. */
export async function announceVersion(): Promise<void> {
  await DBOS.setLatestApplicationVersion(DBOS.applicationVersion);
}
