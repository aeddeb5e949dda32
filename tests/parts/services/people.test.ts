import type { FreezeList, HoldList, PromotionView } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { killControlPlane } from '../../support/control-plane-kill.ts';
import { greeter } from '../../support/described/greeter.ts';
import { type GatedStage, gatedStage } from '../../support/gated-stage.ts';

const environments = [
  { name: 'test', gates: '[smoke]' },
  { name: 'stage', gates: '[smoke]', more: ['supersede: true'] },
  { name: 'live', gates: '[{ approval: { by: 2, role: approver, authors: false } }, smoke]' },
];

let on: GatedStage;
/** Whom tests know, by name. */
const tokens = new Map<string, string>();
/** The author of every commit of the service. */
const author = 'test@example.com';

beforeAll(async () => {
  on = await gatedStage(environments);
  await on.soundbite(0, 'up', 'test');
  await on.soundbite(0, 'promote', 'stage');
  await given('ci', 'deployer');
  await given('dora', 'deployer', 'dora@example.com');
  await given('dora-approves', 'approver', 'dora@example.com');
  for (const name of ['ana', 'ben', 'cy']) await given(name, 'approver', `${name}@example.com`);
  await given('ana-again', 'approver', 'ana@example.com');
  await given('author', 'approver', author);
  await given('elsewhere', 'approver', 'eve@example.com', 'stage');
});
afterAll(() => on?.remove());

async function given(name: string, role: string, person?: string, environment?: string): Promise<void> {
  const more = [...(person ? ['--person', person] : []), ...(environment ? ['--environment', environment] : [])];
  const { token } = await on.soundbite<{ token: string }>(0, 'token', 'create', name, '--role', role, ...more);
  tokens.set(name, token);
}
const as = (name: string) => on.as(tokens.get(name) ?? 'nobody’s');
const mailOf = (name: string) => `${name}@example.com`;
const patient = { timeout: 60_000, interval: 200 };

const controlPlane = async () => (await on.client.status()).controlPlane.url;

