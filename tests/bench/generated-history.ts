import { type Digest, digestOf, type Environment, type PromotionRequest, planPromotion } from '@soundbite/model';
import type { Client } from 'pg';

/** What is generated: so many promotions of these releases, the oldest first, in these environments. */
export interface GeneratedHistory {
  readonly environments: readonly Environment[];
  readonly releases: readonly Digest[];
  readonly promotions: number;
}

/**
 * Writes a year of promotions into an empty database, as an engine would have left them: each release goes through all environments in turns, nine of
 * ten succeed, one of thirty goes back, a few wait for a hold; with their plans, gates, steps, approvals, evidence, entries of the ledger, and the events of
 * the time when they waited, of their ends and of what was live then. Those of single steps are left out: each is read by its subject, or by its number.
 */
export async function generateHistory(client: Client, history: GeneratedHistory): Promise<void> {
  await client.query('set search_path = soundbite');
  await prepare(client, history);
  for (const statement of [...facts(history), ...ledger]) await client.query(statement);
  await client.query('vacuum analyze');
}

const usual = { verify: 0.3, plan: 2.1, infrastructure: 9.4, publish: 3.2, smoke: 1.8, shift: 0.9, finalise: 0.7 };
const gates = [
  {
    gate: 'soak',
    moment: 'entry',
    verdict: 'pass',
    reasons: ['86400 s and 731 requests in staging'],
    until: null,
    seconds: null,
  },
  {
    gate: 'approval',
    moment: 'entry',
    verdict: 'pass',
    reasons: ['bob@example.com said yes'],
    until: null,
    seconds: null,
  },
];

/** Temporary tables: the environments with a plan each, and the releases by their numbers. */
async function prepare(client: Client, { environments, releases }: GeneratedHistory): Promise<void> {
  await client.query('create temp table of_environment (number int primary key, name text, plan jsonb, request jsonb)');
  await client.query('create temp table of_release (number int primary key, digest text)');
  for (const [number, environment] of environments.entries()) {
    const { name } = environment;
    const request: PromotionRequest = {
      ...{ environment: name, kind: 'promote', override: false, allowRemovals: [], actor: 'ana@example.com' },
      reason: 'release night',
    };
    const release = releases[0] ?? digestOf('none');
    const plan = planPromotion({ request, environment, release, previous: release });
    const row = [number, name, JSON.stringify(plan), JSON.stringify(request)];
    await client.query('insert into of_environment values ($1, $2, $3, $4)', row);
  }
  const numbers = releases.map((_, number) => number);
  await client.query('insert into of_release select * from unnest($1::int[], $2::text[])', [numbers, releases]);
}

/** Every five minutes one; the last twenty wait in the last environment. */
function facts({ environments, releases, promotions }: GeneratedHistory): string[] {
  const perRelease = Math.ceil(promotions / releases.length);
  const waiting = 20;
  return [
    `create temp table made as
      select n, 'p-' || n as id, e.name as environment, e.plan, e.request, r.digest as release,
        coalesce(before.digest, r.digest) as previous, n >= ${promotions - waiting} as waits,
        case when n >= ${promotions - waiting} then 'waiting' when n % 17 = 3 then 'failed' when n % 37 = 5 then 'aborted' else 'succeeded' end as state,
        case when n % 31 = 7 then 'rollback' else 'promote' end as kind,
        now() - (${promotions} - n) * interval '5 minutes' as at
      from generate_series(0, ${promotions - 1}) n
      join of_environment e on e.number = case when n >= ${promotions - waiting} then ${environments.length - 1} else n % ${environments.length} end
      join of_release r on r.number = n / ${perRelease}
      left join of_release before on before.number = n / ${perRelease} - 1`,
    `insert into promotions (id, environment, kind, release, previous, state, reason, request, actor, declaration, rest, follows, stopped, plan, usual,
        admitted_at, admission, gates, created_at, finished_at, revision, declared)
      select id, environment, kind, release, previous, state, case when state = 'failed' then 'smoke: GET /ready answered 500' end,
        jsonb_set(request, '{release}', to_jsonb(release)), 'ana@example.com', 'sha256:bench', '{}', null, null,
        case when waits then null else jsonb_set(jsonb_set(plan, '{release}', to_jsonb(release)), '{previous}', to_jsonb(previous)) end,
        '${JSON.stringify(usual)}', case when waits then null else at + interval '1 minute' end,
        case when waits then null else 'healthy in the one before' end, '${JSON.stringify(gates)}', at,
        case when waits then null else at + interval '3 minutes' end, 30, plan -> 'environment'
      from made`,
    `insert into steps (promotion, key, name, state, detail, attempts, started_at, finished_at)
      select id, step ->> 'key', substr(step ->> 'key', 4), case when state = 'failed' and substr(step ->> 'key', 4) = 'smoke' then 'failed' else 'succeeded' end,
        'what it did, in a sentence of the usual length', 1, at + interval '1 minute' + number * interval '10 seconds',
        at + interval '1 minute' + number * interval '10 seconds' + interval '9 seconds'
      from made, jsonb_array_elements(plan -> 'steps') with ordinality as steps(step, number)
      where not waits and (state <> 'failed' or number <= 5)`,
    `insert into environments (name, live_release, infrastructure_release, generation, declared, declared_by, declared_at)
      select distinct on (environment) environment, release, release, 1000000, plan -> 'environment', 'ana@example.com', at
      from made where state = 'succeeded' order by environment, at desc`,
    `insert into tokens (name, hash, person, role, environments, created_by, created_at, expires_at)
      values ('bob', 'hash', 'bob@example.com', 'approver', '{}', 'local', now() - interval '2 years', now() + interval '1 year')`,
    `insert into approvals (promotion, release, person, token, role, verdict, reason, at)
      select id, release, 'bob@example.com', 'bob', 'approver', 'yes', 'tried on staging', at + interval '30 seconds'
      from made where environment = (select name from of_environment order by number desc limit 1) and not waits`,
    `insert into evidence (id, release, kind, verdict, format, facts, digest, file, url, actor, at)
      select 'e-' || number || '-' || kind, digest, kind, 'pass', 'junit', '[{"name":"tests","ok":true,"detail":"731"}]',
        'sha256:' || encode(sha256(digest::bytea), 'hex'), convert_to(repeat('<testcase/>', 100), 'UTF8'), null, 'ci', now() - interval '1 year'
      from of_release, unnest(array['tests', 'security', 'review']) kind`,
    ...events,
    `insert into holds (id, environment, scope, reason, actor)
      select 'h-' || number, name, 'all', 'the bench', 'local' from of_environment order by number desc limit 1`,
  ];
}

