import type { PastRecords } from '@soundbite/engine/store/records.ts';
import type { Digest } from '@soundbite/model';
import { expect, it, vi } from 'vitest';
import { engineStage } from './stage.ts';

/** What the records said at a time is what they were heard to say then. */

const on = engineStage();
const { world, ask, ended, promoted } = on;
const [first, second] = on.names;

/** Everything that the page shows of two environments. */
async function said(records: PastRecords, holder: (name: string) => Promise<string | null>) {
  const places = [first, second].map(async (name) => {
    const { liveRelease } = await records.environment(name);
    const { before: _, ...acting } = { before: null, ...(await records.acting(name, liveRelease)) };
    const list = await records.list({ environment: name, limit: 20 });
    const [newest] = list;
    return {
      ...{ liveRelease, acting, holder: await holder(name), coming: await records.coming(name) },
      ...{ list, before: newest && (await records.list({ environment: name, limit: 20, before: newest.promotion })) },
      broughtBy: liveRelease && (await records.broughtBy(name, liveRelease)),
      evidence: liveRelease && (await records.evidenceSaid(liveRelease)),
    };
  });
  const all = await Promise.all(places);
  const releases = [...new Set(all.flatMap(({ list }) => list.map(({ release }) => release)))].sort();
  const last = (await records.lastOf(releases)).sort((a, b) => (a.promotion < b.promotion ? -1 : 1));
  return { all, last, blocks: await records.blocks() };
}

type Said = Awaited<ReturnType<typeof said>>;

/** People name times to the millisecond: until this one is over. */
const tick = (since = Date.now()) => vi.waitFor(() => expect(Date.now()).toBeGreaterThan(since + 1), { interval: 1 });

/** Moments in order, with what was said in each; nothing happens within a millisecond of one. */
async function moment(moments: Map<string, Said>, what: string) {
  await tick();
  const { records, locks } = on.engine;
  const now = await said(records as unknown as PastRecords, locks.holder);
  moments.set(`${new Date().toISOString()} ${what}`, now);
  await tick();
}

const pass = (release: Digest, url: string) =>
  on.engine.records.addEvidence({
    ...{ release, kind: 'tests', url, by: 'ci', format: 'json', verdict: 'pass', facts: [] },
    file: Buffer.from(url),
  });

it('at every moment of a course', async () => {
  const { records, locks } = on.engine;
  const moments = new Map<string, Said>();
  const tell = (what: string) => moment(moments, what);
  await tell('nothing yet');
  const old = await promoted(first, 'old');
  await pass(old, 'a');
  await tell('live');
  await pass(old, 'b');
  const held = on.heldInShift();
  const through = await ask(first, { release: world.add('new'), override: true, reason: 'x', through: second });
  await held.reached;
  await tell('under way, and on its way to the next');
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await records.addFreeze({ environment: second, until, reason: 'fair', by: 'ana' });
  held.go();
  await vi.waitFor(async () => expect((await records.coming(second))[0]?.waitingFor).toHaveLength(1), 10_000);
  await tell('frozen: it waits');
  const [freeze] = await records.freezes(second);
  await records.removeFreeze(freeze?.id ?? '', 'ben');
  const view = await ended(through);
  await ended(view.next ?? '');
  await tell('thawed: live in both');
  await ended(await ask(first, { kind: 'rollback', reason: 'worse' }));
  await tell('rolled back, with its hold');
  await records.setBlock({ release: old, blocked: true, reason: 'leaks', by: 'ana' });
  await records.tainted({ environment: first, why: 'dev', findings: ['somebody was here'] });
  await locks.hold(second, 'dev session 1');
  await tell('blocked, tainted, in dev');
  await locks.release(second, 'dev session 1');
  await records.setBlock({ release: old, blocked: false, reason: 'mended', by: 'ana' });
  const bad = world.add('bad');
  world.bad.add(bad);
  await ended(await ask(second, { release: bad, override: true, breakGlass: true, reason: 'night' }));
  await tell('failed, with a broken glass');
  await on.engine.destroy(first, 'test');
  await tell('gone');
  await promoted(first, 'anew');
  await tell('anew');
  const before = { owner: 'another installation', generation: 1 };
  const found = {
    environment: first,
    live: old,
    infrastructure: old,
    before,
    actor: 'ana',
    reason: 'its database is gone',
  };
  await records.takenOver({ ...found, declaration: 'sha256:test' }, await records.generation());
  await tell('taken over');

  for (const [at, then] of moments) {
    const past = records.asOf(at.slice(0, 24));
    expect(await said(past, past.holder), at).toEqual(then);
  }
  // Environments that went live before there were events were told of by nobody.
  const [now] = [...moments.keys()].slice(-1);
  await on.sql.query(`delete from soundbite.events where kind = 'environment'`);
  expect(await records.asOf(now?.slice(0, 24) ?? '').environment(first)).toEqual({ liveRelease: old });
  const [, last] = [...moments.values()].at(-1)?.all ?? [];
  expect(last?.list.length).toBeGreaterThan(1);
  expect(last?.before).toEqual(last?.list.slice(1));
  const kinds = [...moments.values()].map(({ all: [one] }) => one?.liveRelease ?? null);
  expect(new Set(kinds).size).toBeGreaterThan(3);
});
