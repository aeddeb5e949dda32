import type { Digest, Environment, EnvironmentRecord, SucceededPromotion } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { environmentRecord, historyOf, isOfThePresent } from './environment-record.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import type { EnvironmentsTable, Tables } from './schema.ts';
import { generationAfter, recordTakeover, type TakenOver } from './takeover.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** What is recorded of environments: what is live, which template they have, who has them. */
export function environmentsRepository({ read, write }: UnitOfWork) {
  return {
    environment: (name: string): Promise<EnvironmentRecord> => read((db) => environmentRecord(db, name)),

    /** Succeeded promotions whose versions were not lost since, newest first. */
    history: (name: string): Promise<SucceededPromotion[]> => read((db) => historyOf(db, name)),

    /** Whether a release was finalised here once, by whatever kind of promotion. */
    wasLive: (environment: string, release: Digest): Promise<boolean> =>
      read(async (db) => {
        const row = await db
          .selectFrom('promotions')
          .select('id')
          .where('environment', '=', environment)
          .where('release', '=', release)
          .where('state', '=', 'succeeded')
          .where(isOfThePresent)
          .limit(1)
          .executeTakeFirst();
        return row !== undefined;
      }),

    generation: (): Promise<number> => write(nextGeneration),
    generationAfter: (generation: number): Promise<number> => write((trx) => generationAfter(trx, generation)),

    /** What is live: written when a promotion is finalised or undone. */
    live: (environment: string, live: Digest | null, generation: number): Promise<void> =>
      write((trx) => set(trx, environment, { live_release: live, generation })),

    /** Which release's template was deployed. */
    infrastructure: (environment: string, release: Digest, generation: number): Promise<void> =>
      write((trx) => set(trx, environment, { infrastructure_release: release, generation })),

    /** What was live before is gone from the target (a function was made anew): no rollback goes back beyond this moment. */
    lost: (environment: string): Promise<void> => write((trx) => set(trx, environment, { lost_at: sql<Date>`now()` })),

    /** Environments in which something was promoted, and that are not among these names: they stand, and are declared no more. */
    undeclared: (names: readonly string[]): Promise<Environment[]> =>
      read(async (db) => {
        const rows = await db
          .selectFrom('environments')
          .select(['name', 'declared'])
          .where('declared', 'is not', null)
          .orderBy('name')
          .execute();
        return rows.flatMap(({ name, declared }) => (declared && !names.includes(name) ? [declared] : []));
      }),

    /** Somebody asked to destroy it; `deed` names this once. */
    destroyAsked: (environment: string, actor: string, deed: string): Promise<void> =>
      write((trx) =>
        append(trx, {
          kind: 'environment.destroy-asked',
          subject: environment,
          payload: { actor },
          key: `destroy-asked/${deed}`,
        }),
      ),

    /** Empties an environment's record after `destroy`. */
    forget: (environment: string, actor: string, deed: string): Promise<void> =>
      write(async (trx) => {
        await append(trx, {
          kind: 'environment.destroyed',
          subject: environment,
          payload: { at: Date.now(), actor },
          key: `destroyed/${deed}`,
        });
        await set(trx, environment, {
          live_release: null,
          infrastructure_release: null,
          destroyed_at: sql<Date>`now()`,
          declared: null,
          home: null,
        });
      }),

    takenOver: (taken: TakenOver, generation: number): Promise<void> =>
      write((trx) => recordTakeover(trx, taken, generation)),

    /** The home on whose emulated account an environment is; null: nobody's yet. */
    homeOf: (environment: string): Promise<string | null> =>
      read(async (db) => {
        const row = await db
          .selectFrom('environments')
          .select('home')
          .where('name', '=', environment)
          .executeTakeFirst();
        return row?.home ?? null;
      }),

    /** Gives an environment to a home, unless another has it; says which one has it now. */
    giveTo: (environment: string, home: string): Promise<string | null> =>
      write(async (trx) => {
        await set(trx, environment, { home: sql<string>`coalesce(environments.home, ${home})` }, { home });
        const row = await trx
          .selectFrom('environments')
          .select('home')
          .where('name', '=', environment)
          .executeTakeFirst();
        return row?.home ?? null;
      }),
  };
}

type Values = Partial<Record<keyof Omit<EnvironmentsTable, 'name'>, unknown>>;

/** Writes columns of an environment's row, and tells of it; `first`: what they are where there was no row. */
async function set(trx: Transaction<Tables>, name: string, values: Values, first: Values = values): Promise<void> {
  await trx
    .insertInto('environments')
    .values({ name, ...first } as never)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values as never))
    .execute();
  await announce(trx, { kind: 'environment', subject: name, view: await environmentRecord(trx, name) });
}

/** Every attempt of every step takes the next number. */
export async function nextGeneration(trx: Transaction<Tables>): Promise<number> {
  const { rows } = await sql<{ next: string }>`select nextval('generation') as next`.execute(trx);
  return Number(rows[0]?.next);
}
