import { type Actor, actorOf, SoundBiteError, type TokenRequest, type TokenView, unknownToken } from '@soundbite/model';
import { type Selectable, sql } from 'kysely';
import { append } from './ledger.ts';
import type { TokensTable } from './schema.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** A token to be kept: by its hash. */
export interface NewToken extends TokenRequest {
  readonly hash: string;
  readonly by: string;
}

export interface TokensRepository {
  /** Keeps a token and the entry of the ledger, or nothing. Errors: `token-exists`. */
  createToken(given: NewToken): Promise<TokenView>;
  /** Newest first, those that are over among them. */
  tokens(): Promise<TokenView[]>;
  /** Takes back the token of this name, from now on, or the one that was made at that time (ISO 8601); one that is taken back stays so. Errors: `token-unknown`. */
  revokeToken(name: string, by: string, created?: string): Promise<TokenView>;
  /** Who has this token; null: nobody, or not any more. */
  actorWith(hash: string): Promise<Actor | null>;
  /** When the token of this name was made (ISO 8601), which is in force; null: none is. */
  tokenMade(name: string): Promise<string | null>;
  /** Whose token of this name was made at that time (ISO 8601); null: nobody's, or not any more. */
  actorOfToken(name: string, created: string): Promise<Actor | null>;
  /** Whether somebody has a token by which everything can be done everywhere. */
  hasAdmin(): Promise<boolean>;
}

const inForce = sql<boolean>`revoked_at is null and expires_at > now()`;

/** Tokens of people and programs. What was revoked stays on record. */
export function tokensRepository({ read, write }: UnitOfWork): TokensRepository {
  return {
    createToken: (given) => write((trx) => create(trx, given)),
    tokens: () =>
      read(async (db) => {
        const rows = await listed(db).orderBy('sequence', 'desc').execute();
        return rows.map(shown);
      }),
    revokeToken: (name, by, created) => write((trx) => revoke(trx, name, by, created)),
    actorWith: (hash) =>
      read(async (db) => {
        const row = await db
          .selectFrom('tokens')
          .select(['name', 'person', 'role', 'environments'])
          .where('hash', '=', hash)
          .where(inForce)
          .executeTakeFirst();
        return row ? actorOf(row) : null;
      }),
    tokenMade: (name) =>
      read(async (db) => {
        const row = await db
          .selectFrom('tokens')
          .select('created_at')
          .where('name', '=', name)
          .where(inForce)
          .executeTakeFirst();
        return row?.created_at.toISOString() ?? null;
      }),
    actorOfToken: (name, created) =>
      read(async (db) => {
        const row = await db
          .selectFrom('tokens')
          .select(['name', 'person', 'role', 'environments'])
          .where('name', '=', name)
          .where(wasMadeAt(created))
          .where(inForce)
          .executeTakeFirst();
        return row ? actorOf(row) : null;
      }),
    hasAdmin: () =>
      read(async (db) => {
        const row = await db
          .selectFrom('tokens')
          .select('name')
          .where('role', '=', 'admin')
          .where(sql<boolean>`environments = '{}'`)
          .where(inForce)
          .limit(1)
          .executeTakeFirst();
        return row !== undefined;
      }),
  };
}

type Transacting = Parameters<Parameters<UnitOfWork['write']>[0]>[0];
type Reading = Parameters<Parameters<UnitOfWork['read']>[0]>[0];

async function create(trx: Transacting, given: NewToken): Promise<TokenView> {
  const { name, hash, person = null, role, environments, days, by } = given;
  // One that has expired leaves its name.
  await trx
    .updateTable('tokens')
    .set({ revoked_at: sql<Date>`expires_at` })
    .where('name', '=', name)
    .where(sql<boolean>`revoked_at is null and expires_at <= now()`)
    .execute();
  const expires = sql<Date>`now() + make_interval(days => ${days})`;
  const row = await trx
    .insertInto('tokens')
    .values({ name, hash, person, role, environments: [...environments], created_by: by, expires_at: expires })
    .onConflict((conflict) => conflict.doNothing())
    .returning('sequence')
    .executeTakeFirst();
  if (!row) return madeBefore(trx, given);
  const token = await tokenAt(trx, row.sequence);
  const { used: _, revoked: __, ...said } = token;
  await append(trx, { kind: 'token.created', subject: name, payload: said, key: `token/${row.sequence}` });
  return token;
}

/** Nobody but who made it knows its hash: Postgres died after it was made, and before it said so. Errors: `token-exists`. */
async function madeBefore(trx: Transacting, { name, hash }: NewToken): Promise<TokenView> {
  const row = await trx
    .selectFrom('tokens')
    .select('sequence')
    .where('name', '=', name)
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw new SoundBiteError('token-exists', `a token named ${name} is in use`);
  return tokenAt(trx, row.sequence);
}

/** At a time in ISO 8601, to the millisecond. */
const wasMadeAt = (created: string) => sql<boolean>`date_trunc('milliseconds', created_at) = ${created}::timestamptz`;

async function revoke(trx: Transacting, name: string, by: string, created?: string): Promise<TokenView> {
  const newest = await trx
    .selectFrom('tokens')
    .select(['sequence', 'revoked_at'])
    .where('name', '=', name)
    .where(created === undefined ? sql<boolean>`true` : wasMadeAt(created))
    .orderBy('sequence', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (!newest) throw unknownToken(name, created);
  const { sequence } = newest;
  if (newest.revoked_at === null) {
    await trx.updateTable('tokens').set({ revoked_at: sql<Date>`now()` }).where('sequence', '=', sequence).execute();
    await append(trx, { kind: 'token.revoked', subject: name, payload: { by }, key: `token-revoked/${sequence}` });
  }
  return tokenAt(trx, sequence);
}

/** Tokens with when each was last used, by what is recorded of those who asked. */
const listed = (db: Reading | Transacting) =>
  db
    .selectFrom('tokens')
    .selectAll()
    .select(
      sql<Date | null>`(select max(minute) from accesses where token = tokens.name and minute >= date_trunc('minute', tokens.created_at))`.as(
        'used_at',
      ),
    );

async function tokenAt(trx: Transacting, sequence: string): Promise<TokenView> {
  return shown(await listed(trx).where('sequence', '=', sequence).executeTakeFirstOrThrow());
}

const shown = (row: Selectable<TokensTable> & { readonly used_at: Date | null }): TokenView => ({
  ...{ name: row.name, person: row.person, role: row.role, environments: row.environments, by: row.created_by },
  created: row.created_at.toISOString(),
  expires: row.expires_at.toISOString(),
  revoked: row.revoked_at?.toISOString() ?? null,
  used: row.used_at?.toISOString() ?? null,
});
