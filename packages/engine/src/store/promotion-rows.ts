import { randomUUID } from 'node:crypto';
import {
  comesByItself,
  type Digest,
  type Environment,
  endingOf,
  goesOn,
  homeOfSite,
  homeSite,
  keptDetail,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionState,
  recordedEnvironment,
  recordedPlan,
  type Site,
  storable,
  type WaitsFor,
  wellFormed,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { environmentRecord, tellEnvironment } from './environment-record.ts';
import { endHolds } from './holds.ts';
import { append } from './ledger.ts';
import type { Tables } from './schema.ts';
import type { Home, Sites } from './sites.ts';
import { endTaints } from './taints.ts';
import { type PromotionRow, promotionChanged } from './views.ts';

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
  /** The promotion under way that it is asked to stop. */
  readonly aborts?: string | null;
  /** From where it is asked for; null: from the one home whose database this is. */
  readonly home?: Home | null;
}

/** What was asked for, and how far it has come. */
export interface Asked {
  readonly id: string;
  readonly request: PromotionRequest;
  /** Which environment of that name. */
  readonly site: Site;
  /** From where it was asked for; null: from the one home whose database this is. */
  readonly home: Home | null;
  readonly release: Digest;
  /** The environment as it was declared where it was let in; null: not yet, or it was let in before that was recorded. */
  readonly declared: Environment | null;
  readonly state: PromotionState;
  readonly plan: PromotionPlan | null;
  readonly stopped: string | null;
  readonly broken: string | null;
  readonly givenUp: string | null;
  readonly aborts: string | null;
  /** Another promotion's success began it. */
  readonly isFollower: boolean;
  readonly waitsFor: WaitsFor | null;
  readonly isAdmitted: boolean;
  readonly runs: number;
  readonly createdAt: number;
}

export const askedFor = (row: PromotionRow): Asked => ({
  id: row.id,
  request: row.request as PromotionRequest,
  site: row.environment,
  home: homeOf(row),
  release: row.release,
  declared: row.declared === null ? null : recordedEnvironment(row.declared),
  state: row.state,
  plan: row.plan === null ? null : recordedPlan(row.plan),
  stopped: row.stopped,
  broken: row.broken,
  givenUp: row.given_up,
  aborts: row.aborts,
  isFollower: row.follows !== null,
  waitsFor: row.waits_for,
  isAdmitted: row.admitted_at !== null,
  runs: row.runs,
  createdAt: row.created_at.getTime(),
});

const homeOf = ({ home, host }: PromotionRow): Home | null => (home === null ? null : { id: home, host: host ?? '' });

/** The environment that a name means to who asks from a home, whoever writes it down. */
function siteFor(sites: Sites, name: string, home: Home | null): Site {
  const site = sites.of(name);
  return home !== null && homeOfSite(site) !== null ? homeSite(name, home.id) : site;
}

/** Two homes may use one key, each for an environment of its own. */
export const keyAt = (site: Site, key: string | undefined): string | null =>
  key === undefined ? null : [key, homeOfSite(site)].filter((part) => part !== null).join('@');

/** Records a promotion, unless one with its id, idempotency key or predecessor stands. Whether it did. */
export async function insertPromotion(
  trx: Transaction<Tables>,
  sites: Sites,
  promotion: NewPromotion,
): Promise<boolean> {
  const { id, request, release, previous, declaration, rest, follows, aborts = null, home = sites.home } = promotion;
  const site = siteFor(sites, request.environment, home);
  const inserted = await trx
    .insertInto('promotions')
    .values({
      id,
      environment: site,
      kind: request.kind,
      release,
      previous,
      state: 'waiting',
      reason: null,
      request: JSON.stringify(storable(request)),
      actor: wellFormed(request.actor),
      idempotency_key: keyAt(site, request.idempotencyKey),
      declaration,
      rest: [...rest],
      follows,
      aborts,
      stopped: null,
      home: home?.id ?? null,
      host: home?.host ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return false;
  await append(trx, {
    kind: 'promotion.requested',
    subject: id,
    payload: {
      ...request,
      release,
      previous,
      declaration,
      ...(follows === null ? {} : { follows }),
      ...(aborts === null ? {} : { aborts }),
    },
    key: `${id}/requested`,
  });
  // What waits there may be superseded by it.
  if (request.kind === 'promote') await tellEnvironment(trx, site);
  await promotionChanged(trx, id);
  return true;
}

/** Ends a promotion; one that succeeds and goes on begins the next in the same transaction. */
export async function end(
  trx: Transaction<Tables>,
  sites: Sites,
  row: PromotionRow,
  state: PromotionState,
  reason: string | null,
): Promise<void> {
  const said = endingOf(row, state, reason === null ? null : keptDetail(reason));
  await trx
    .updateTable('promotions')
    .set({ state, reason: said, finished_at: sql<Date>`now()` })
    .where('id', '=', row.id)
    .execute();
  await append(trx, {
    kind: 'promotion.finished',
    subject: row.id,
    payload: { state, reason: said },
    key: `${row.id}/finished`,
  });
  await insertFollower(trx, sites, row, state);
  if (state === 'succeeded') await endHoldsOfRollbacks(trx, row);
  if (state === 'succeeded') await endTaintsBy(trx, row);
  // From now on it counts for the way back.
  if (state === 'succeeded') await tellEnvironment(trx, row.environment);
  await promotionChanged(trx, row.id);
}

/** A person's release is final there: the person has decided how it goes on after a rollback. To restore what is live decides nothing. */
async function endHoldsOfRollbacks(trx: Transaction<Tables>, row: PromotionRow): Promise<void> {
  const { kind, environment, actor, follows, release, previous } = row;
  const request = row.request as PromotionRequest;
  const decides = kind === 'promote' && release !== previous && !comesByItself(request, follows !== null);
  if (decides) await endHolds(trx, environment, actor, null);
}

/** A promotion makes an environment as it was released; a rollback moves the traffic, and leaves the rest as it is. */
async function endTaintsBy(trx: Transaction<Tables>, { id, kind, environment, actor }: PromotionRow): Promise<void> {
  if (kind === 'promote') await endTaints(trx, environment, { as: 'reconciled', by: actor, promotion: id });
}

/**
 * Records the promotion that follows one that succeeded, in the transaction that ends it: there is no moment between the two. It inherits release,
 * actor and reason; that somebody overrode the order of one environment, or fixes forward what is wrong there, says nothing of the next.
 */
async function insertFollower(
  trx: Transaction<Tables>,
  sites: Sites,
  row: PromotionRow,
  state: PromotionState,
): Promise<void> {
  const [environment, ...rest] = row.rest;
  if (environment === undefined || !goesOn(row, state)) return;
  const { idempotencyKey: _, breakGlass: _glass, fixForward: _forward, ...request } = row.request as PromotionRequest;
  const home = homeOf(row);
  const place = await environmentRecord(trx, siteFor(sites, environment, home));
  await insertPromotion(trx, sites, {
    id: randomUUID(),
    request: { ...request, environment, release: row.release, override: false },
    release: row.release,
    previous: place.liveRelease,
    declaration: row.declaration,
    rest,
    follows: row.id,
    home,
  });
}
