import { type Approval, type Approver, type Digest, nameAt, SoundBiteError } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import type { Tables } from './schema.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** What somebody says of a promotion, with the token by which it counts; null: the home's own secret. */
export interface NewApproval extends Pick<Approval, 'person' | 'role' | 'verdict' | 'reason'> {
  readonly promotion: string;
  readonly token: string | null;
  /** The link by which it is said; by none when absent. */
  readonly link?: string;
}

/** By which an approval stands: a token that has neither been revoked nor expired, and that was there when it was given. */
const standsBy = sql<boolean>`(approvals.token is null or exists (
  select from tokens t where t.name = approvals.token and t.created_at <= approvals.at and t.revoked_at is null and t.expires_at > now()))`;

function usedAlready(): never {
  throw new SoundBiteError('link-over', 'this link has been used');
}

/** A promotion that waits for its admission gets the word, and the ledger an entry. */
async function say(trx: Transaction<Tables>, { promotion, link, ...said }: NewApproval): Promise<boolean> {
  // Its row is locked, so that whoever lets it in meanwhile comes before or after.
  const row = await trx
    .selectFrom('promotions')
    .select(['environment', 'release'])
    .where('id', '=', promotion)
    .where('finished_at', 'is', null)
    .where('admitted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return false;
  const { release, environment } = row;
  const { sequence } = await trx
    .insertInto('approvals')
    .values({ promotion, release, ...said, link: link ?? null })
    .onConflict((conflict) => conflict.column('link').doNothing())
    .returning('sequence')
    .executeTakeFirst()
    .then((row) => row ?? usedAlready());
  const payload = { environment: nameAt(environment), release, ...said, ...(link === undefined ? {} : { link }) };
  const kind = said.verdict === 'yes' ? 'promotion.approved' : 'promotion.rejected';
  await append(trx, { kind, subject: promotion, payload, key: `approval/${sequence}` });
  await announce(trx, { kind: 'approval', subject: environment, view: { promotion, ...payload } });
  return true;
}

/** The last word of a person about a promotion, by whatever token; undefined: there is none. */
const lastWord = (db: Database | Transaction<Tables>, promotion: string, person: string) =>
  db
    .selectFrom('approvals')
    .select(['verdict', 'token', 'link', sql<boolean>`at > now() - interval '2 minutes'`.as('isNew')])
    .where('promotion', '=', promotion)
    .where('person', '=', person)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();

/** Whether this word was recorded a moment ago, and none after it: for longer than an outage is waited for nothing is repeated. */
async function isSaid(trx: Transaction<Tables>, given: NewApproval): Promise<boolean> {
  const { promotion, person, token, verdict, link = null } = given;
  const last = await lastWord(trx, promotion, person);
  return last?.isNew === true && last.verdict === verdict && last.token === token && last.link === link;
}

/** What people said of promotions. */
export function approvalsRepository({ read, write }: UnitOfWork) {
  return {
    /** Records the word of a person of a promotion that has not been let in yet. False: it has, or has ended. Errors: `link-over`. */
    approve(given: NewApproval): Promise<boolean> {
      let isRepeated = false;
      return write(async (trx) => {
        // Postgres may have died after it recorded the word, and before it said so.
        if (isRepeated && (await isSaid(trx, given))) return true;
        isRepeated = true;
        return say(trx, given);
      });
    },

    /** Whether a person's last word about a promotion is this one, by whatever token. */
    hasSaid: (promotion: string, person: string, verdict: Approval['verdict']): Promise<boolean> =>
      read(async (db) => (await lastWord(db, promotion, person))?.verdict === verdict),

    /** Whether a link has been used. */
    isLinkUsed: (link: string): Promise<boolean> =>
      read(async (db) => {
        const row = await db.selectFrom('approvals').select('sequence').where('link', '=', link).executeTakeFirst();
        return row !== undefined;
      }),

    /** The last word of each person, of those who still may, about this promotion of this release. */
    approvalsOf: (promotion: string, release: Digest): Promise<Approval[]> =>
      read(async (db) => {
        const rows = await db
          .selectFrom('approvals')
          .selectAll()
          .distinctOn('person')
          .where('promotion', '=', promotion)
          .where('release', '=', release)
          .where(standsBy)
          .orderBy('person')
          .orderBy('sequence', 'desc')
          .execute();
        return rows.map(({ person, role, verdict, reason, at }) => ({
          person,
          role,
          verdict,
          reason,
          at: at.toISOString(),
        }));
      }),

    /** The people whose tokens are in force and let them say yes or no there. */
    approversIn: (environment: string): Promise<Approver[]> =>
      read(async (db) => {
        const rows = await db
          .selectFrom('tokens')
          .select(['person', 'role'])
          .where('role', 'in', ['approver', 'admin'])
          .where('person', 'is not', null)
          .where(sql<boolean>`revoked_at is null and expires_at > now()`)
          .where(sql<boolean>`(environments = '{}' or ${environment} = any(environments))`)
          .orderBy('sequence')
          .execute();
        return rows.map(({ person, role }) => ({ person: person ?? '', role }));
      }),
  };
}
