import { randomUUID } from 'node:crypto';
import { type Digest, keptDetail, type PromotionRequest, type Site } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { tellEnvironment } from './environment-record.ts';
import { append } from './ledger.ts';
import type { Tables } from './schema.ts';
import { takenOverWords } from './tracking.ts';
import { promotionChanged } from './views.ts';

/** An environment that another installation had until now, as it was found. */
export interface TakenOver {
  readonly environment: string;
  /** What takes its traffic; null: nothing does. */
  readonly live: Digest | null;
  /** The release whose template was deployed last. */
  readonly infrastructure: Digest | null;
  /** The installation that had it, and the last generation seen at the account and the edge. */
  readonly before: { readonly owner: string; readonly generation: number };
  readonly actor: string;
  readonly reason: string;
  /** Digest of today's declaration. */
  readonly declaration: string;
}

/** The next generation that is newer than one that somebody else gave out. */
export async function generationAfter(trx: Transaction<Tables>, generation: number): Promise<number> {
  const { rows } = await sql<{ next: string }>`
    select setval('generation', greatest(nextval('generation'), ${generation + 1}::bigint)) as next`.execute(trx);
  return Number(rows[0]?.next);
}

/**
 * Records what runs as live. What is live counts as promoted here, so that a later rollback may return to it; what this database said of the
 * environment before says nothing any more.
 */
export async function recordTakeover(
  trx: Transaction<Tables>,
  site: Site,
  taken: TakenOver,
  generation: number,
): Promise<void> {
  const { live, infrastructure, before, actor, reason } = taken;
  const now = {
    live_release: live,
    infrastructure_release: infrastructure,
    generation,
    destroyed_at: sql<Date>`now()`,
  };
  await trx
    .insertInto('environments')
    .values({ name: site, ...now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(now))
    .execute();
  await append(trx, {
    kind: 'environment.taken-over',
    subject: site,
    payload: { live, infrastructure, from: before.owner, actor, reason },
    key: `taken-over/${site}/${generation}`,
  });
  if (live !== null) await recordAsPromoted(trx, site, taken, live);
  await tellEnvironment(trx, site);
}

async function recordAsPromoted(trx: Transaction<Tables>, site: Site, taken: TakenOver, live: Digest): Promise<void> {
  const { environment, before, actor, reason, declaration } = taken;
  const request: PromotionRequest = {
    environment,
    kind: 'promote',
    release: live,
    reason,
    override: false,
    allowRemovals: [],
    actor,
  };
  const id = randomUUID();
  await trx
    .insertInto('promotions')
    .values({
      id,
      environment: site,
      kind: 'promote',
      release: live,
      previous: null,
      state: 'succeeded',
      reason: keptDetail(`${takenOverWords}${before.owner}`),
      request: JSON.stringify(request),
      actor,
      idempotency_key: null,
      declaration,
      rest: [],
      follows: null,
      stopped: null,
      // Later than the mark above: it is of the environment that stands now.
      created_at: sql<Date>`now() + interval '1 millisecond'`,
      finished_at: sql<Date>`now() + interval '1 millisecond'`,
      admitted_at: sql<Date>`now()`,
    })
    .execute();
  await promotionChanged(trx, id);
}
