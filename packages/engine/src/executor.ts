import { DBOS } from '@dbos-inc/dbos-sdk';
// Not public API, hence one small file: there is no other way to take over a dead process's work without the vendor's paid service.
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { sql } from 'kysely';
import { Client } from 'pg';
import { type Database, throughOutages } from './store/database.ts';

/** How often dead executors are looked for, in ms. */
const reapEvery = 1000;

export interface Executor {
  readonly id: string;
  stop(): Promise<void>;
}

/**
 * Takes an executor id that no live process has: the stable `name` (so that a restarted process finds its own work at once), else `name-2`, …
 * `lost` is called when the lock's session died and another process has taken the id meanwhile: this process must then end.
 */
export async function takeExecutorId(
  url: string,
  db: Database,
  name: string,
  lost: (error: Error) => void,
): Promise<Executor> {
  let id = name;
  let session = await connected(url);
  for (let count = 2; !(await tryLock(session, id)); count++) id = `${name}-${count}`;
  let stopping = false;

  const watchSession = (client: Client): void => {
    client.on('end', () => {
      if (stopping) return;
      throughOutages(async () => {
        session = await connected(url);
        if (!(await tryLock(session, id))) throw new Error(`another process took over as executor ${id}`);
        watchSession(session);
      }).catch(lost);
    });
  };
  watchSession(session);
  await seen(db, id);

  return {
    id,
    async stop() {
      stopping = true;
      await session.end();
    },
  };
}

/** Takes over what dead executors left unfinished; returns a function that stops looking. Call it after DBOS is launched. */
export function reapDeadExecutors(
  url: string,
  db: Database,
  own: string,
  report: (error: unknown) => void,
): () => Promise<void> {
  let stopped = false;
  let busy: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    busy = busy.then(() => (stopped ? undefined : reap(url, db, own))).catch(report);
  }, reapEvery);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await busy;
  };
}

async function reap(url: string, db: Database, own: string): Promise<void> {
  await seen(db, own);
  const others = await db.selectFrom('executors').select('id').where('id', '!=', own).execute();
  for (const { id } of others) {
    const session = await connected(url);
    try {
      if (!(await tryLock(session, id))) continue;
      await DBOSExecutor.globalInstance?.recoverPendingWorkflows([id]);
      await db.deleteFrom('executors').where('id', '=', id).execute();
    } finally {
      await session.end();
    }
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // Whoever uses the session hears of its end from its calls; an error without a listener would end this process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function tryLock(client: Client, id: string): Promise<boolean> {
  const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [
    `soundbite-executor/${id}`,
  ]);
  return rows[0]?.got === true;
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
