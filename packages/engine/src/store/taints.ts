import { randomUUID } from 'node:crypto';
import {
  findingsToRaise,
  goesOnChanging,
  nameAt,
  type Site,
  storable,
  type Taint,
  type TaintEnd,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { isOpen, isOpenOrAccepted, taintOf } from './acting.ts';
import type { Database } from './database.ts';
import { environmentRecord } from './environment-record.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import { enterEnvironment, liveHolder } from './locks.ts';
import type { Tables } from './schema.ts';
import { isReached, type Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** How an environment was changed outside of promotions. */
interface NewTaint extends Pick<Taint, 'environment' | 'why' | 'findings'> {
  /** When the last promotion that the look knew of had ended there (ISO 8601, to the ms); null: it knew of none. Of a session it says nothing. */
  readonly lastEnded?: string | null;
}

/** Who accepts how an environment was changed. */
interface AcceptedBy {
  readonly by: string;
  readonly reason: string;
  /** The one that is meant; all open ones when absent. */
  readonly taint?: string | undefined;
}

/** That environments were changed outside of promotions, and how that ended. Who waits for the end hears of every change. */
export function taintsRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    /**
     * Records what no taint of the environment says yet; then all of it is on record. False: it is not. Nothing is recorded where nothing is live; nor drift
     * that was seen while a promotion or a session changed the environment, or before one did: that look is out of date.
     */
    tainted: (given: NewTaint): Promise<boolean> => write((trx) => raise(trx, sites.of(given.environment), given)),

    /** Open ones, and those that ended within a day, newest first; of all environments within reach when none is named. */
    taints: (environment?: string): Promise<readonly Taint[]> =>
      read(async (db) => {
        const all = recent(db).where(isReached(sites, 'environment'));
        const of = environment === undefined ? all : all.where('environment', '=', sites.of(environment));
        return (await of.execute()).map(taintOf);
      }),

    /**
     * Ends those that are open; what they say is not raised again until a promotion brought back what was released. Errors: `environment-busy` while a
     * session goes on changing the environment.
     */
    acceptTaints: (environment: string, { by, reason, taint }: AcceptedBy): Promise<void> =>
      write((trx) => accept(trx, sites.of(environment), { by, reason, taint })),
  };
}

const recent = (db: Database) =>
  db
    .selectFrom('taints')
    .selectAll()
    .where(sql<boolean>`(${isOpen} or ended_at > now() - interval '1 day')`)
    .orderBy('sequence', 'desc');

async function raise(
  trx: Transaction<Tables>,
  site: Site,
  { why, findings, lastEnded = null }: NewTaint,
): Promise<boolean> {
  await enterEnvironment(trx, site);
  const { liveRelease: release } = await environmentRecord(trx, site);
  if (release === null) return false;
  if (why === 'drift' && ((await liveHolder(trx, site)) !== null || (await isOutOfDate(trx, site, lastEnded))))
    return false;
  const known = await trx
    .selectFrom('taints')
    .selectAll()
    .where('environment', '=', site)
    .where(isOpenOrAccepted)
    .execute();
  const raised = findingsToRaise(why, findings, known.map(taintOf));
  if (raised.length === 0) return true;
  const id = randomUUID();
  const kept = JSON.stringify(storable([...raised]));
  await trx.insertInto('taints').values({ id, environment: site, why, findings: kept, release }).execute();
  const payload = storable({ taint: id, why, findings: [...raised], release });
  await append(trx, { kind: 'taint.found', subject: site, payload, key: `taint/${id}/found` });
  await tell(trx, site);
  return true;
}

/** Whether something was promoted there after the look, or is. */
async function isOutOfDate(trx: Transaction<Tables>, site: Site, lastEnded: string | null): Promise<boolean> {
  const { rows } = await sql`
    select id from promotions where environment = ${site} and plan is not null
      and (finished_at is null or finished_at >= coalesce(${lastEnded}::timestamptz, '-infinity') + interval '1 millisecond')
    limit 1`.execute(trx);
  return rows.length > 0;
}

async function accept(trx: Transaction<Tables>, site: Site, { by, reason, taint }: AcceptedBy): Promise<void> {
  await enterEnvironment(trx, site);
  const holder = await liveHolder(trx, site);
  if (holder !== null) throw goesOnChanging(nameAt(site), holder);
  await endTaints(trx, site, { as: 'accepted', by, reason }, taint);
}

interface Ending {
  readonly as: TaintEnd;
  readonly by: string;
  readonly reason?: string;
  readonly promotion?: string;
}

/** Ends the open ones of an environment, or one of them. One that has ended stays as it is. */
export async function endTaints(trx: Transaction<Tables>, site: Site, ending: Ending, taint?: string): Promise<void> {
  const { as, by, reason = null, promotion = null } = ending;
  const ended = await trx
    .updateTable('taints')
    .set({ ended_at: sql<Date>`now()`, ended_as: as, ended_by: by, reason, promotion })
    .where('environment', '=', site)
    .where('ended_at', 'is', null)
    .where(taint === undefined ? sql<boolean>`true` : sql<boolean>`id = ${taint}`)
    .returning('id')
    .execute();
  for (const { id } of ended) {
    const payload = storable({ taint: id, as, by, ...(reason && { reason }), ...(promotion && { promotion }) });
    await append(trx, { kind: 'taint.ended', subject: site, payload, key: `taint/${id}/ended` });
  }
  if (ended.length > 0) await tell(trx, site);
}

async function tell(trx: Transaction<Tables>, site: Site): Promise<void> {
  const open = trx.selectFrom('taints').selectAll().where('environment', '=', site).where(isOpen);
  const taints = (await open.orderBy('sequence', 'desc').execute()).map(taintOf);
  await announce(trx, { kind: 'taint', subject: site, view: { taints } });
}