/** A promotion as it was told of, by its `look`: 0, 1 and 3 while it waited, 4 when it had ended. */
const view = `jsonb_build_object(
  'promotion', id, 'environment', environment, 'kind', kind, 'release', release, 'previous', previous, 'revision', look,
  'state', case when look = 4 then state else 'waiting' end,
  'reason', case when look = 1 then 'approval: 1 must say yes; bob@example.com can' when look = 4 and state = 'failed' then 'smoke: GET /ready answered 500' end,
  'gates', case look when 0 then '[]' when 1 then '${JSON.stringify(gates).replace('"verdict":"pass"', '"verdict":"wait"')}' else '${JSON.stringify(gates)}' end::jsonb,
  'admission', case when look >= 3 then 'healthy in the one before' end, 'steps', '[]'::jsonb, 'planned', '[]'::jsonb,
  'createdAt', ${iso('at')}, 'finishedAt', case when look = 4 then ${iso("at + interval '3 minutes'")} end,
  'actor', 'ana@example.com', 'asked', request || '{"through":null}', 'rest', '[]'::jsonb, 'next', null)`;

/** As JSON of JavaScript has a time. */
function iso(time: string): string {
  return `to_char((${time}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

const events: readonly string[] = [
  `create temp table told as
    select at + look * interval '20 seconds' as at, 'promotion' as kind, id as subject, ${view} as view
      from made, unnest(case when waits then array[0, 1] else array[0, 1, 3] end) look
    union all select at + interval '3 minutes', 'promotion', id, ${view} from made, (values (4)) last (look) where not waits
    union all select at + interval '3 minutes', 'environment', environment,
        jsonb_build_object('environment', environment, 'liveRelease', release, 'previousRelease', previous, 'infrastructureRelease', release, 'generation', n)
      from made where state = 'succeeded'`,
  `insert into events (sequence, at, kind, subject, view)
    select row_number() over (order by at, kind), at, kind, subject, view from told`,
];

/** The entries of each promotion as they came. Their hashes are no chain: nothing here reads it. */
const ledger: readonly string[] = [
  `create temp table said as
    select id as subject, at, 'promotion.requested' as kind, request as payload, id || '/requested' as key from made
    union all select id, at + interval '1 minute', 'promotion.admitted', '{"note":"healthy in the one before"}', id || '/admitted' from made where not waits
    union all select s.promotion, s.finished_at, 'step.finished',
      jsonb_build_object('step', s.name, 'key', s.key, 'state', s.state, 'detail', s.detail), s.promotion || '/step/' || s.key from steps s
    union all select id, at + interval '3 minutes', 'promotion.finished', jsonb_build_object('state', state), id || '/finished' from made where not waits
    union all select release, at, 'evidence.added', jsonb_build_object('id', id), 'evidence/' || id from evidence`,
  `insert into ledger (sequence, at, kind, subject, payload, previous, hash, key)
    select row_number() over (order by at, key), at, kind, subject, payload, null,
      'sha256:' || encode(sha256(key::bytea), 'hex'), key from said`,
];
