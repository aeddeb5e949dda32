import {
  type Digest,
  type Environment,
  type EnvironmentRecord,
  nameAt,
  recordedEnvironment,
  type Site,
  type SucceededPromotion,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Departure } from '../departure.ts';
import { type Declared, declaredAt, environmentRecord, historyOf, tellEnvironment } from './environment-record.ts';
import { endHolds } from './holds.ts';
import { append } from './ledger.ts';
import { isOfThePresent } from './present.ts';
import type { EnvironmentsTable, Tables } from './schema.ts';
import { isReached, type Sites } from './sites.ts';
import { endTaints } from './taints.ts';
import { generationAfter, recordTakeover, type TakenOver } from './takeover.ts';
import { bringingAt } from './tracking.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Records of environments: live release, template, holder. */
export function environmentsRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    environment: (name: string): Promise<EnvironmentRecord> => read((db) => environmentRecord(db, sites.of(name))),

    /** Succeeded promotions whose versions were not lost since, newest first. */
    history: (name: string): Promise<SucceededPromotion[]> => read((db) => historyOf(db, sites.of(name))),

    /** Whether a release was finalised here once, by whatever kind of promotion. */
    wasLive: (name: string, release: Digest): Promise<boolean> =>
      read(async (db) => {
        const row = await db
          .selectFrom('promotions')
          .select('id')
          .where('environment', '=', sites.of(name))
          .where('release', '=', release)
          .where('state', '=', 'succeeded')
          .where(isOfThePresent)
          .limit(1)
          .executeTakeFirst();
        return row !== undefined;
      }),

    /** Since when a release has been live here without another one in between (ms since 1970). Null: it is not what was finalised last. */
    liveSince: (name: string, release: Digest): Promise<number | null> =>
      read(async (db) => {
        const brought = await bringingAt(db, sites.of(name), release);
        return brought && Date.parse(brought.since);
      }),

    generation: (): Promise<number> => write(nextGeneration),
    generationAfter: (generation: number): Promise<number> => write((trx) => generationAfter(trx, generation)),

    /** The live release, written when a promotion is finalised or undone. */
    live: (name: string, live: Digest | null, generation: number): Promise<void> =>
      write((trx) => set(trx, sites.of(name), { live_release: live, generation })),

    /** Which release's template was deployed. */
    infrastructure: (name: string, release: Digest, generation: number): Promise<void> =>
      write((trx) => set(trx, sites.of(name), { infrastructure_release: release, generation })),

    /** Earlier versions are gone from the target (a function was recreated): no rollback goes back beyond this moment. */
    lost: (name: string): Promise<void> => write((trx) => set(trx, sites.of(name), { lost_at: sql<Date>`now()` })),

    /** Environments of this home, and shared ones, with a promotion but without one of these names: they exist and are no longer declared. */
    undeclared: (names: readonly string[]): Promise<Environment[]> =>
      read(async (db) => {
        const rows = await db
          .selectFrom('environments')
          .select(['name', 'declared'])
          .where('declared', 'is not', null)
          .where(isReached(sites, 'name'))
          .orderBy('name')
          .execute();
        return rows.flatMap(({ name, declared }) =>
          names.includes(nameAt(name)) ? [] : [recordedEnvironment(declared)],
        );
      }),

    /** How it was declared when a promotion last began there, and who first used that declaration. Null: no promotion began there. */
    declaredAs: (name: string): Promise<Declared | null> => read((db) => declaredAt(db, sites.of(name))),
    declaredAt: (site: Site): Promise<Declared | null> => read((db) => declaredAt(db, site)),

    /** Somebody asked to destroy it, or to hand it back; it is recorded once for each `idempotencyKey`. */
    destroyAsked: (
      name: string,
      who: { readonly actor: string; readonly reason: string | undefined },
      { key, departure }: { readonly key: string; readonly departure: Departure },
    ) =>
      write((trx) =>
        append(trx, {
          kind: departure === 'destroyed' ? 'environment.destroy-asked' : 'environment.handback-asked',
          subject: sites.of(name),
          payload: who.reason === undefined ? { actor: who.actor } : who,
          key: `destroy-asked/${key}`,
        }),
      ),

    /** Empties an environment's record after it was destroyed or handed back. */
    forget: (
      name: string,
      actor: string,
      { key, departure }: { readonly key: string; readonly departure: Departure },
    ): Promise<void> =>
      write(async (trx) => {
        await endHolds(trx, sites.of(name), actor, null);
        await endTaints(trx, sites.of(name), { as: 'emptied', by: actor });
        await append(trx, {
          kind: `environment.${departure}`,
          subject: sites.of(name),
          payload: { at: Date.now(), actor },
          key: `destroyed/${key}`,
        });
        await set(trx, sites.of(name), {
          live_release: null,
          infrastructure_release: null,
          destroyed_at: sql<Date>`now()`,
          declared: null,
        });
      }),

    takenOver: (taken: TakenOver, generation: number): Promise<void> =>
      write((trx) => recordTakeover(trx, sites.of(taken.environment), taken, generation)),
  };
}

type Values = Partial<Record<keyof Omit<EnvironmentsTable, 'name'>, unknown>>;

/** Writes columns of an environment's row, and announces the change. */
async function set(trx: Transaction<Tables>, site: Site, values: Values): Promise<void> {
  await trx
    .insertInto('environments')
    .values({ name: site, ...values } as never)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values as never))
    .execute();
  await tellEnvironment(trx, site);
}

/** Every attempt of every step takes the next number. */
export async function nextGeneration(trx: Transaction<Tables>): Promise<number> {
  const { rows } = await sql<{ next: string }>`select nextval('generation') as next`.execute(trx);
  return Number(rows[0]?.next);
}
