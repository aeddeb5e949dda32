import { approvalsRepository } from '@soundbite/engine/store/approvals.ts';
import { openDatabase } from '@soundbite/engine/store/database.ts';
import { freezesRepository } from '@soundbite/engine/store/freezes.ts';
import { holdsRepository } from '@soundbite/engine/store/holds.ts';
import { ownSites } from '@soundbite/engine/store/sites.ts';
import { tokensRepository } from '@soundbite/engine/store/tokens.ts';
import type { UnitOfWork } from '@soundbite/engine/store/unit-of-work.ts';
import { actorOf, digestOf, SoundBiteError, type TokenRequest, tokenHash } from '@soundbite/model';
import { describe, expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { engineStage } from './stage.ts';

/** Tokens on real records: how they end, and that a name is in use once. */

const on = engineStage();
const order = (name: string, more: Partial<TokenRequest> = {}, secret = name) => {
  const usual: TokenRequest = { name, role: 'deployer', environments: [], days: 1 };
  return { ...usual, hash: tokenHash(secret), by: 'local', ...more };
};

describe('a token', () => {
  it('is known until it is revoked or over; then its name is free, and what it was stays listed', async () => {
    const { records } = on.engine;
    const made = await records.createToken(order('ana', { person: 'ana@example.com' }));
    expect(await records.actorWith(tokenHash('ana'))).toEqual(actorOf(made));
    expect(await records.actorOfToken('ana', made.created)).toEqual(actorOf(made));
    await expect(records.createToken({ ...order('ana'), hash: 'other' })).rejects.toMatchObject({
      code: 'token-exists',
    });
    await on.sql.query(`update soundbite.tokens set expires_at = now() where name = 'ana'`);
    expect(await records.actorWith(tokenHash('ana'))).toBeNull();
    expect(await records.actorOfToken('ana', made.created)).toBeNull();
    const again = await records.createToken({ ...order('ana'), hash: 'other' });
    // The later one of the same name is another.
    expect(await records.actorOfToken('ana', made.created)).toBeNull();
    expect(await records.actorOfToken('ana', again.created)).toEqual(actorOf(again));
    await records.revokeToken('ana', 'local');
    expect(await records.actorOfToken('ana', again.created)).toBeNull();
    expect(await records.actorWith('other')).toBeNull();
    expect((await records.tokens()).map(({ name, revoked }) => [name, revoked !== null])).toEqual([
      ['ana', true],
      ['ana', true],
    ]);
    await expect(records.revokeToken('bob', 'local')).rejects.toMatchObject({ code: 'token-unknown' });
  });

  it('of one name is made once, by several who ask at once', async () => {
    const { records } = on.engine;
    const all = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) => records.createToken({ ...order('ci'), hash: `hash ${n}` })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is an admin’s everywhere, or there is none', async () => {
    const { records } = on.engine;
    await records.createToken(order('some', { role: 'admin', environments: ['staging'] }));
    expect(await records.hasAdmin()).toBe(false);
    await records.createToken(order('root', { role: 'admin' }));
    expect(await records.hasAdmin()).toBe(true);
    await records.revokeToken('root', 'local');
    expect(await records.hasAdmin()).toBe(false);
  });
});

it('who asked is one row for each minute and thing, with how often; that somebody looked is forgotten after 30 days', async () => {
  const { records } = on.engine;
  const row = (minute: string, more = {}) => ({
    ...({
      minute,
      actor: 'ana',
      token: 'ana',
      operation: 'getStatus',
      action: 'look',
      places: '',
      allowed: true,
    } as const),
    ...{ times: 2, ...more },
  });
  const [now, old] = ['2026-11-28T10:00:00.000Z', '2020-01-01T00:00:00.000Z'];
  await records.recordAccesses([row(now), row(old), row(old, { action: 'deliver', operation: 'cutRelease' })]);
  await records.recordAccesses([row(now, { times: 3 })]);
  await records.pruneLooks();
  expect(
    (await records.accesses({ actor: 'ana', limit: 10 })).map(({ minute, operation, times }) => [
      minute,
      operation,
      times,
    ]),
  ).toEqual([
    [now, 'getStatus', 5],
    [old, 'cutRelease', 2],
  ]);
});

