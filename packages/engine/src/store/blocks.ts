import { randomUUID } from 'node:crypto';
import { type Block, blockText, type Digest } from '@soundbite/model';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import { stopPromotion } from './promotion-course.ts';
import type { BlocksTable, Tables } from './schema.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Releases that go nowhere further. */
export function blocksRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    /** Null: nobody ever blocked it. */
    blockOf: (release: Digest): Promise<Block | null> => read((db) => blockOf(db, release)),

    /** Those in force. */
    blocks: (): Promise<Block[]> =>
      read(async (db) => {
        const rows = await db.selectFrom('blocks').selectAll().where('blocked', '=', true).execute();
        return rows.map(recordedBlock);
      }),

    /** What is under way with a blocked release is stopped in the same transaction, in whatever environment. */
    setBlock: (block: Block): Promise<void> =>
      write(async (trx) => {
        const open = block.blocked ? await openOf(trx, block.release) : [];
        const said = await changed(trx, block);
        if (said) await tell(trx, said);
        for (const { id } of open) await stopPromotion(trx, sites, id, blockText(block), block.by);
      }),
  };
}

export async function blockOf(db: Database | Transaction<Tables>, release: Digest): Promise<Block | null> {
  const row = await db.selectFrom('blocks').selectAll().where('release', '=', release).executeTakeFirst();
  return row ? recordedBlock(row) : null;
}

const recordedBlock = ({ release, blocked, reason, actor: by, at }: Selectable<BlocksTable>): Block => ({
  ...{ release, blocked, reason, by },
  at: at.toISOString(),
});

/** Promotions that bring a release on, locked; not those that restore it where it is live. */
const openOf = (trx: Transaction<Tables>, release: Digest) =>
  trx
    .selectFrom('promotions')
    .select('id')
    .where('release', '=', release)
    .where('kind', '=', 'promote')
    .where('finished_at', 'is', null)
    .where(sql<boolean>`previous is distinct from release`)
    .orderBy('created_at')
    .forUpdate()
    .execute();

/** As it is on record now; null: the same again changes nothing. */
async function changed(trx: Transaction<Tables>, { release, blocked, reason, by }: Block): Promise<Block | null> {
  const { rows } = await sql<Selectable<BlocksTable>>`
    insert into blocks (release, blocked, reason, actor) values (${release}, ${blocked}, ${reason}, ${by})
    on conflict (release) do update set blocked = excluded.blocked, reason = excluded.reason, actor = excluded.actor, at = now()
      where blocks.blocked is distinct from excluded.blocked or blocks.reason is distinct from excluded.reason
    returning *`.execute(trx);
  return rows[0] ? recordedBlock(rows[0]) : null;
}

async function tell(trx: Transaction<Tables>, block: Block): Promise<void> {
  const { release, blocked, reason, by } = block;
  const kind = blocked ? 'release.blocked' : 'release.unblocked';
  await append(trx, { kind, subject: release, payload: { reason, by }, key: `block/${randomUUID()}` });
  await announce(trx, { kind: 'release', subject: release, view: block });
}
