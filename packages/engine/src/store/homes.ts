import { homeOfSite, homeSite, nameAt, type Site } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { tellEnvironment } from './environment-record.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import { end } from './promotion-rows.ts';
import type { Tables } from './schema.ts';
import type { Sites } from './sites.ts';
import { endTaints } from './taints.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Another home, from the records of its own environments. */
export interface OtherHome {
  readonly id: string;
  /** The machine from which its last promotion was asked for; null: none was. */
  readonly host: string | null;
  /** Its control plane is up, on whatever machine. */
  readonly isRunning: boolean;
  /** Environments in which something was promoted, that a session holds, or into which promotions have not ended. */
  readonly environments: readonly string[];
  /** Promotions into them that have not ended, oldest first. */
  readonly unfinished: readonly string[];
}

/** Who has the records of an environment removed, and why; the same `idempotencyKey` is the same request. */
export interface Forgetting {
  readonly actor: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Records of other homes on the database. Each home maintains its own; for a home that is gone, a person has to. */
export function homesRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    /** Those that have something on record, by their identities. */
    otherHomes: (): Promise<OtherHome[]> => read((db) => otherHomes(db, sites)),

    isForgotten: (idempotencyKey: string): Promise<boolean> => read((db) => isDone(db, idempotencyKey)),

    /**
     * Removes the records of another home's environment: its promotions end, its lock is released, nothing counts as live. Nothing changes on that
     * home's machine. False: that home's control plane runs, and nothing was forgotten. The same request is carried out once.
     */
    forgetElsewhere: (name: string, home: string, { actor, reason, idempotencyKey }: Forgetting): Promise<boolean> =>
      write(async (trx) => {
        if (await isRunning(trx, home)) return false;
        const site = homeSite(name, home);
        if (await isDone(trx, idempotencyKey)) return true;
        await endPromotions(trx, sites, site, `${actor} forgot the records of home ${home.slice(0, 8)}: ${reason}`);
        await endTaints(trx, site, { as: 'emptied', by: actor });
        await trx.deleteFrom('locks').where('environment', '=', site).execute();
        await trx
          .updateTable('environments')
          .set({ live_release: null, infrastructure_release: null, destroyed_at: sql<Date>`now()`, declared: null })
          .where('name', '=', site)
          .execute();
        const payload = { at: Date.now(), actor, reason, home };
        await append(trx, { kind: 'environment.forgotten', subject: site, payload, key: keyOf(idempotencyKey) });
        await tellEnvironment(trx, site);
        await announce(trx, { kind: 'lock', subject: site, view: { holder: null } });
        return true;
      }),
  };
}

const keyOf = (idempotencyKey: string): string => `forgotten/${idempotencyKey}`;

async function isDone(db: Database | Transaction<Tables>, idempotencyKey: string): Promise<boolean> {
  const entry = await db.selectFrom('ledger').select('key').where('key', '=', keyOf(idempotencyKey)).executeTakeFirst();
  return entry !== undefined;
}

async function endPromotions(trx: Transaction<Tables>, sites: Sites, site: Site, reason: string): Promise<void> {
  const open = await trx
    .selectFrom('promotions')
    .selectAll()
    .where('environment', '=', site)
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .forUpdate()
    .execute();
  for (const row of open) await end(trx, sites, row, 'aborted', reason);
}

async function otherHomes(db: Database, sites: Sites): Promise<OtherHome[]> {
  if (sites.home === null) return [];
  const { rows } = await sql<{ readonly site: Site; readonly host: string | null; readonly open: string[] }>`
    with standing as (
      select name as site from environments where declared is not null or live_release is not null
      union select environment from promotions where finished_at is null
      union select environment from locks
    )
    select s.site,
      (select p.host from promotions p where p.home = split_part(s.site, '@', 2) order by p.created_at desc limit 1) as host,
      array(select p.id from promotions p where p.environment = s.site and p.finished_at is null order by p.created_at) as open
    from standing s
    where split_part(s.site, '@', 2) not in ('', ${sites.home.id}) order by s.site`.execute(db);
  const ids = [...new Set(rows.map(({ site }) => homeOfSite(site) as string))].sort();
  return Promise.all(
    ids.map(async (id) => {
      const own = rows.filter(({ site }) => homeOfSite(site) === id);
      return {
        id,
        host: own[0]?.host ?? null,
        isRunning: await isRunning(db, id),
        environments: own.map(({ site }) => nameAt(site)),
        unfinished: own.flatMap(({ open }) => open),
      };
    }),
  );
}

/** Every control plane that runs has its row, which bears its home's first digits; one that died is without it a moment later. */
async function isRunning(db: Database | Transaction<Tables>, home: string): Promise<boolean> {
  const { rows } = await sql`
    select id from executors where id ~ ${`-${home.slice(0, 8)}(-[0-9]+)?$`} limit 1`.execute(db);
  return rows.length > 0;
}