describe('an approval', () => {
  const { world, ask, ended, promoted } = on;
  const [first, second] = on.names;
  const needing = (options: object) => {
    world.hooks.declaration = () => ({
      digest: digestOf(JSON.stringify(options)),
      environments: environments.map((one) =>
        one.name === second ? { ...one, gates: [{ gate: 'approval', options: { ...options } }, ...one.gates] } : one,
      ),
    });
  };
  const token = (name: string) =>
    on.engine.records.createToken(order(name, { role: 'approver', person: `${name}@example.com` }));
  const say = (promotion: string, name: string, verdict: 'yes' | 'no' = 'yes', reason: string | null = null) =>
    on.engine.records.approve({
      promotion,
      person: `${name}@example.com`,
      token: name,
      role: 'approver',
      verdict,
      reason,
    });
  const reasonOf = async (id: string) => (await on.engine.view(id)).reason ?? '';
  const waits = (id: string, for_: string) =>
    vi.waitFor(async () => expect(await reasonOf(id)).toContain(for_), 20_000);

  it('by two people lets a promotion in, also over a restart; one person twice is one, and a revoked token is nobody', async () => {
    const release = await promoted(first, 'to be approved');
    for (const name of ['bob', 'eve', 'joe']) await token(name);
    needing({ by: 2 });
    const id = await ask(second, { release, override: true, reason: 'in a hurry' });
    await waits(id, '2 must say yes; ');
    const [awaited] = (await on.engine.view(id)).waitingFor;
    expect(awaited).toMatchObject({ gate: 'approval', until: null });
    expect(awaited?.who).toEqual(expect.arrayContaining(['bob@example.com', 'eve@example.com', 'joe@example.com']));
    for (let time = 0; time < 2; time++) expect(await say(id, 'bob')).toBe(true);
    await waits(id, '1 of 2 said yes (bob@example.com)');
    await on.engine.records.revokeToken('bob', 'local');
    // Its name again is another token: what the first one said does not come back.
    await on.engine.records.createToken(order('bob', { role: 'approver', person: 'bob@example.com' }, 'again'));
    await say(id, 'joe');
    await waits(id, '1 of 2 said yes (joe@example.com)');
    await on.engine.stop();
    on.engine = await on.start();
    expect(await reasonOf(id)).toContain('1 of 2 said yes (joe@example.com)');
    await say(id, 'eve');
    expect(await ended(id)).toMatchObject({ state: 'succeeded' });
    expect(await say(id, 'eve')).toBe(false);
  });

  it('by a link counts once: who sends it again is told', async () => {
    needing({ by: 2 });
    const id = await ask(second, { release: await promoted(first, 'by a link') });
    await waits(id, '2 must say yes');
    const word = { promotion: id, person: 'eve@example.com', token: 'eve', role: 'approver', reason: null } as const;
    const sent = await Promise.allSettled(
      Array.from({ length: 3 }, () => on.engine.records.approve({ ...word, verdict: 'yes', link: 'l-1' })),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(sent.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'link-over' });
    expect([await on.engine.records.isLinkUsed('l-1'), await on.engine.records.isLinkUsed('l-2')]).toEqual([
      true,
      false,
    ]);
    await on.engine.abort(id, 'enough');
    await ended(id);
  });

  it('that says no ends the promotion, with who and why', async () => {
    needing({ by: 1 });
    const id = await ask(second, { release: await promoted(first, 'not to be approved') });
    await waits(id, '1 must say yes');
    await say(id, 'eve', 'no', 'not on Friday');
    const gates = [{ gate: 'approval', verdict: 'fail', reasons: ['eve@example.com said no: not on Friday'] }];
    expect(await ended(id)).toMatchObject({ state: 'failed', gates, steps: [] });
  });

  it('is of one promotion: the next one of the same release asks again; the requester’s own does not count', async () => {
    needing({ by: 1 });
    const release = await promoted(first, 'approved once');
    const one = await ask(second, { release });
    await say(one, 'eve');
    expect(await ended(one)).toMatchObject({ state: 'succeeded' });
    const again = await ask(second, { release, actor: 'eve@example.com' });
    await waits(again, '1 must say yes');
    await say(again, 'eve');
    await waits(again, '1 must say yes');
    await on.engine.abort(again, 'enough');
    await ended(again);
  });

  it('excludes the authors, where that is declared, and waits while nobody knows them, whoever said yes', async () => {
    needing({ by: 1, authors: false });
    world.hooks.authors = async () => {
      throw new SoundBiteError('history-unreadable', 'the history of a..b cannot be read: it was not fetched whole');
    };
    const release = await promoted(first, 'of unknown authors');
    const id = await ask(second, { release, override: true, reason: 'in a hurry' });
    await say(id, 'eve');
    await waits(id, 'approval: the history of a..b cannot be read: it was not fetched whole; git fetch --unshallow');
    expect((await on.engine.view(id)).waitingFor).toEqual([{ gate: 'approval', who: [], until: null }]);
    world.hooks.authors = async () => ['eve@example.com'];
    await waits(id, 'eve@example.com wrote a part of it');
    await say(id, 'joe');
    const { state, gates } = await ended(id);
    expect([state, gates[0]?.reasons]).toEqual(['succeeded', ['joe@example.com said yes']]);
    delete world.hooks.authors;
  });

  it('is passed by no override but that of the role that is declared; a broken glass passes it, a freeze and a hold, and is shown', async () => {
    const { records } = on.engine;
    needing({ by: 1, override: 'admin' });
    const release = world.add('for a bad night');
    const overridden = { release, override: true, reason: 'an outage', actor: 'ana@example.com' };
    const refused = await ask(second, { ...overridden, role: 'deployer' });
    await waits(refused, 'only an admin’s --override passes it');
    const admins = await ended(await ask(second, { ...overridden, role: 'admin' }));
    expect(admins.state).toBe('succeeded');
    expect(admins.gates[0]).toMatchObject({ gate: 'approval', verdict: 'overridden', reasons: ['an outage'] });

    needing({ by: 1 });
    await records.addFreeze({
      ...{ environment: second, until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'a holiday', by: 'bob' },
    });
    await records.hold({ environment: second, scope: 'all', until: null, reason: 'a party', by: 'bob' });
    const glass = { ...overridden, override: false, breakGlass: true, role: 'deployer' as const };
    const id = await ask(second, { ...glass, release: world.add('for a worse one') });
    const broken = await ended(id);
    expect(broken).toMatchObject({ state: 'succeeded', asked: { breakGlass: true, override: false } });
    expect(broken.gates.slice(0, 4).map(({ gate, verdict }) => `${gate} ${verdict}`)).toEqual([
      'freeze overridden',
      'hold overridden',
      'approval overridden',
      'smoke pass',
    ]);
    const shown = async () => (await records.acting(second, null)).glass.map(({ promotion, by }) => [promotion, by]);
    expect(await shown()).toEqual([[id, 'ana@example.com']]);
    await on.sql.query(`update soundbite.promotions set created_at = created_at - interval '25 hours' where id = $1`, [
      id,
    ]);
    expect(await shown()).toEqual([]);
    await on.engine.abort(refused, 'enough');
    await ended(refused);
    for (const { id: one } of await records.freezes(second)) await records.removeFreeze(one, 'bob');
    await on.resumed(second);
  });
});

