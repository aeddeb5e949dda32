import { randomUUID } from 'node:crypto';
import type { Digest, PromotionRequest, PromotionState } from '@soundbite/model';
import type { Selectable, Transaction } from 'kysely';
import { append } from './ledger.ts';
import type { PromotionsTable, Tables } from './schema.ts';

export interface NewPromotion {
  readonly id: string;
  readonly request: PromotionRequest;
  readonly release: Digest;
  /** What was live when it was asked for. */
  readonly previous: Digest | null;
  /** Digest of the declaration when it was asked for. */
  readonly declaration: string;
  /** Environments that it is asked to go on to. */
  readonly rest: readonly string[];
  /** The promotion whose success begins it. */
  readonly follows: string | null;
}

/** Records a promotion, unless one with its id, idempotency key or predecessor stands. Whether it did. */
export async function insertPromotion(trx: Transaction<Tables>, promotion: NewPromotion): Promise<boolean> {
  const { id, request, release, previous, declaration, rest, follows } = promotion;
  const inserted = await trx
    .insertInto('promotions')
    .values({
      id,
      environment: request.environment,
      kind: request.kind,
      release,
      previous,
      state: 'waiting',
      reason: null,
      request: JSON.stringify(request),
      actor: request.actor,
      idempotency_key: request.idempotencyKey ?? null,
      declaration,
      rest: [...rest],
      follows,
      stopped: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return false;
  await append(trx, {
    kind: 'promotion.requested',
    subject: id,
    payload: { ...request, release, previous, declaration, ...(follows === null ? {} : { follows }) },
    key: `${id}/requested`,
  });
  return true;
}

type Row = Selectable<PromotionsTable>;

/** Whether a promotion that ended so is followed by one into the next environment of its request. */
const goesOn = ({ rest, stopped }: Row, state: PromotionState): boolean =>
  state === 'succeeded' && rest.length > 0 && stopped === null;

/** How it ended, with what was therefore never begun. */
export function endOf(row: Row, state: PromotionState, reason: string | null): string | null {
  if (row.rest.length === 0 || goesOn(row, state)) return reason;
  const why = reason ?? (row.stopped === null ? state : `stopped when it was done (${row.stopped})`);
  return `${why}; not begun: ${row.rest.join(', ')}`;
}

/** Records the promotion that follows one that succeeded, in the transaction that ends it: there is no moment between the two. */
export async function insertFollower(trx: Transaction<Tables>, row: Row, state: PromotionState): Promise<void> {
  const [environment, ...rest] = row.rest;
  if (environment === undefined || !goesOn(row, state)) return;
  const { idempotencyKey: _, ...request } = row.request as PromotionRequest;
  const place = await trx
    .selectFrom('environments')
    .select('live_release')
    .where('name', '=', environment)
    .executeTakeFirst();
  await insertPromotion(trx, {
    id: randomUUID(),
    request: { ...request, environment, release: row.release },
    release: row.release,
    previous: place?.live_release ?? null,
    declaration: row.declaration,
    rest,
    follows: row.id,
  });
}
