import type { GateRecord, PromotionRequest, Role, TimelineFacts } from '@soundbite/model';
import { sql } from 'kysely';
import { seenFrom } from './promotion-looks.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { cloudIn, type RevisedView, selectPromotions, viewOf } from './views.ts';

/** What is recorded of the course of a promotion, and of whose it is. */
export interface CourseOnRecord extends TimelineFacts {
  readonly view: RevisedView;
  readonly role: Role | null;
  readonly follows: string | null;
  readonly aborts: string | null;
  /** Where its plan acts; null: it has none, or one of a newer version. */
  readonly cloud: ReturnType<typeof cloudIn>;
}

/** The course of promotions. */
export function timelineRepository({ read }: UnitOfWork, sites: Sites) {
  return {
    /** All of one moment, in one statement; null: no such promotion. */
    course: (id: string): Promise<CourseOnRecord | null> =>
      read(async (db) => {
        const row = await selectPromotions(db)
          .select([looksAt, stepsOf, wordsOn, saidOf])
          .where('id', '=', id)
          .executeTakeFirst();
        if (!row) return null;
        const { role = null } = row.request as PromotionRequest;
        return {
          view: seenFrom(sites)(viewOf(row)),
          admittedAt: row.admitted_at?.toISOString() ?? null,
          ...{ role, follows: row.follows, aborts: row.aborts, cloud: cloudIn(row.plan) },
          looks: row.looks.map(({ gates, ...look }) => ({ ...inIso(look), gates: gates ?? [] })),
          steps: row.course_steps.map(inIso),
          words: row.words.map(inIso),
          said: row.said.map(({ kind, ...one }) => ({ ...inIso(one), what: whats[kind] })),
        };
      }),
  };
}

/** As JSON has a time of Postgres: with microseconds. */
const inIso = <One extends { readonly at: string }>(one: One): One => ({ ...one, at: new Date(one.at).toISOString() });

interface LookOnRecord {
  readonly at: string;
  readonly admission: string | null;
  readonly reason: string | null;
  /** Null: of the time when there were none. */
  readonly gates: readonly GateRecord[] | null;
}

/**
 * Every change of a promotion is an event with its whole view: those of the time when it waited, in order; of a promotion in the surrounding query. Each view
 * is read once, since there may be thousands of a wait whose reasons count something.
 */
const looksAt = sql<readonly LookOnRecord[]>`(
  select coalesce(json_agg(json_build_object('at', e.at, 'admission', seen.admission, 'reason', seen.reason, 'gates', seen.gates) order by e.sequence), '[]')
  from events e, jsonb_to_record(e.view) as seen(state text, admission text, reason text, gates jsonb)
  where e.subject = promotions.id and e.kind = 'promotion' and seen.state = 'waiting')`.as('looks');

/** What showed that one failed stands in the ledger. */
const stepsOf = sql<TimelineFacts['steps']>`(
  select coalesce(json_agg(json_build_object(
    'name', s.name, 'state', s.state, 'detail', s.detail, 'attempts', s.attempts, 'at', s.started_at,
    'seconds', case when s.finished_at is not null then greatest(0, round(extract(epoch from s.finished_at - s.started_at), 3)) end,
    'evidence', case when s.state in ('failed', 'errored') then
      (select l.payload -> 'evidence' from ledger l where l.key = s.promotion || '/step/' || s.key) end
  ) order by s.started_at, s.key), '[]')
  from steps s where s.promotion = promotions.id)`.as('course_steps');

/** Those that did not count, too. */
const wordsOn = sql<TimelineFacts['words']>`(
  select coalesce(json_agg(json_build_object(
    'person', a.person, 'role', a.role, 'verdict', a.verdict, 'reason', a.reason, 'at', a.at) order by a.sequence), '[]')
  from approvals a where a.promotion = promotions.id)`.as('words');

const whats = {
  'promotion.stop-asked': 'stop-asked',
  'promotion.broken': 'broken',
  'promotion.given-up': 'given-up',
} as const;

interface SaidOnRecord {
  readonly kind: keyof typeof whats;
  readonly at: string;
  readonly reason: string;
  readonly by: string | null;
}

/** Facts that only the ledger has with their times. */
const saidOf = sql<readonly SaidOnRecord[]>`(
  select coalesce(json_agg(json_build_object('kind', l.kind, 'at', l.at, 'reason', l.payload ->> 'reason', 'by', l.payload ->> 'by') order by l.sequence), '[]')
  from ledger l where l.subject = promotions.id and l.kind in (${sql.join(Object.keys(whats))}))`.as('said');
