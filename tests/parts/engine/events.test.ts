import { randomUUID } from 'node:crypto';
import { type Feed, type FeedLine, feed } from '@soundbite/engine/feed.ts';
import { pagesOf } from '@soundbite/engine/pages.ts';
import { databaseProblem } from '@soundbite/engine/store/database-problem.ts';
import { announce, eventChannel } from '@soundbite/engine/store/events.ts';
import type { HeardEvent } from '@soundbite/engine/store/heard-events.ts';
import { insertPromotion } from '@soundbite/engine/store/promotion-rows.ts';
import { pulse } from '@soundbite/engine/store/pulse.ts';
import { records } from '@soundbite/engine/store/records.ts';
import { type Sites, sitesOf } from '@soundbite/engine/store/sites.ts';
import { unitOfWork } from '@soundbite/engine/store/unit-of-work.ts';
import { digestOf } from '@soundbite/model';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { declaredHere, declaredReal } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { observedDatabase } from './observed.ts';

/** What readers hear of the events of a real database, that two homes share. */

const shared = 'production';
const environments = declaredReal([shared]);
const own = environments[0]?.name as string;
const release = digestOf('release');
const on = observedDatabase();

const feeds: Feed[] = [];
beforeAll(async () => {
  on.sql.on('notification', () => {
    for (const one of feeds) one.told();
  });
  await on.sql.query(`listen ${eventChannel}`);
});
afterAll(() => {
  for (const one of feeds) one.end();
});

