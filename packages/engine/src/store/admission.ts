import {
  canonicalJson,
  type Environment,
  type GateRecord,
  keptDetail,
  nameAt,
  type PromotionRequest,
  type Site,
  storable,
  type WaitsFor,
  waitsBehind,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { addHold } from './holds.ts';
import { append } from './ledger.ts';
import { end } from './promotion-rows.ts';
import type { Tables } from './schema.ts';
import type { Sites } from './sites.ts';
import { type PromotionRow, promotionChanged } from './views.ts';

/** Whether a promotion is let in. */
export type Decision =
  /** `declared`: the environment as the control plane declares it that lets it in. */
  | {
      readonly is: 'admitted';
      readonly note: string;
      readonly declared?: Environment;
      readonly gates?: readonly GateRecord[];
    }
  /** Made again when its facts change, at the latest after some time (ms); for whom it waits, where that is known. */
  | {
      readonly is: 'held';
      readonly reason: string;
      readonly againInMs: number;
      readonly waitsFor?: WaitsFor;
      readonly gates?: readonly GateRecord[];
    }
  | { readonly is: 'refused'; readonly reason: string; readonly gates?: readonly GateRecord[] };

/** Writes a decision down. One that goes on being held for the same reason writes nothing. */
export async function recordDecision(
  trx: Transaction<Tables>,
  sites: Sites,
  row: PromotionRow,
  decision: Decision,
): Promise<void> {
  const gates = JSON.stringify(storable(decision.gates ?? []));
  if (decision.is === 'refused') {
    await trx.updateTable('promotions').set({ gates }).where('id', '=', row.id).execute();
    return end(trx, sites, row, 'failed', decision.reason);
  }
  if (decision.is === 'held') {
    const reason = keptDetail(decision.reason);
    const waits_for = decision.waitsFor ?? null;
    if (row.reason === reason && row.waits_for === waits_for && isSame(row.gates, decision.gates)) return;
    const decide_at = sql<Date>`now() + make_interval(secs => ${decision.againInMs / 1000})`;
    await trx.updateTable('promotions').set({ reason, decide_at, waits_for, gates }).where('id', '=', row.id).execute();
    return promotionChanged(trx, row.id);
  }
  const declared = decision.declared ? JSON.stringify(decision.declared) : null;
  const reason = await turnOf(trx, row.environment);
  await trx
    .updateTable('promotions')
    .set({ admitted_at: sql<Date>`now()`, admission: decision.note, reason, declared, waits_for: null, gates })
    .where('id', '=', row.id)
    .execute();
  if (row.kind === 'rollback') await holdAfter(trx, row);
  await append(trx, {
    kind: 'promotion.admitted',
    subject: row.id,
    payload: { note: decision.note, ...(decision.gates?.length ? { gates: decision.gates } : {}) },
    key: row.runs === 1 ? `${row.id}/admitted` : `${row.id}/admitted/${row.runs}`,
  });
  await promotionChanged(trx, row.id);
}

/** From the moment that somebody goes back, what comes by itself waits: else it would bring forward again what was taken back. */
async function holdAfter(trx: Transaction<Tables>, { id, environment, actor, request }: PromotionRow): Promise<void> {
  const { reason } = request as PromotionRequest;
  const why = `rolled back${reason ? `: ${reason}` : ''}`;
  await addHold(trx, environment, { scope: 'automatic', until: null, reason: why, by: actor, after: id });
}

const isSame = (recorded: readonly GateRecord[], gates: readonly GateRecord[] = []): boolean =>
  canonicalJson(recorded) === canonicalJson(storable(gates));

/** What has an environment now, for those that wait for their turn; null: nothing has it. */
async function turnOf(trx: Transaction<Tables>, environment: Site): Promise<string | null> {
  const running = await trx
    .selectFrom('promotions')
    .select('id')
    .where('environment', '=', environment)
    .where('state', '=', 'running')
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return running ? waitsBehind(running.id, nameAt(environment)) : null;
}
