import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { gateMigrations } from './gate-migrations.ts';

/** The state by which Postgres says that a workflow is not this process's any more. */
export const workflowLost = 'SB001';

/** Migrations in order of their names; never edited once released, only added to. */
export const migrations: Record<string, Migration> = {
  '0001-spine': {
    // biome-ignore lint/suspicious/noExplicitAny: a migration speaks to the schema of its own time
    async up(db: Kysely<any>) {
      await sql`
        create table promotions (
          id text primary key,
          environment text not null,
          kind text not null,
          release text not null,
          previous text,
          state text not null,
          reason text,
          request jsonb not null,
          actor text not null,
          idempotency_key text unique,
          declaration text not null,
          revision integer not null default 0,
          created_at timestamptz not null default now(),
          finished_at timestamptz
        )`.execute(db);
      await sql`create index promotions_by_environment on promotions (environment, created_at desc)`.execute(db);
      await sql`
        create table steps (
          promotion text not null references promotions (id),
          name text not null,
          state text not null,
          detail text,
          attempts integer not null default 1,
          started_at timestamptz not null default now(),
          finished_at timestamptz,
          primary key (promotion, name)
        )`.execute(db);
      await sql`
        create table environments (
          name text primary key,
          live_release text,
          infrastructure_release text,
          destroyed_at timestamptz,
          generation bigint not null default 0
        )`.execute(db);
      await sql`
        create table ledger (
          sequence bigint primary key,
          at timestamptz not null,
          kind text not null,
          subject text not null,
          payload jsonb not null,
          previous text,
          hash text not null,
          key text not null unique
        )`.execute(db);
      await sql`
        create function ledger_is_append_only() returns trigger language plpgsql as
        $$ begin raise exception 'the ledger is append-only'; end $$`.execute(db);
      await sql`
        create trigger ledger_append_only before update or delete or truncate on ledger
        for each statement execute function ledger_is_append_only()`.execute(db);
      await sql`create table locks (environment text primary key, holder text not null, beat_at timestamptz not null default now())`.execute(
        db,
      );
      await sql`create table executors (id text primary key, seen_at timestamptz not null default now())`.execute(db);
      await sql`create table installation (id text primary key)`.execute(db);
      await sql`insert into installation values (${randomUUID()})`.execute(db);
      // Every attempt of every step takes the next number: a zombie's is always older than its successor's.
      await sql`create sequence generation`.execute(db);
    },
  },
  '0002-through': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`
        alter table promotions
          add column rest text[] not null default '{}',
          add column follows text unique references promotions (id),
          add column stopped text`.execute(db);
    },
  },
  '0003-moved': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`alter table installation add column moved_to text`.execute(db);
    },
  },
  '0004-lost': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`alter table environments add column lost_at timestamptz`.execute(db);
    },
  },
  '0005-home': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`alter table environments add column home text`.execute(db);
    },
  },
  '0006-plan': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`
        alter table promotions
          add column plan jsonb,
          add column admitted_at timestamptz,
          add column admission text,
          add column decide_at timestamptz not null default now(),
          add column broken text,
          add column usual jsonb,
          add column given_up text,
          add column aborts text references promotions (id),
          add column runs integer not null default 1`.execute(db);
      // Older requests were admitted by their first step.
      await sql`update promotions set admitted_at = created_at`.execute(db);
      await sql`alter table steps add column key text`.execute(db);
      await sql`update steps set key = name`.execute(db);
      await sql`alter table steps alter column key set not null, drop constraint steps_pkey, add primary key (promotion, key)`.execute(
        db,
      );
      await sql`create index promotions_open on promotions (environment) where finished_at is null`.execute(db);
      await sql`
        create table events (
          sequence bigint primary key,
          at timestamptz not null default now(),
          kind text not null,
          subject text not null,
          view jsonb not null
        )`.execute(db);
      await sql`create index events_by_subject on events (subject, sequence desc)`.execute(db);
    },
  },
  '0007-declared': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`alter table environments add column declared jsonb`.execute(db);
    },
  },
  '0008-one-round-trip': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`
        create function append_event(of_kind text, of_subject text, whole jsonb) returns void language plpgsql as $$
        begin
          -- The ledger's lock: sequences commit in order.
          perform pg_advisory_xact_lock(5081975);
          insert into soundbite.events (sequence, kind, subject, view)
            values ((select coalesce(max(sequence), 0) + 1 from soundbite.events), of_kind, of_subject, whole);
          perform pg_notify('soundbite_events', of_subject);
        end $$`.execute(db);
      await sql`
        create function ledger_head(of_key text)
        returns table (is_present boolean, sequence bigint, hash text, at timestamptz) language plpgsql as $$
        begin
          perform pg_advisory_xact_lock(5081975);
          return query select exists (select 1 from soundbite.ledger l where l.key = of_key), last.sequence, last.hash, last.at
            from (select 1) one left join lateral
              (select l.sequence, l.hash, l.at from soundbite.ledger l order by l.sequence desc limit 1) last on true;
        end $$`.execute(db);
    },
  },
  '0009-sites': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      // What was marked as a home's is kept under a name of that home's own.
      for (const table of ['promotions', 'locks'])
        await sql`
          update ${sql.table(table)} t set environment = t.environment || '@' || e.home
          from environments e where e.name = t.environment and e.home is not null`.execute(db);
      await sql`update environments set name = name || '@' || home where home is not null`.execute(db);
      await sql`alter table environments drop column home`.execute(db);
      await sql`alter table promotions add column home text, add column host text`.execute(db);
    },
  },
  '0010-declared-by': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`
        alter table environments
          add column declared_by text,
          add column declared_on text,
          add column declared_at timestamptz`.execute(db);
      await sql`alter table promotions add column declared jsonb`.execute(db);
    },
  },
  '0011-fewer-round-trips': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      // A workflow ended from outside no longer belongs to its owner either: its promotion's next one undoes what it did.
      await sql`
        create function keep_workflow(of_id text, of_owner text) returns void language plpgsql as $$
        begin
          perform 1 from dbos.workflow_status where workflow_uuid = of_id and owner_xid = of_owner and status = 'PENDING' for share;
          if not found then
            raise exception 'workflow % is another one''s', of_id using errcode = ${sql.lit(workflowLost)};
          end if;
        end $$`.execute(db);
      // The hash is that of entryHash: pieces is the entry's text, between which come its time, the hash before it and its sequence.
      await sql`
        create function append_ledger(of_key text, of_kind text, of_subject text, of_payload jsonb, said_at timestamptz, pieces text[])
        returns void language plpgsql as $$
        declare
          last record;
          next_at timestamptz;
          whole text;
        begin
          -- One writer at a time, until it commits: sequences commit in order, and no reader sees a gap.
          perform pg_advisory_xact_lock(5081975);
          if exists (select 1 from soundbite.ledger l where l.key = of_key) then return; end if;
          select l.sequence, l.hash, l.at into last from soundbite.ledger l order by l.sequence desc limit 1;
          -- A clock that was set back must not make the ledger run backwards.
          next_at := greatest(said_at, last.at);
          whole := pieces[1] || to_char(next_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            || pieces[2] || coalesce('"' || last.hash || '"', 'null') || pieces[3] || coalesce(last.sequence, 0) + 1 || pieces[4];
          insert into soundbite.ledger (sequence, at, kind, subject, payload, previous, hash, key)
            values (coalesce(last.sequence, 0) + 1, next_at, of_kind, of_subject, of_payload, last.hash,
              'sha256:' || encode(sha256(convert_to(whole, 'UTF8')), 'hex'), of_key);
        end $$`.execute(db);
    },
  },
  '0012-waits-for': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`alter table promotions add column waits_for text`.execute(db);
    },
  },
  '0013-starts': {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    async up(db: Kysely<any>) {
      await sql`alter table steps add column starts integer not null default 0`.execute(db);
    },
  },
  ...gateMigrations,
};