/** All sessions end but this one's, where nothing is under way. */
const cutAll = () =>
  on.sql.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state = 'idle'`);
const letIn = async (isOpen: boolean) => {
  const { pathname } = new URL(on.url);
  const server = new Client({ connectionString: on.url.replace(pathname, '/postgres') });
  await server.connect();
  const statement = `alter database ${pathname.slice(1)} allow_connections ${isOpen}`;
  await server.query(statement).finally(() => server.end());
};

function feedOf(sites: Sites): Feed {
  const answers = pulse(
    () => on.db.selectFrom('installation').selectAll().execute(),
    (cause) => databaseProblem(on.url, cause),
  );
  const one = feed(pagesOf({ db: on.db, sites }, answers), { report: () => undefined });
  feeds.push(one);
  return one;
}

function homeOf(name: string) {
  const id = digestOf(name).slice(-32);
  const { declaration } = fakeWorld(environments).ports;
  const sites = sitesOf({ id, host: name }, { declaration, isHere: declaredHere });
  const { events } = feedOf(sites);
  const lines: FeedLine[] = [];
  return {
    sites,
    seen: records(on.db, undefined, sites),
    lines,
    async listen() {
      void (async () => {
        for await (const line of events({ after: null, follow: true, signal: new AbortController().signal }))
          lines.push(line);
      })();
      await vi.waitFor(() => expect(lines).toHaveLength(1));
    },
    async promote(environment: string): Promise<string> {
      const promotion = randomUUID();
      const asked = { environment, kind: 'promote', override: false, actor: name } as const;
      const request = { ...asked, allowRemovals: [] };
      const about = { id: promotion, request, release, previous: null, declaration: release, rest: [], follows: null };
      await on.db.transaction().execute((trx) => insertPromotion(trx, sites, about));
      return promotion;
    },
  };
}

it('a home hears of releases, of shared environments and of its own, by their names', async () => {
  const [ana, ben] = [homeOf('ana'), homeOf('ben')];
  await Promise.all([ana.listen(), ben.listen()]);
  const her = await ana.promote(own);
  const his = await ben.promote(own);
  const common = await ana.promote(shared);
  await ben.seen.removed(release);
  await on.db.transaction().execute((trx) => announce(trx, { kind: 'lock', subject: ben.sites.of(own), view: {} }));
  // Of a newer version, whose home shares the database.
  await on.sql.query(`select soundbite.append_event('rehearsal', '${shared}', '{}')`);
  const last = { kind: 'lock', subject: ana.sites.of(shared), view: { holder: null } } as const;
  await on.db.transaction().execute((trx) => announce(trx, last));

  const heard = async (lines: readonly FeedLine[]) => {
    await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ kind: 'lock', subject: shared }), 10_000);
    return lines.flatMap((line) => ('subject' in line ? [line] : []));
  };
  const [hers, others] = [await heard(ana.lines), await heard(ben.lines)];
  const told = (lines: typeof hers) => lines.map(({ kind, subject }) => `${kind} ${subject}`);
  const both = [`environment ${shared}`, `promotion ${common}`, `release ${release}`];
  expect(told(hers)).toEqual([`environment ${own}`, `promotion ${her}`, ...both, `lock ${shared}`]);
  expect(told(others)).toEqual([`environment ${own}`, `promotion ${his}`, ...both, `lock ${own}`, `lock ${shared}`]);
  const views = hers.flatMap(({ view }) => (view ? [view] : []));
  expect(views).toEqual(await Promise.all([her, common].map((id) => ana.seen.view(id))));
  expect(hers.filter(({ kind }) => kind !== 'promotion').map(({ view }) => view)).toEqual([null, null, null, null]);
});

it('a reader hears that the database is away, and then what happened meanwhile', async () => {
  const dan = homeOf('dan');
  await dan.listen();
  const begun = dan.lines[0] as Extract<FeedLine, { kind: 'begun' }>;
  await letIn(false);
  await cutAll();
  await on.sql.query(`select soundbite.append_event('hold', '${shared}', '{}')`);
  await vi.waitFor(
    () => expect(dan.lines.at(-1)).toEqual({ kind: 'away', since: expect.stringMatching(/Z$/) }),
    10_000,
  );
  await letIn(true);
  await vi.waitFor(() => expect(dan.lines).toHaveLength(4), 10_000);
  expect(dan.lines.slice(2)).toMatchObject([begun, { kind: 'hold', subject: shared, sequence: begun.sequence + 1 }]);
});

it('none is lost or doubled for readers that come back a thousand times while events are written, and connections break', async () => {
  const all = feedOf(homeOf('cleo').sites);
  const newest = async () => {
    const { rows } = await on.sql.query('select coalesce(max(sequence), 0) as newest from soundbite.events');
    return Number(rows[0].newest);
  };
  const begin = await newest();
  const { write } = unitOfWork(on.db, 20_000);
  const happens = (kind: 'release' | 'taint') => write((trx) => announce(trx, { kind, subject: release, view: {} }));
  let left = 400;
  const writer = async (): Promise<void> => {
    while (left-- > 0) await happens('release');
  };
  let visits = 0;
  /** Takes so many, and goes away. */
  const visit = async (after: number, most: number): Promise<HeardEvent[]> => {
    const gone = new AbortController();
    const taken: HeardEvent[] = [];
    visits += 1;
    for await (const line of all.events({ after, follow: true, signal: gone.signal })) {
      if (!('subject' in line)) continue;
      taken.push(line);
      if (taken.length === most || line.kind === 'taint') gone.abort();
    }
    return taken;
  };
  const reader = async (most: number): Promise<number[]> => {
    const heard: HeardEvent[] = [];
    while (heard.at(-1)?.kind !== 'taint') {
      const more = await visit(heard.at(-1)?.sequence ?? begin, most);
      if (more.length === 0) throw new Error('a visit ended by itself');
      heard.push(...more);
    }
    return heard.map(({ sequence }) => sequence);
  };
  const readers = Promise.all([1, 1, 2, 3, 5].map(reader));
  const cut = vi.waitFor(() => expect(visits).toBeGreaterThan(300), 10_000).then(cutAll);
  await Promise.all([writer(), writer(), writer(), writer()]);
  await cut;
  await happens('taint');
  const last = await newest();
  const numbers = Array.from({ length: last - begin }, (_, index) => begin + 1 + index);
  for (const heard of await readers) expect(heard).toEqual(numbers);
  expect(visits).toBeGreaterThan(1_000);
});