it('what Postgres has recorded in the moment of its death is said to be done when it is repeated, and done once', async () => {
  const { db, close } = await openDatabase(on.url, () => {});
  /** Its commit was not answered; what happens before it is repeated. */
  let meanwhile = async () => {};
  const work: UnitOfWork = {
    read: (look) => look(db),
    async write(change) {
      await db.transaction().execute(change);
      await meanwhile();
      return db.transaction().execute(change);
    },
  };
  const [first] = on.names;
  const promotion = on.engine.records;
  const id = await promotion.create({
    ...{
      id: 'approved as Postgres died',
      release: digestOf('x'),
      previous: null,
      declaration: 'x',
      rest: [],
      follows: null,
    },
    request: { environment: first, kind: 'promote', override: false, allowRemovals: [], actor: 'ana' },
  });
  const { approve, approvalsOf } = approvalsRepository(work);
  const word = { promotion: id, person: 'eve@example.com', token: null, role: 'approver', reason: null } as const;
  expect(await approve({ ...word, verdict: 'yes', link: 'l-once' })).toBe(true);
  await expect(approve({ ...word, verdict: 'yes', link: 'l-once' })).rejects.toMatchObject({ code: 'link-over' });
  meanwhile = async () =>
    void (await on.sql.query('update soundbite.promotions set admitted_at = now() where id = $1', [id]));
  expect(await approve({ ...word, person: 'bob@example.com', verdict: 'yes' })).toBe(true);
  meanwhile = async () => {};
  expect((await approvalsOf(id, digestOf('x'))).map(({ person }) => person)).toEqual([
    'bob@example.com',
    'eve@example.com',
  ]);

  const { createToken, tokens } = tokensRepository(work);
  expect(await createToken(order('made as Postgres died'))).toMatchObject({ name: 'made as Postgres died' });
  await expect(createToken(order('made as Postgres died', {}, 'another'))).rejects.toMatchObject({
    code: 'token-exists',
  });
  const made = async () => (await tokens()).filter(({ name }) => name === 'made as Postgres died').length;
  expect(await made()).toBe(1);

  const why = { environment: first, reason: 'as Postgres died', by: 'ana' };
  const { addFreeze, freezes } = freezesRepository(work, ownSites);
  const { hold, acting } = holdsRepository(work, ownSites);
  await addFreeze({ ...why, until: new Date(Date.now() + 60_000).toISOString() });
  await hold({ ...why, scope: 'all', until: null });
  const { holds } = await acting(first, null);
  expect([(await freezes(first)).length, holds.length]).toEqual([1, 1]);
  const { rows } = await on.sql.query(
    `select kind, count(*)::int from soundbite.ledger
     where (subject in ($1, $2) and kind in ('promotion.approved', 'token.created'))
       or (kind in ('freeze.added', 'hold.added') and payload ->> 'reason' = $3) group by 1 order by 1`,
    [id, 'made as Postgres died', why.reason],
  );
  expect(Object.fromEntries(rows.map(({ kind, count }) => [kind, count]))).toEqual({
    ...{ 'promotion.approved': 2, 'token.created': 1, 'freeze.added': 1, 'hold.added': 1 },
  });
  await close();
});

