import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startTestAccount } from '@soundbite/clouds/emulated/test-account.ts';
import type { RevisedView } from '@soundbite/engine';
import { abort } from '@soundbite/engine/asking.ts';
import { openDatabase } from '@soundbite/engine/store/database.ts';
import { readLedger } from '@soundbite/engine/store/ledger.ts';
import { locks } from '@soundbite/engine/store/locks.ts';
import { migrations } from '@soundbite/engine/store/migrations.ts';
import { type Records, records } from '@soundbite/engine/store/records.ts';
import { sitesOf } from '@soundbite/engine/store/sites.ts';
import { declaredOtherwise } from '@soundbite/engine/workflow/declared-otherwise.ts';
import {
  type Digest,
  digestOf,
  type Environment,
  firstBroken,
  isFinal,
  type PromotionRequest,
  parseReleaseStore,
  shortDigest,
} from '@soundbite/model';
import { releaseStore, s3Bucket, sharedReleases, sharingStore } from '@soundbite/release';
import { smallRelease, temporary } from '@soundbite/release/testing.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { declaredHere, declaredReal, watchedFor } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { observedDatabase } from './observed.ts';
import { type OtherProcess, startOther } from './other-process.ts';

/** Two homes with control planes, accounts and releases of their own on one database. The last environment is on a real account, the same for both. */

const shared = 'production';
const environments = declaredReal([shared]);
const here = environments[0]?.name as string;
const on = observedDatabase();

/** A home: its machine in memory, and its eyes on the records. */
function homeOf(name: string) {
  const id = digestOf(name).slice(-32);
  const world = fakeWorld(environments);
  const sites = sitesOf({ id, host: name }, { declaration: world.ports.declaration, isHere: declaredHere });
  return {
    id,
    world,
    sites,
    get seen() {
      return records(on.db, undefined, sites);
    },
    async start() {
      const one = startOther(name, `${on.url}?application_name=${name}`, world, { home: id, real: [shared] });
      started.push(one);
      await one.ready;
      return one;
    },
  };
}
const started: OtherProcess[] = [];
const [ana, ben] = [homeOf('ana'), homeOf('ben')];

