import { actorOf, type TokenOrder, tokenHash } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { engineStage } from './stage.ts';

/** Tokens on real records: how they end, and that a name is in use once. */

const on = engineStage();
const order = (name: string, more: Partial<TokenOrder> = {}) => {
  const usual: TokenOrder = { name, role: 'deployer', environments: [], days: 1 };
  return { ...usual, hash: tokenHash(name), by: 'local', ...more };
};

describe('a token', () => {
  it('is known until it is revoked or over; then its name is free, and what it was stays listed', async () => {
    const { records } = on.engine;
    const made = await records.createToken(order('ana', { person: 'ana@example.com' }));
    expect(await records.actorWith(tokenHash('ana'))).toEqual(actorOf(made));
    await expect(records.createToken({ ...order('ana'), hash: 'other' })).rejects.toMatchObject({
      code: 'token-exists',
    });
    await on.sql.query(`update soundbite.tokens set expires_at = now() where name = 'ana'`);
    expect(await records.actorWith(tokenHash('ana'))).toBeNull();
    await records.createToken({ ...order('ana'), hash: 'other' });
    await records.revokeToken('ana', 'local');
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