it('what Postgres has not recorded as it died is recorded when it is repeated, whatever was said before', async () => {
  const { db, close } = await openDatabase(on.url, () => {});
  const died = new Error('Postgres died');
  let dies = false;
  const work: UnitOfWork = {
    read: (look) => look(db),
    async write(change) {
      const lost = async (trx: Parameters<typeof change>[0]) => {
        await change(trx);
        throw died;
      };
      if (dies) await expect(db.transaction().execute(lost)).rejects.toBe(died);
      return db.transaction().execute(change);
    },
  };
  const [first] = on.names;
  const release = digestOf('x');
  const promotion = 'decided as Postgres died';
  const request = { environment: first, kind: 'promote', override: false, allowRemovals: [], actor: 'ana' } as const;
  const about = { release, previous: null, declaration: 'x', rest: [], follows: null };
  await on.engine.records.create({ id: promotion, ...about, request: { ...request, allowRemovals: [] } });
  const { approve, approvalsOf } = approvalsRepository(work);
  const said = async (verdict: 'yes' | 'no') =>
    approve({ promotion, person: 'eve@example.com', token: null, role: 'approver', reason: null, verdict });
  await said('no');
  await said('yes');
  dies = true;
  expect(await said('no')).toBe(true);
  expect((await approvalsOf(promotion, release)).map(({ verdict }) => verdict)).toEqual(['no']);
  await close();
});