async function until<T>(what: string, look: () => Promise<T | null | false>, withinMs = 20_000): Promise<T> {
  for (const end = performance.now() + withinMs; ; ) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ended = (id: string) =>
  until('the end of the promotion', async () => {
    const view = await on.seen.view(id);
    return view !== null && isFinal(view.state) && view;
  });

const promoted = (release: Digest) => [
  `deploy ${here} ${release}`,
  `install ${here} ${release}`,
  `weights ${here} ${release}`,
  `retire ${here}`,
];

let [one, two] = [] as unknown as [OtherProcess, OtherProcess];
beforeAll(async () => {
  [one, two] = await Promise.all([ana.start(), ben.start()]);
});
afterAll(async () => {
  await Promise.all(started.map((process) => process.stop()));
});

it('promote in their own environments of one name, each its own releases, at the same time', async () => {
  const releases = [ana.world.add('a'), ben.world.add('b')] as const;
  // The key that `up` makes may be the same in both.
  const key = { idempotencyKey: 'up' };
  const ids = await Promise.all([one.promote(here, releases[0], key), two.promote(here, releases[1], key)]);
  const views = await Promise.all(ids.map(ended));
  expect(views.map(({ reason, state }) => reason ?? state)).toEqual(['succeeded', 'succeeded']);
  expect(views.map(({ environment, home }) => [environment, home])).toEqual([
    [here, ana.id],
    [here, ben.id],
  ]);
  for (const [index, { world, seen }] of [ana, ben].entries()) {
    const release = releases[index] as Digest;
    expect(world.calls).toEqual(promoted(release));
    expect(await seen.environment(here)).toMatchObject({ liveRelease: release, previousRelease: null });
    expect((await seen.list({ environment: here, limit: 10 })).map(({ promotion }) => promotion)).toEqual([ids[index]]);
    expect(await seen.list({ limit: 10, everywhere: true })).toHaveLength(2);
  }
  expect(firstBroken(await readLedger(on.db, 0, 10_000))).toBeNull();
});

it('a dead control plane’s promotions wait for it: in its own environments, and in shared ones while nobody else has the release', async () => {
  const release = ana.world.add('c');
  const mark = ana.world.calls.length;
  const shifting = [one.hold('runtime.setWeights', []), one.hold('runtime.setWeights', [])];
  const asked = { override: true, reason: 'test' };
  const ids = [await one.promote(here, release), await one.promote(shared, release, asked)] as const;
  await Promise.all(shifting.map(({ reached }) => reached));
  await one.stop();
  for (const { go } of shifting) go();
  const usual = { override: false, allowRemovals: [], actor: 'ana' };
  const request: PromotionRequest = { environment: shared, kind: 'promote', ...usual };
  const asking = { request, release, previous: null, declaration: 'x', rest: [], follows: null };
  const undecided = await ana.seen.create({ id: 'undecided', ...asking });
  await on.sql.query(`update soundbite.promotions set created_at = now() - interval '1 minute' where id = 'undecided'`);
  const waits = `waits for a control plane that has ${shortDigest(release)}; it was asked for on ana (home ${ana.id.slice(0, 8)})`;
  await until('the other home to say for whom it waits', async () => (await ben.seen.view(ids[1]))?.reason === waits);
  expect(await on.seen.view(ids[1])).toMatchObject({ waitsFor: 'control-plane' });
  expect((await on.seen.view(ids[0]))?.state).toBe('running');
  const decides = `waits for the control plane on ana (home ${ana.id.slice(0, 8)}), which was asked for it`;
  await until('the same of what is not let in', async () => (await ben.seen.view(undecided))?.reason === decides);
  one = await ana.start();
  expect(await ended(undecided)).toMatchObject({ state: 'failed', reason: expect.stringContaining('is not live in') });
  for (const id of ids) expect(await ended(id)).toMatchObject({ state: 'succeeded', reason: null, waitsFor: null });
  expect(ben.world.calls.filter((call) => call.includes(release))).toEqual([]);
  expect(ana.world.calls.slice(mark)).toEqual(
    expect.arrayContaining([`weights ${here} ${release}`, `weights ${shared} ${release}`]),
  );
  for (const { seen } of [ana, ben]) expect((await seen.environment(shared)).liveRelease).toBe(release);
  expect(await ben.seen.declaredAs(shared)).toMatchObject({ environment: { name: shared }, by: 'ana', host: 'ana' });
  const declared = environments.find(({ name }) => name === shared) as Environment;
  expect(await declaredOtherwise(ben.seen, declared)).toBeNull();
  expect(await declaredOtherwise(ben.seen, watchedFor(declared, 9))).toEqual({
    ...{ by: 'ana', host: 'ana', at: expect.stringMatching(/^2/) },
    differs: [{ path: 'gates.watch.seconds', recorded: 0, here: 9 }],
  });
});

/** Two promotions into the shared environment of which only Ana's home can go on with: one is under way, one not let in. */
async function intoSharedByAna() {
  const { liveRelease } = await ben.seen.environment(shared);
  // Both have what is live there.
  ben.world.add('c');
  const shifting = one.hold('runtime.setWeights', []);
  const release = ana.world.add('only ana has it');
  const underWay = await one.promote(shared, release, { override: true, reason: 'test' });
  await shifting.reached;
  const request: PromotionRequest = {
    environment: shared,
    kind: 'promote',
    override: false,
    allowRemovals: [],
    actor: 'ana',
  };
  const asking = { request, release, previous: null, declaration: 'x', rest: [], follows: null };
  const notLetIn = await ana.seen.create({ id: 'let in by nobody', ...asking });
  const abortThere = (id: string) =>
    abort(ben.seen, async (of) => (await ben.seen.view(of)) as RevisedView, id, 'ana left us');
  const aborted = { state: 'aborted', reason: 'ana left us' };
  return {
    go: shifting.go,
    /** Somebody at the other home ends both, before anybody has seen that hers is dead: later it would take the 10 s for which a release is left to others. */
    async aborted() {
      expect(await abortThere(notLetIn)).toMatchObject({ ...aborted, steps: [] });
      await abortThere(underWay);
    },
    /** What was done is undone there. */
    async undone() {
      const view = await ended(underWay);
      expect(view).toMatchObject(aborted);
      expect(view.steps.at(-1)).toMatchObject({ name: 'rollback', state: 'succeeded' });
      expect(ben.world.weights.get(shared)).toEqual([{ release: liveRelease, share: 1 }]);
      expect(await ben.seen.environment(shared)).toMatchObject({ liveRelease });
    },
  };
}

it('of a home that is gone a person has the records forgotten by another one, and aborts what it began in shared environments; while it runs the first is refused', async () => {
  const inShared = await intoSharedByAna();
  const mine = await ben.seen.environment(here);
  const shifting = one.hold('runtime.setWeights', []);
  const running = await one.promote(here, ana.world.add('under way'));
  const queued = await one.promote(here, ana.world.add('behind it'));
  await shifting.reached;
  await locks(on.db, undefined, ana.sites).hold('dev-aws', 'dev session x');
  const digits = ana.id.slice(0, 8);
  const home = { id: ana.id, host: 'ana', environments: ['dev-aws', here], unfinished: [running, queued] };
  expect(await ben.seen.otherHomes()).toEqual([{ ...home, isRunning: true }]);
  expect(await two.forget(here, digits)).toBe(`the control plane of home ${digits} runs on ana`);
  await one.stop();
  inShared.go();
  shifting.go();
  await inShared.aborted();
  await until('its death to be seen', async () => (await ben.seen.otherHomes())[0]?.isRunning === false);
  expect(await ben.seen.otherHomes()).toEqual([{ ...home, isRunning: false }]);
  expect(await two.forget('staging', digits)).toContain(`the records hold dev-aws@${digits}, ${here}@${digits}`);
  expect(await two.forget(here, 'f'.repeat(8))).toContain('no other home with these digits');
  for (const name of [here, 'dev-aws']) expect(await two.forget(name, digits)).toBeNull();

  const reason = `ben forgot the records of home ${digits}: the machine is gone`;
  for (const id of [running, queued]) expect(await ended(id)).toMatchObject({ state: 'aborted', reason });
  expect(await ben.seen.otherHomes()).toEqual([]);
  expect(await ana.seen.environment(here)).toMatchObject({ liveRelease: null, previousRelease: null });
  expect(await ben.seen.environment(here)).toEqual(mine);
  const left = `select 1 from dbos.workflow_status where queue_name = $1 and status in ('ENQUEUED', 'PENDING')`;
  expect((await on.sql.query(left, [`environments@${ana.id}`])).rows).toEqual([]);
  const entries = await readLedger(on.db, 0, 10_000);
  expect(entries.filter(({ kind }) => kind === 'environment.forgotten')).toMatchObject([
    { subject: `${here}@${ana.id}`, payload: { actor: 'ben', reason: 'the machine is gone' } },
    { subject: `dev-aws@${ana.id}` },
  ]);
  expect(firstBroken(entries)).toBeNull();
  const told = `select view from soundbite.events where kind = 'environment' and subject = $1 order by sequence desc limit 1`;
  expect((await on.sql.query(told, [`${here}@${ana.id}`])).rows).toMatchObject([
    { view: { environment: here, liveRelease: null, previousRelease: null } },
  ]);
  await inShared.undone();
  // Should it come back all the same, it begins anew.
  one = await ana.start();
  expect(await ended(await one.promote(here, ana.world.add('anew')))).toMatchObject({
    state: 'succeeded',
    previous: null,
  });
});

it('a home that lacks a release goes on with it from the shared store when the home that cut it is gone', async () => {
  const [account] = await Promise.all([startTestAccount(), two.stop()]);
  const place = temporary();
  vi.stubEnv('AWS_ACCESS_KEY_ID', account.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', account.credentials.secretAccessKey);
  try {
    await new S3Client({ ...account.config, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'team' }));
    const bucket = sharedReleases(s3Bucket(parseReleaseStore(`s3://team?endpoint=${account.endpoint}`)));
    /** Has a home keep its releases on disk. */
    const onDisk = ({ world }: typeof ana, name: string) => {
      const directory = join(place.directory, name);
      mkdirSync(directory);
      Object.assign(world.ports.releases, sharingStore(directory, releaseStore(directory), bucket));
      return directory;
    };
    const [anas, bens] = [onDisk(ana, 'ana'), onDisk(ben, 'ben')];
    const release = smallRelease(anas, {}, null);
    await bucket.push(await releaseStore(anas).verify(release));
    const verifying = one.hold('releases.verify', []);
    const id = await one.promote(shared, release, { override: true, reason: 'test' });
    await verifying.reached;
    // The machine is gone for good, with its store.
    const gone = once(one.child, 'exit');
    one.child.kill('SIGKILL');
    await gone;
    rmSync(anas, { recursive: true });
    await ben.start();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', reason: null, release });
    expect(ben.world.weights.get(shared)).toEqual([{ release, share: 1 }]);
    expect(await releaseStore(bens).verify(release)).toMatchObject({ digest: release });
    expect(readdirSync(bens)).toEqual([release.slice(7)]);
  } finally {
    vi.unstubAllEnvs();
    await account.dispose();
    await place.remove();
  }
});

it('what was marked as a home’s before is that home’s own after an upgrade', async () => {
  const url = `${on.url}_older`;
  await on.sql.query(`create database ${new URL(url).pathname.slice(1)}`);
  const { db, close } = await openDatabase(url, () => {});
  const client = new Client({ connectionString: `${url}?options=-csearch_path%3Dsoundbite` });
  await client.connect();
  await client.query('drop schema soundbite cascade; create schema soundbite');
  const upgrade = Object.keys(migrations).indexOf('0009-sites');
  for (const { up } of Object.values(migrations).slice(0, upgrade)) await up(db);
  const release = digestOf('x');
  await client.query('insert into environments (name, live_release, home) values ($1, $2, $3), ($4, $2, null)', [
    ...[here, release, ana.id, shared],
  ]);
  for (const name of [here, shared])
    await client.query(
      `insert into promotions (id, environment, kind, release, state, request, actor, declaration, finished_at)
       values ($1, $1, 'promote', $2, 'succeeded', '{}', 'x', 'x', now())`,
      [name, release],
    );
  await client.end();
  for (const { up } of Object.values(migrations).slice(upgrade)) await up(db);

  const [hers, his] = [ana, ben].map(({ sites }) => records(db, undefined, sites)) as [Records, Records];
  expect(await hers.environment(here)).toMatchObject({ liveRelease: release });
  expect(await his.environment(here)).toMatchObject({ liveRelease: null });
  expect(await his.environment(shared)).toMatchObject({ liveRelease: release });
  expect((await hers.list({ limit: 10 })).map(({ environment, home }) => [environment, home]).sort()).toEqual([
    [here, undefined],
    [shared, undefined],
  ]);
  expect((await his.list({ limit: 10 })).map(({ environment }) => environment)).toEqual([shared]);
  await close();
});
