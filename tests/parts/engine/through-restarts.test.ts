import type { RevisedView } from '@soundbite/engine/store/records.ts';
import { type Digest, isFinal } from '@soundbite/model';
import { expect, it } from 'vitest';
import { environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { observedDatabase } from './observed.ts';
import { type OtherProcess, startOther } from './other-process.ts';

/** Control planes in processes of their own that are killed between two promotions of one request. */

const names = environments.map(({ name }) => name);
const [first, second] = names as [string, string];

const world = fakeWorld(environments);
const on = observedDatabase();

/** Two in a row have the same name: the second is the first one, started again. */
async function start(): Promise<OtherProcess> {
  const one = await startOther('one', `${on.url}?application_name=one`, world);
  on.running.push(one);
  return one;
}

async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = performance.now() + 20_000; ; ) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited 20 s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const of = (release: Digest, environment: string): Promise<RevisedView | undefined> =>
  on.seen.list({ environment, limit: 100 }).then((all) => all.find((view) => view.release === release));

const end = (release: Digest, environment: string) =>
  until(`the end in ${environment}`, async () => {
    const view = await of(release, environment);
    return view && isFinal(view.state) && view;
  });

function promoteThrough({ child }: OtherProcess, release: Digest): void {
  const through = names.at(-1);
  const request = { environment: first, kind: 'promote', release, through, override: false, allowRemovals: [] };
  child.send({ kind: 'request', request: { ...request, actor: 'test' } });
}

/** Each environment took the release once, in order, and nothing was begun twice. */
async function everywhereOnce(release: Digest): Promise<void> {
  for (const name of names) expect(await end(release, name)).toMatchObject({ state: 'succeeded' });
  expect(world.calls.filter((call) => call.startsWith('weights') && call.endsWith(release))).toEqual(
    names.map((name) => `weights ${name} ${release}`),
  );
  const all = (await on.seen.list({ limit: 100 })).filter((view) => view.release === release);
  expect(all.map(({ environment }) => environment)).toEqual(names.toReversed());
}

it('one killed after the end of a promotion, before it queued the next, goes on when it is started again', async () => {
  const release = world.add('between');
  const one = await start();
  const shifting = one.hold('runtime.setWeights', []);
  promoteThrough(one, release);
  await shifting.reached;
  // Nothing can be put into the queue from here on; what runs already is not hindered.
  await on.sql.query('begin; lock table dbos.workflow_status in share mode');
  shifting.go();
  await end(release, first);
  expect(await until('the next to be recorded', () => of(release, second))).toMatchObject({ state: 'waiting' });
  await one.stop();
  await on.sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and (application_name = 'one' or application_name like 'dbos%')",
  );
  const { rows } = await on.sql.query('select count(*)::int as queued from dbos.workflow_status');
  expect(rows).toEqual([{ queued: 1 }]);
  await on.sql.query('commit');
  expect(await of(release, second)).toMatchObject({ state: 'waiting', steps: [] });

  await start();
  await everywhereOnce(release);
});

it('one killed while the next waits for its turn goes on when it is started again', async () => {
  const release = world.add('waiting');
  const one = await start();
  await on.sql.query(
    `insert into soundbite.locks (environment, holder, beat_at) values ('${second}', 'dev session x', now() + interval '1 hour')`,
  );
  promoteThrough(one, release);
  await until('the next to wait', async () => (await of(release, second))?.reason === `dev session x holds ${second}`);
  await one.stop();
  await on.sql.query('delete from soundbite.locks');

  await start();
  await everywhereOnce(release);
});
