import { patience } from '@soundbite/engine/patience.ts';
import { prune } from '@soundbite/engine/pruning.ts';
import type { RevisedView } from '@soundbite/engine/store/records.ts';
import { type Digest, digestOf, SoundBiteError } from '@soundbite/model';
import { describe, expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { engineStage } from './stage.ts';

/** What is asked for twice, for several environments, for one that is busy or declared no more; and what is told of it. */

const on = engineStage();
const { world, ask, ended, promoted, heldInShift } = on;
const [first, second, third] = on.names;

describe('a request', () => {
  it('with a key that was used for something else is refused', async () => {
    const [a, b] = [world.add('ka'), world.add('kb')];
    const id = await ask(first, { release: a, idempotencyKey: 'key' });
    expect(await ask(first, { release: a, idempotencyKey: 'key' })).toBe(id);
    await expect(ask(first, { release: b, idempotencyKey: 'key' })).rejects.toMatchObject({
      code: 'idempotency-mismatch',
      source: 'user',
    });
    await ended(id);
    // What it meant is not looked for again: it may be gone by now.
    const gone = vi.spyOn(world.ports.releases, 'get').mockRejectedValue(new Error('not asked for'));
    expect(await ask(first, { release: a, idempotencyKey: 'key' })).toBe(id);
    gone.mockRestore();
  });

  it('to promote a release of the first format is refused, named or not', async () => {
    const old = world.old('of the first format');
    const refused = { code: 'release-format-old', message: expect.stringContaining('soundbite.release/1') };
    await expect(ask(first, { release: old })).rejects.toMatchObject(refused);
    const list = vi.spyOn(world.ports.releases, 'list').mockResolvedValue([await world.ports.releases.get(old)]);
    await expect(ask(first, {})).rejects.toMatchObject(refused);
    list.mockRestore();
  });

  it.each([
    ['none is named', third, () => ({})],
    ['it is named', second, (old: Digest) => ({ release: old })],
  ])(
    'to return to one is let in until one of today’s format is final there, and refused when its turn comes after that (%s)',
    async (how, name, named) => {
      const texts = [`long before, ${how}`, `before, ${how}`] as const;
      const [old] = [await promoted(name, texts[0]), await promoted(name, texts[1])];
      for (const text of texts) world.old(text);
      expect(await ended(await ask(name, { kind: 'rollback' }))).toMatchObject({ state: 'succeeded', release: old });
      const shift = heldInShift();
      const promotion = await ask(name, { release: world.add(`of today, ${how}`), override: true, reason: 'test' });
      await shift.reached;
      // Stopping it comes too late.
      const stop = vi.spyOn(on.engine.records, 'stop').mockResolvedValue(false);
      const back = await ask(name, { kind: 'rollback', ...named(old) });
      shift.go();
      expect(await ended(promotion)).toMatchObject({ state: 'succeeded', previous: old });
      const reason = expect.stringContaining('of today’s format was promoted there');
      expect(await ended(back)).toMatchObject({ state: 'failed', reason, steps: [] });
      stop.mockRestore();
      expect((await on.engine.records.environment(name)).liveRelease).not.toBe(old);
      await expect(ask(name, { kind: 'rollback' })).rejects.toMatchObject({ code: 'release-format-old' });
    },
  );

  it('through several environments overrides the order of the first only', async () => {
    const release = world.add('through');
    // Well while it is watched, and no more once that is live.
    const before = world.calls.length;
    world.hooks.healthy = (name) => name !== second || !world.calls.includes(`retire ${second}`, before);
    const id = await ask(second, { release, through: third, override: true, reason: 'it burns' });
    expect((await ended(id)).state).toBe('succeeded');
    const [follower] = await on.engine.records.list({ environment: third, limit: 1 });
    const view = await ended(follower?.promotion ?? '');
    expect(view).toMatchObject({ state: 'failed', release, asked: { override: false, reason: 'it burns' } });
    expect(view.reason).toContain(`is not healthy in ${second}`);
  }, 60_000);
});

describe('destroying an environment', () => {
  it('is refused while a promotion is under way, or goes on to it', async () => {
    const shift = heldInShift();
    const id = await ask(first, { release: world.add('busy'), through: second });
    await shift.reached;
    for (const name of [first, second])
      await expect(on.engine.destroy(name, 'ana')).rejects.toMatchObject({ code: 'environment-busy', source: 'user' });
    await on.engine.abort(id, 'enough');
    shift.go();
    await ended(id);
  });

  it('has the environment to itself: what is asked for meanwhile comes after it', async () => {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    world.hooks.takeDown = () => {
      reached.resolve();
      return gate.promise;
    };
    const gone = on.engine.destroy(first, 'ana');
    await reached.promise;
    const release = world.add('after');
    const id = await ask(first, { release });
    await vi.waitFor(async () => expect((await on.engine.view(id)).admission).not.toBeNull(), 10_000);
    expect(await on.engine.view(id)).toMatchObject({ state: 'waiting', steps: [] });
    gate.resolve();
    await gone;
    expect(await ended(id)).toMatchObject({ state: 'succeeded', previous: null });
  });

  it('is one request for one key, whoever asks again and whatever came after it', async () => {
    let times = 0;
    world.hooks.takeDown = async () => void times++;
    await Promise.all([on.engine.destroy(third, 'ana', 'one key'), on.engine.destroy(third, 'ana', 'one key')]);
    await ended(await ask(third, { release: world.add('came after'), override: true, reason: 'new' }));
    await on.engine.destroy(third, 'ana', 'one key');
    expect(times).toBe(1);
    expect((await on.engine.records.environment(third)).liveRelease).not.toBeNull();
    await on.engine.destroy(third, 'ana', 'another key');
    expect(times).toBe(2);
  });
});

it('an environment that is declared no more is still known, and can be destroyed', async () => {
  await promoted(third, 'left');
  const others = environments.filter(({ name }) => name !== third);
  world.hooks.declaration = () => ({ environments: others, digest: digestOf('others') });
  const known = await on.engine.records.undeclared(others.map(({ name }) => name));
  expect(known).toEqual([environments[2]]);
  await expect(ask(third, { release: world.add('left') })).rejects.toMatchObject({ code: 'environment-unknown' });
  await on.engine.destroy(third, 'ana');
  expect(world.calls.at(-1)).toBe(`take down ${third}`);
  expect(await on.engine.records.undeclared(others.map(({ name }) => name))).toEqual([]);
});

it('what waits for a person is decided again as soon as an environment that it depends on changes', async () => {
  const release = await promoted(first, 'facts');
  let isFixed = false;
  world.hooks.healthy = () => {
    if (isFixed) return true;
    throw new SoundBiteError('cloud-denied', 'nobody may look');
  };
  const id = await ask(second, { release });
  await vi.waitFor(async () => expect((await on.engine.view(id)).waitsFor).toBe('person'));
  isFixed = true;
  const changedAt = performance.now();
  await on.engine.records.lost(first);
  await ended(id);
  expect(performance.now() - changedAt).toBeLessThan(patience.admission.afterFixMs - 1_000);
});

it('DBOS keeps no row of a workflow that ended long ago, but that of a promotion which has not ended', async () => {
  const over = await ask(first, { release: world.add('over') });
  await ended(over);
  const hold = heldInShift();
  const running = await ask(first, { release: world.add('running') });
  await hold.reached;
  const rows = async () =>
    (await on.sql.query('select workflow_uuid as id from dbos.workflow_status')).rows.map(({ id }) => id);
  await vi.waitFor(async () => {
    await prune(on.engine.records, 0);
    expect(await rows()).toEqual([running]);
  });
  hold.go();
  expect((await ended(running)).state).toBe('succeeded');
  expect(await on.engine.view(over)).toMatchObject({ state: 'succeeded' });
  await prune({ open: async () => [{ id: running, environment: first }] }, 0);
  expect(await rows()).toEqual([running]);
});

it('every change of a promotion is an event with its whole view, in order', async () => {
  const id = await ask(first, { release: world.add('told') });
  const view = await ended(id);
  const { rows } = await on.sql.query('select view from soundbite.events where subject = $1 order by sequence', [id]);
  const views = rows.map((row) => row.view as RevisedView);
  expect(views.at(-1)).toEqual(view);
  expect(views.map(({ revision }) => revision)).toEqual(views.map((_, index) => index + 1));
  expect(new Set(views.map(({ state }) => state))).toEqual(new Set(['waiting', 'running', 'succeeded']));
});

it('the last event of an environment, a lock and a release says all of it as it is', async () => {
  const last = async (kind: string, subject: string) => {
    const { rows } = await on.sql.query(
      'select view from soundbite.events where kind = $1 and subject = $2 order by sequence desc limit 1',
      [kind, subject],
    );
    return rows[0]?.view as unknown;
  };
  const isTold = async () =>
    expect(await last('environment', first)).toEqual(await on.engine.records.environment(first));
  const [older, newer] = [await promoted(first, 'older'), await promoted(first, 'newer')];
  expect(await on.engine.records.environment(first)).toMatchObject({ liveRelease: newer, previousRelease: older });
  await isTold();
  // What a rollback leaves is its way back no more.
  await ended(await ask(first, { kind: 'rollback' }));
  expect((await on.engine.records.environment(first)).previousRelease).not.toBe(newer);
  await isTold();

  await on.engine.locks.hold(first, 'dev session 9');
  expect(await last('lock', first)).toEqual({ holder: 'dev session 9' });
  await on.engine.locks.release(first, 'dev session 9');
  expect(await last('lock', first)).toEqual({ holder: null });
  await on.engine.records.removed(newer);
  expect(await last('release', newer)).toEqual({ release: newer, removed: true });
  await on.engine.destroy(first, 'ana');
  expect(await on.engine.records.environment(first)).toMatchObject({ liveRelease: null, previousRelease: null });
  await isTold();
});

describe('evidence of a release', () => {
  const release = digestOf('has evidence');
  const reading = { format: 'json', facts: [{ name: 'x', ok: true, detail: 'a\0b' }] } as const;
  const add = (kind: string, verdict: 'pass' | 'fail', content: string, by = 'ana') =>
    on.engine.records.addEvidence({ ...reading, release, kind, verdict, url: null, by, file: Buffer.from(content) });
  const entries = async (kind: string) =>
    (
      await on.sql.query(`select payload->>'id' as id, payload->>'by' as by from soundbite.ledger where kind = $1`, [
        kind,
      ])
    ).rows;

  it('counts by its newest, and the same file sent at once several times is one', async () => {
    const { records } = on.engine;
    expect(await records.newestEvidence(release, 'tests')).toBeNull();
    const same = await Promise.all(Array.from({ length: 6 }, () => add('tests', 'pass', 'all')));
    expect(new Set(same.map(({ id }) => id)).size).toBe(1);
    expect(await entries('evidence.added')).toEqual([{ id: same[0]?.id, by: 'ana' }]);
    const failed = await add('tests', 'fail', 'none', 'ben');
    const { verdict, id, at, digest } = failed;
    expect(await records.newestEvidence(release, 'tests')).toEqual({ verdict, id, at, digest, by: 'ben' });
    expect(await records.newestEvidence(release, 'review')).toBeNull();
    const many = await Promise.all(['a', 'b', 'c', 'd'].map((content) => add('load', 'pass', content)));
    const listed = (await records.evidenceOf(release)).filter(({ kind }) => kind === 'load');
    expect(listed).toHaveLength(many.length);
    expect(listed.map(({ newest }) => newest)).toEqual([true, false, false, false]);
  });

  it('that is said again later is renewed, for who said it; what another says is evidence of its own', async () => {
    const { records } = on.engine;
    const { id, at } = await add('scan', 'pass', 'nothing found', 'nightly');
    await on.sql.query(`update soundbite.evidence set at = at - interval '1 day' where id = $1`, [id]);
    const again = await add('scan', 'pass', 'nothing found', 'nightly');
    expect(again).toMatchObject({ id, by: 'nightly', newest: true });
    expect(Date.parse(again.at)).toBeGreaterThanOrEqual(Date.parse(at));
    const renewed = [{ id, by: 'nightly' }];
    expect(await entries('evidence.renewed')).toEqual(renewed);

    await on.sql.query(`update soundbite.evidence set at = at - interval '1 day' where id = $1`, [id]);
    const kept = await records.evidence(id);
    const others = await Promise.all([1, 2, 3].map(() => add('scan', 'pass', 'nothing found', 'mallory')));
    const [hers] = others;
    expect(new Set(others.map((one) => one.id)).size).toBe(1);
    expect(hers).toMatchObject({ by: 'mallory', newest: true });
    expect(hers?.id).not.toBe(id);
    expect(await records.evidence(id)).toEqual({ ...kept, newest: false });
    expect(await entries('evidence.renewed')).toEqual(renewed);
    expect(await records.newestEvidence(release, 'scan')).toMatchObject({ id: hers?.id });
  });

  it('counts by the newest from those who are asked for, whatever others brought since', async () => {
    const { records } = on.engine;
    const { id } = await add('audit', 'pass', 'a', 'ci');
    await add('audit', 'fail', 'b', 'mallory');
    const newest = async (...by: readonly string[]) => (await records.newestEvidence(release, 'audit', by))?.id;
    expect([await newest('ci'), await newest('scanner'), await newest('scanner', 'ci')]).toEqual([id, undefined, id]);
    const failed = await add('audit', 'fail', 'c', 'ci');
    expect(await newest('ci')).toBe(failed.id);
  });

  it('has beside it where the release was cut, told twice or not', async () => {
    const ci = { system: 'gitlab', run: '7', url: null, branch: 'main', pullRequest: null, actor: 'ana' } as const;
    const { records } = on.engine;
    const [one, other] = [
      { by: 'local', ci, labels: { b: '1', a: '2' } },
      { by: 'local', ci: null, labels: { a: 'x' } },
    ];
    await Promise.all([1, 2, 3].map(() => records.recordCut(release, one)));
    for (const cut of [other, other, one]) await records.recordCut(release, cut);
    const cuts = await records.cutsOf(release);
    expect(cuts.map(({ at: _, ...cut }) => cut)).toEqual([one, other, one]);
    const { rows } = await on.sql.query(`select count(*)::int as n from soundbite.ledger where kind = 'release.cut'`);
    expect(rows[0].n).toBe(3);
  });

  it('has beside it what its commit says of itself, as it was said first, in letters that a record can have', async () => {
    const { records } = on.engine;
    const commit = 'c'.repeat(40);
    expect(await records.commitText(commit)).toBeNull();
    await Promise.all([1, 2].map(() => records.recordCommit(commit, { subject: '<b>\0\u202e 👩‍🚀', author: null })));
    await records.recordCommit(commit, { subject: 'another', author: 'Ana' });
    expect(await records.commitText(commit)).toEqual({ subject: '<b>\ufffd\u202e 👩‍🚀', author: null });
  });

  it('is not kept where the ledger cannot have it', async () => {
    await on.sql.query(`alter table soundbite.ledger add constraint full_up check (subject <> '${release}') not valid`);
    await expect(add('lost', 'pass', 'x')).rejects.toThrow('full_up');
    await on.sql.query('alter table soundbite.ledger drop constraint full_up');
    expect(await on.engine.records.newestEvidence(release, 'lost')).toBeNull();
  });
});
