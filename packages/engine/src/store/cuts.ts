import { type CutOrigin, canonicalJson, type Digest, storable } from '@soundbite/model';
import { type Selectable, sql } from 'kysely';
import { append } from './ledger.ts';
import type { CutsTable } from './schema.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** A cut as it is recorded. */
export interface RecordedCut extends CutOrigin {
  readonly at: string;
}

/** The cuts of a release that are shown. */
const most = 20;

/** Where releases were cut. It stays when a release is taken out of the store. */
export function cutsRepository({ read, write }: UnitOfWork) {
  return {
    /** Records where a release was cut, and the entry of the ledger, or nothing. The same as the newest is the same cut, told again. */
    recordCut: (release: Digest, origin: CutOrigin): Promise<void> =>
      write(async (trx) => {
        const { by, ci, labels } = storable(origin);
        await sql`select pg_advisory_xact_lock(hashtextextended(${`cuts/${release}`}, 0))`.execute(trx);
        const newest = await trx
          .selectFrom('cuts')
          .selectAll()
          .where('release', '=', release)
          .orderBy('sequence', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (newest && canonicalJson(originOf(newest)) === canonicalJson({ by, ci, labels })) return;
        const { sequence } = await trx
          .insertInto('cuts')
          .values({ release, actor: by, ci: ci && JSON.stringify(ci), labels: JSON.stringify(labels) })
          .returning('sequence')
          .executeTakeFirstOrThrow();
        await append(trx, {
          kind: 'release.cut',
          subject: release,
          payload: { by, ci, labels },
          key: `cut/${sequence}`,
        });
      }),

    /** Newest first. */
    cutsOf: (release: Digest): Promise<RecordedCut[]> =>
      read(async (db) => {
        const rows = await db
          .selectFrom('cuts')
          .selectAll()
          .where('release', '=', release)
          .orderBy('sequence', 'desc')
          .limit(most)
          .execute();
        return rows.map((row) => ({ ...originOf(row), at: row.at.toISOString() }));
      }),
  };
}

const originOf = ({ actor, ci, labels }: Selectable<CutsTable>): CutOrigin => ({ by: actor, ci, labels });
