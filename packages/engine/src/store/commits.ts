import { type CommitText, storable } from '@soundbite/model';
import type { UnitOfWork } from './unit-of-work.ts';

/** What the commits of releases say of themselves. A commit never changes, so what was recorded first stays; it stays when its release is taken out of the store. */
export function commitsRepository({ read, write }: UnitOfWork) {
  return {
    recordCommit: (commit: string, text: CommitText): Promise<void> =>
      write(async (trx) => {
        const { subject, author } = storable(text);
        await trx
          .insertInto('commits')
          .values({ commit, subject, author })
          .onConflict((one) => one.column('commit').doNothing())
          .execute();
      }),

    /** Null: nobody who had the commit cut a release of it, or that was before these were recorded. */
    commitText: (commit: string): Promise<CommitText | null> =>
      read(async (db) => {
        const row = await db
          .selectFrom('commits')
          .select(['subject', 'author'])
          .where('commit', '=', commit)
          .executeTakeFirst();
        return row ?? null;
      }),
  };
}