describe('an approval by two', () => {
  let waiting: PromotionView;
  /** What was said is heard at once, and shown when the promotion was decided anew. */
  const says = (reason: RegExp) =>
    vi.waitFor(async () => expect((await on.looked(waiting.promotion)).reason).toMatch(reason), patient);
  const approve = (name: string, exit = 0) => as(name)<object>(exit, 'approve', waiting.promotion);

  it('waits for those who can give it, by name: not for who asked, nor for who wrote it', async () => {
    const left = await as('dora')<PromotionView>(0, 'promote', 'live', '--wait-at-most', '1s');
    expect(left.state).toBe('waiting');
    waiting = await on.looked(left.promotion);
    expect(waiting.waitingFor).toEqual([
      { gate: 'approval', who: ['local', ...['ana', 'ben', 'cy'].map(mailOf)], until: null },
    ]);
  });

  it.each([
    ['ci', /ci is deployer/],
    ['dora', /is deployer; only approver or admin/],
    ['elsewhere', /eve@example.com is approver in stage/],
    ['dora-approves', /dora@example.com asked for it/],
  ])('is refused to %s, and that is on record', async (name, message) => {
    expect(await approve(name, 1)).toMatchObject({
      error: { code: 'forbidden', message: expect.stringMatching(message) },
    });
    const asked = { operation: 'decidePromotion', token: name, allowed: name === 'dora-approves' };
    await vi.waitFor(async () => {
      const { accesses } = await on.client.accesses({ limit: 20 });
      expect(accesses).toContainEqual(expect.objectContaining(asked));
    }, patient);
  });

  it('is of one release, and by whoever the token is of: a body says neither', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    expect(await said('ana', { verdict: 'yes', release: other })).toMatchObject({ status: 409 });
    expect(await said('ana', { verdict: 'yes', person: mailOf('ben') })).toMatchObject({ status: 400 });
    expect(await said('nobody', { verdict: 'yes' })).toMatchObject({ status: 401 });
    await says(/^approval: 2 must say yes/);
  });

  it('counts a person once, its author never, and a revoked token no more', async () => {
    await approve('author');
    await approve('ben');
    await says(/1 of 2 said yes \(ben@example.com\).*test@example.com wrote a part of it/);
    await on.soundbite(0, 'token', 'revoke', 'ben');
    await approve('ana');
    await approve('ana-again');
    await says(/1 of 2 said yes \(ana@example.com\)/);
    expect(await approve('ben', 1)).toMatchObject({ error: { code: 'unauthorized' } });
  });

  it('by a link counts once, as it was signed, and only when it is sent', async () => {
    const { link } = await on.soundbite<{ link: string }>(
      0,
      'approve',
      waiting.promotion,
      '--link',
      '--for',
      mailOf('cy'),
    );
    const altered = link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const yes = { method: 'POST', body: new URLSearchParams({ verdict: 'yes' }) };
    expect(await visited(altered, yes)).toMatchObject({ status: 404 });
    expect(await visited(link)).toMatchObject({ status: 200, text: expect.stringContaining('live') });
    await says(/1 of 2/);
    await killControlPlane(on.home);
    await vi.waitFor(async () => expect(await visited(link)).toMatchObject({ status: 200 }), patient);
    expect(await visited(link, yes)).toMatchObject({ status: 200 });
    // Used (410), or too late as well (409).
    expect([409, 410]).toContain((await visited(link, yes)).status);
    expect(await on.end(waiting.promotion)).toMatchObject({
      state: 'succeeded',
      gates: [{ gate: 'approval', verdict: 'pass', reasons: ['ana@example.com and cy@example.com said yes'] }, {}],
    });
    // Who lost the answer says it again.
    expect(await approve('ana')).toMatchObject({ state: 'succeeded' });
  });

  it('of one promotion is none of the next; one no ends it', async () => {
    const again = await on.waiting('live');
    expect(again.reason).toMatch(/2 must say yes/);
    await as('cy')(0, 'reject', again.promotion, '--reason', 'not on a Friday');
    expect(await on.end(again.promotion, 1)).toMatchObject({ reason: expect.stringContaining('not on a Friday') });
  });

  async function said(name: string, body: object): Promise<Response> {
    const url = `${await controlPlane()}/v1/promotions/${waiting.promotion}/approval`;
    const headers = { authorization: `Bearer ${tokens.get(name)}`, 'content-type': 'application/json' };
    return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  }
  /** A control plane that is started again may have another port. */
  async function visited(link: string, how: RequestInit = {}): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${await controlPlane()}${new URL(link).pathname}`, how);
    return { status: answer.status, text: await answer.text() };
  }
});

describe('what keeps everything out', () => {
  let next: string;
  beforeAll(async () => {
    next = await on.cut(greeter.mark('two'));
    await on.soundbite(0, 'promote', 'test', '--release', next);
  });

  it('a freeze is waited out', async () => {
    const freeze = (until: string) =>
      on.soundbite<FreezeList>(0, 'freeze', 'add', 'stage', '--until', until, '--reason', 'a release night');
    const [long] = (await freeze('1h')).freezes;
    const waiting = await on.waiting('stage');
    expect(waiting.waitingFor).toEqual([{ gate: 'freeze', who: [], until: long?.until }]);
    const short = (await freeze('3s')).freezes.find(({ id }) => id !== long?.id);
    await on.soundbite(0, 'freeze', 'remove', long?.id ?? '');
    expect(await on.end(waiting.promotion)).toMatchObject({ state: 'succeeded' });
    expect(Date.now()).toBeGreaterThan(Date.parse(short?.until ?? ''));
  });

  it('a freeze lets a rollback go, and a person who breaks the glass, but no program', async () => {
    const { freezes } = await on.soundbite<FreezeList>(
      0,
      'freeze',
      'add',
      'stage',
      '--until',
      '1h',
      '--reason',
      'an audit',
    );
    expect(await on.soundbite(0, 'rollback', 'stage')).toMatchObject({ state: 'succeeded', previous: next });
    const glass = ['promote', 'stage', '--break-glass', '--reason', 'alone at night'];
    expect(await as('ci')(1, ...glass)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await as('dora')(0, ...glass)).toMatchObject({ state: 'succeeded', release: next });
    expect(await on.environment('stage')).toMatchObject({ glass: [{ by: mailOf('dora'), reason: 'alone at night' }] });
    await on.soundbite(0, 'freeze', 'remove', freezes[0]?.id ?? '');
  });

  it('a hold keeps what people promote, lets a rollback go, and is ended by who made it or by an admin', async () => {
    const hold = await as('dora')<HoldList>(0, 'hold', 'stage', '--reason', 'looking into it');
    await on.soundbite(0, 'rollback', 'stage');
    const waiting = await on.waiting('stage');
    expect(waiting.waitingFor.map(({ gate }) => gate)).toEqual(['hold']);
    const [{ id = '' } = {}] = hold.holds;
    expect(await as('ci')(1, 'resume', 'stage', '--hold', id)).toMatchObject({ error: { code: 'hold-of-others' } });
    await as('dora')(0, 'resume', 'stage');
    expect(await on.end(waiting.promotion)).toMatchObject({ state: 'succeeded', release: next });
  });

  it('of what waits only the newest goes on', async () => {
    await on.soundbite(0, 'rollback', 'stage');
    await on.soundbite(0, 'hold', 'stage', '--reason', 'a load test');
    const older = await on.waiting('stage');
    const newer = await on.cut(greeter.mark('three'));
    await on.soundbite(0, 'promote', 'test', '--release', newer);
    const waiting = await on.waiting('stage');
    expect(await on.end(older.promotion, 1)).toMatchObject({ reason: expect.stringContaining('superseded') });
    await on.soundbite(0, 'resume', 'stage');
    expect(await on.end(waiting.promotion)).toMatchObject({ state: 'succeeded', release: newer });
    next = newer;
  });

  it('a blocked release stops where it waits, goes nowhere, and is rolled back from', async () => {
    await on.soundbite(0, 'hold', 'live', '--reason', 'so that it waits');
    const waiting = await on.waiting('live');
    await on.soundbite(0, 'block', next, '--reason', 'it loses data');
    expect(await on.end(waiting.promotion, 4)).toMatchObject({ reason: expect.stringContaining('it loses data') });
    const glass = ['--break-glass', '--reason', 'still'];
    expect(await on.soundbite(1, 'promote', 'live', '--release', next, ...glass)).toMatchObject({
      reason: expect.stringContaining('it loses data'),
    });
    expect(await on.soundbite(0, 'rollback', 'stage')).toMatchObject({ state: 'succeeded', previous: next });
    await on.soundbite(0, 'unblock', next);
    await on.soundbite(0, 'resume', 'live');
    expect(await on.soundbite(0, 'promote', 'stage', '--release', next)).toMatchObject({ state: 'succeeded' });
  });
});
