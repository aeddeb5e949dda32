import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

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
      // What was asked for before was let in by its first step.
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
};
