import { randomUUID } from 'node:crypto';
import {
  type Digest,
  digestOf,
  type EvidenceReading,
  type EvidenceRecords,
  type ReleaseEvidence,
  storable,
} from '@soundbite/model';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import type { EvidenceTable, Tables } from './schema.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** A file that somebody brings as evidence, and what it says. */
export interface NewEvidence extends EvidenceReading, Pick<ReleaseEvidence, 'release' | 'kind' | 'url' | 'by'> {
  readonly file: Uint8Array;
}

/** The same file again within this time is the same request, sent again; later it says anew what it said. */
const sameRequest = sql`interval '1 minute'`;

/** Evidence of releases. It stays when a release is taken out of the store. */
export function evidenceRepository({ read, write }: UnitOfWork): EvidenceRepository {
  return {
    addEvidence: (given) => write((trx) => add(trx, given)),
    evidenceOf: (release) =>
      read(async (db) => {
        const rows = await selected(db).where('evidence.release', '=', release).orderBy('sequence', 'desc').execute();
        return rows.map(shown);
      }),
    evidence: (id) =>
      read(async (db) => {
        const row = await selected(db).where('evidence.id', '=', id).executeTakeFirst();
        return row ? shown(row) : null;
      }),
    evidenceFile: (id) =>
      read(async (db) => {
        const row = await db.selectFrom('evidence').select('file').where('id', '=', id).executeTakeFirst();
        return row?.file ?? null;
      }),
    newestEvidence: (release, kind, by) =>
      read(async (db) => {
        const row = await newestOf(db, release, kind, by);
        return row
          ? { id: row.id, verdict: row.verdict, at: row.at.toISOString(), by: row.actor, digest: row.digest }
          : null;
      }),
    isKnownRelease: (release) =>
      read(async (db) => {
        const { rows } = await sql`
          select where exists (select from promotions where release = ${release})
            or exists (select from evidence where release = ${release})`.execute(db);
        return rows.length > 0;
      }),
  };
}

export interface EvidenceRepository extends EvidenceRecords {
  /** Keeps a file, what it says and the entry of the ledger, or nothing. The file that the newest of its kind is already, from the same person, stays that one. */
  addEvidence(given: NewEvidence): Promise<ReleaseEvidence>;
  /** Newest first. */
  evidenceOf(release: Digest): Promise<ReleaseEvidence[]>;
  evidence(id: string): Promise<ReleaseEvidence | null>;
  evidenceFile(id: string): Promise<Uint8Array | null>;
  /** Whether a release is on record, wherever its files are. */
  isKnownRelease(release: Digest): Promise<boolean>;
}

async function add(trx: Transaction<Tables>, given: NewEvidence): Promise<ReleaseEvidence> {
  const { release, kind } = given;
  // One at a time for a release and kind: the order of their numbers is that of their commits.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`evidence/${release}/${kind}`}, 0))`.execute(trx);
  const digest = digestOf(given.file);
  const newest = await newestOf(trx, release, kind);
  const isSame = newest?.digest === digest && newest.format === given.format && newest.actor === given.by;
  const id = isSame ? newest.id : randomUUID();
  const isNews = isSame ? await sayAgain(trx, id, given) : await insert(trx, id, digest, given);
  const row = shown(await selected(trx).where('evidence.id', '=', id).executeTakeFirstOrThrow());
  if (isNews) await tell(trx, row, isSame ? 'evidence.renewed' : 'evidence.added');
  return row;
}

const newestOf = (db: Database | Transaction<Tables>, release: Digest, kind: string, by?: readonly string[]) =>
  db
    .selectFrom('evidence')
    .select(['id', 'verdict', 'at', 'actor', 'digest', 'format'])
    .where('release', '=', release)
    .where('kind', '=', kind)
    .$if(by !== undefined, (all) => all.where('actor', 'in', by ?? []))
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();

/** A file that is as it was says today what it says: it does not grow old. Who said it stays: decisions rest on that. */
async function sayAgain(trx: Transaction<Tables>, id: string, { url }: NewEvidence): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update evidence set at = now(), url = ${url} where id = ${id} and at < now() - ${sameRequest}`.execute(trx);
  return numAffectedRows === 1n;
}

async function insert(trx: Transaction<Tables>, id: string, digest: Digest, given: NewEvidence): Promise<true> {
  const { release, kind, verdict, format, facts, url, by, file } = given;
  const row = { id, release, kind, verdict, format, digest, url, actor: by, file: Buffer.from(file) };
  await trx
    .insertInto('evidence')
    .values({ ...row, facts: JSON.stringify(storable(facts)) })
    .execute();
  return true;
}

/** The ledger has all but the file and the facts, which its digest stands for. */
async function tell(trx: Transaction<Tables>, row: ReleaseEvidence, kind: string): Promise<void> {
  const { facts: _, newest: __, release, ...said } = row;
  await append(trx, { kind, subject: release, payload: said, key: `evidence/${row.id}/${row.at}` });
  await announce(trx, { kind: 'release', subject: release, view: { release, evidence: said } });
}

type Shown = Omit<Selectable<EvidenceTable>, 'file'> & { readonly bytes: number; readonly is_newest: boolean };

const selected = (db: Database | Transaction<Tables>) =>
  db
    .selectFrom('evidence')
    .select(['sequence', 'id', 'release', 'kind', 'verdict', 'format', 'facts', 'digest', 'url', 'actor', 'at'])
    .select([
      sql<number>`length(file)`.as('bytes'),
      sql<boolean>`not exists (
        select from evidence later where later.release = evidence.release and later.kind = evidence.kind
          and later.sequence > evidence.sequence)`.as('is_newest'),
    ]);

const shown = ({ actor, at, is_newest, sequence: _, ...row }: Shown): ReleaseEvidence => ({
  ...row,
  by: actor,
  at: at.toISOString(),
  newest: is_newest,
});
