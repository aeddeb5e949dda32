import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  toAbort,
  toBlock,
  toDecide,
  toHold,
  toPromote,
  toResume,
  toRevoke,
  toRollBack,
  toThaw,
  toUnblock,
  whyNot,
} from './act.ts';
import { reachOf, toPromoteThrough } from './act-on-environment.ts';

const promotion = {
  promotion: 'p-1',
  environment: 'staging',
  release: `sha256:${'a'.repeat(64)}` as const,
  kind: 'promote' as const,
};
const hold1 = { id: 'h-1', environment: 'staging', scope: 'all' as const, until: null, reason: 'x', by: 'ana' };

const freeze1 = { id: 'f-1', environment: 'staging', from: '', until: '', reason: 'x', by: 'ana' };

/** What was asked of the control plane. */
let asked: [string, string, unknown][];
beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', async (path: string, { method, body }: { method: string; body?: string }) => {
    asked.push([method, path, body && JSON.parse(body)]);
    return Response.json({ promotion: 'p-2', holds: [] });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('an act', () => {
  const [quoted, reason, release] = ["--reason 'it'\\''s time'", "it's time", promotion.release];
  const encoded = encodeURIComponent(release);
  const asks = { environment: 'staging', idempotencyKey: 'k-1', reason };
  it.each([
    [toPromote('staging'), `promote staging ${quoted}`, ['/v1/promotions', { kind: 'promote', ...asks }]],
    [
      toPromote('staging', release),
      `promote staging --release ${'a'.repeat(12)} ${quoted}`,
      ['/v1/promotions', { kind: 'promote', release, ...asks }],
    ],
    [toRollBack('staging'), `rollback staging ${quoted}`, ['/v1/promotions', { kind: 'rollback', ...asks }]],
    [toHold('staging'), `hold staging ${quoted}`, ['/v1/environments/staging/hold', { reason, idempotencyKey: 'k-1' }]],
    [toResume(hold1), 'resume staging --hold h-1', ['/v1/environments/staging/resume', { hold: 'h-1' }]],
    [
      toDecide(promotion, 'yes'),
      `approve p-1 ${quoted}`,
      ['/v1/promotions/p-1/approval', { verdict: 'yes', release, reason }],
    ],
    [
      toDecide(promotion, 'no'),
      `reject p-1 ${quoted}`,
      ['/v1/promotions/p-1/approval', { verdict: 'no', release, reason }],
    ],
    [toThaw(freeze1), 'freeze remove f-1', ['/v1/freezes/f-1', undefined]],
    [
      toRevoke('ana', '2026-12-01T08:00:00.000Z'),
      'token revoke ana',
      ['/v1/tokens/ana?created=2026-12-01T08%3A00%3A00.000Z', undefined],
    ],
    [toBlock(release, ['staging']), `block ${'a'.repeat(12)} ${quoted}`, [`/v1/releases/${encoded}/block`, { reason }]],
    [
      toUnblock(release, ['staging']),
      `unblock ${'a'.repeat(12)} ${quoted}`,
      [`/v1/releases/${encoded}/unblock`, { reason }],
    ],
    [toAbort(promotion), `abort p-1 ${quoted}`, ['/v1/promotions/p-1/abort', { reason }]],
  ])('$verb is one request, and one command', async (act, command, [path, body]) => {
    expect(act.command(reason)).toBe(`soundbite ${command}`);
    const next = await act.perform(reason, 'k-1');
    expect(asked).toEqual([[body === undefined ? 'DELETE' : 'POST', path, body]]);
    expect(next).toEqual(path === '/v1/promotions' ? { screen: 'promotion', id: 'p-2' } : null);
  });

  it.each([
    [toPromote('staging'), 'promote staging --release aaaaaaaaaaaa', undefined],
    [
      toPromoteThrough('staging', ['production']),
      'promote staging --release aaaaaaaaaaaa --through production',
      'production',
    ],
  ])('$verb takes the release that is shown, whatever went live before it meanwhile', async (act, command, answer) => {
    expect(act.command('', answer, release)).toBe(`soundbite ${command}`);
    await act.perform('', 'k-1', answer, release);
    expect(asked).toEqual([
      ['POST', '/v1/promotions', expect.objectContaining({ environment: 'staging', kind: 'promote', release })],
    ]);
  });

  it('is refused to whoever may not, with who may', () => {
    const ana = { name: 'ana', role: 'approver' as const, environments: ['production'] };
    expect(whyNot(ana, toPromote('staging'))).toMatch(/ana is approver.*only deployer or admin/);
    expect(whyNot(ana, toDecide(promotion, 'yes'))).toMatch(/in production/);
    expect(whyNot({ ...ana, environments: [] }, toDecide(promotion, 'yes'))).toBeNull();
    const deployer = { name: 'dee', role: 'deployer' as const, environments: ['staging'] };
    expect(whyNot(deployer, toBlock(promotion.release, ['staging', 'production']))).toMatch(/in staging, production/);
    expect(whyNot(deployer, toBlock(promotion.release, ['staging']))).toBeNull();
    expect(whyNot({ ...deployer, name: 'ana' }, toResume(hold1))).toBeNull();
    expect(whyNot(deployer, toResume(hold1))).toMatch(/only ana or an admin/);
    expect(whyNot({ ...deployer, role: 'admin' }, toResume(hold1))).toBeNull();
    expect(whyNot({ ...deployer, role: 'admin' }, toRevoke('ana', '2026-12-01T08:00:00.000Z'))).toMatch(
      /dee is admin in staging/,
    );
    expect(whyNot(undefined, toPromote('staging'))).not.toBeNull();
  });
});

it.each([
  [[], ['staging', 'production'], ['staging', 'production']],
  [['dev', 'staging'], ['staging', 'production'], ['staging']],
  [['dev', 'production'], ['staging', 'production'], []],
])('who may act in %j goes on into %j as far as %j', (environments, later, reach) => {
  expect(reachOf({ name: 'ana', person: 'ana', role: 'deployer', environments }, later)).toEqual(reach);
});
