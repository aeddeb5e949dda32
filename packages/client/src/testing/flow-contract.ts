import type { Digest } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import type { Client } from '../client.ts';
import type { LedgerEntry, PromotionView } from '../schemas.ts';

/** What a test of the contract does with promotions into an environment that takes any release. */
export interface FlowStage {
  readonly client: Client;
  readonly environment: string;
  readonly live: Digest;
  /** Promotes what is live there again. */
  promote(more?: { readonly kind: 'rollback' }): Promise<PromotionView>;
  until(id: string, isSo: (view: PromotionView) => boolean): Promise<PromotionView>;
  ledger(): Promise<readonly LedgerEntry[]>;
  /** Lets it go on to its end. */
  ended(id: string): Promise<PromotionView>;
}

/** The course of a promotion that a freeze kept out: each wait, what let it in, each step, the end, in order of time. */
async function hasTimeline(client: Client, done: PromotionView, says: string): Promise<void> {
  const { entries, evidence, approvals, cut, ...head } = await client.timeline(done.promotion);
  expect(cut).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}$/), dirty: expect.any(Boolean) });
  const spans = { waitedSeconds: expect.any(Number), workedSeconds: expect.any(Number) };
  const { kind, account, region } = (await client.environment(done.environment)).declaration.cloud;
  const cloud = { kind, account, region };
  expect(head).toEqual({ ...done, role: 'admin', cloud, follows: null, aborts: null, ...spans });
  expect(entries.map(({ what }) => what)).toEqual([
    ...['asked', 'wait', 'admitted', 'turn'],
    ...done.steps.map(() => 'step'),
    'ended',
  ]);
  const [asked, wait, admitted, turn, step] = entries;
  expect(asked).toMatchObject({ at: done.createdAt, by: 'local' });
  const gates = [{ gate: 'freeze', verdict: 'wait', reasons: [says] }];
  expect(wait).toMatchObject({ seconds: expect.any(Number), reason: `freeze: ${says}`, gates });
  expect(admitted).toMatchObject({ at: expect.stringMatching(/Z$/), reason: done.admission });
  expect(turn).toMatchObject({ at: admitted?.at, seconds: expect.any(Number) });
  expect(step).toMatchObject({ at: done.beganAt, step: { name: done.steps[0]?.name, attempts: 1 } });
  expect(entries.at(-1)).toMatchObject({ at: done.finishedAt, state: 'succeeded', reason: null });
  expect(approvals).toEqual([]);
  expect(evidence.every(({ digest }) => digest.startsWith('sha256:'))).toBe(true);
}

/** What keeps releases from entering an environment. It is left as it was. */
export function flowContract(stage: () => FlowStage): void {
  describe('a freeze', () => {
    it('keeps what is promoted waiting, with who, why and until when, until it is taken away', async () => {
      const { client, environment, live, promote, until, ended, ledger } = stage();
      const before = (await client.freezes()).freezes;
      const end = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000).toISOString();
      const request = { until: end, reason: 'release night', idempotencyKey: crypto.randomUUID() };
      const { freezes } = await client.freeze(environment, request);
      const [freeze] = freezes;
      const about = { environment, until: end, reason: 'release night', by: 'local' };
      expect(freeze).toEqual({ id: expect.any(String), from: expect.stringMatching(/^\d{4}-/), ...about });
      expect(await client.freeze(environment, request)).toEqual({ freezes });
      expect(await client.freezes(environment)).toEqual({ freezes });
      expect((await client.status([environment])).environments[0]?.freezes).toEqual(freezes);

      const { promotion } = await promote();
      const held = await until(promotion, ({ waitingFor }) => waitingFor.length > 0);
      const says = `${environment} is frozen until ${end.slice(0, 10)} ${end.slice(11, 16)} UTC by local (release night)`;
      const gates = [
        { gate: 'freeze', moment: 'entry', verdict: 'wait', reasons: [says], until: end, seconds: null },
      ] as const;
      expect(held).toMatchObject({ state: 'waiting', admission: null, reason: `freeze: ${says}`, gates });
      expect(held.waitingFor).toEqual([{ gate: 'freeze', who: [], until: end }]);
      expect((await client.plan(environment, live)).gates).toEqual(gates);

      expect(await client.removeFreeze(freeze?.id ?? '')).toEqual({
        freezes: before.filter((one) => one.environment === environment),
      });
      expect((await client.removeFreeze(freeze?.id ?? '')).freezes).not.toContainEqual(freeze);
      const done = await ended(promotion);
      expect(done).toMatchObject({ state: 'succeeded', waitingFor: [] });
      await hasTimeline(client, done, says);
      expect(await client.freezes()).toEqual({ freezes: before });
      const said = (await ledger()).filter(({ payload }) => (payload as { freeze?: string }).freeze === freeze?.id);
      expect(said.map(({ kind }) => kind)).toEqual(['freeze.added', 'freeze.removed']);
    });

    it('that is over already, or of something unknown, is refused', async () => {
      const { client, environment } = stage();
      const to = (name: string, until: string) => client.freeze(name, { until, reason: 'x' });
      await expect(to(environment, '2026-01-01T00:00:00Z')).rejects.toMatchObject({ code: 'usage', source: 'user' });
      await expect(to(environment, '9999-01-01T00:00:00Z')).rejects.toMatchObject({ code: 'usage' });
      await expect(to('nosuch', '9999-01-01T00:00:00Z')).rejects.toMatchObject({ code: 'environment-unknown' });
      await expect(client.freezes('nosuch')).rejects.toMatchObject({ code: 'environment-unknown' });
      await expect(client.removeFreeze('nosuch')).rejects.toMatchObject({ code: 'freeze-unknown' });
    });
  });

  describe('a hold', () => {
    it('keeps what is promoted waiting until it is resumed; a rollback makes one for what comes by itself', async () => {
      const { client, environment, live, promote, until, ended } = stage();
      const request = { reason: 'an outage', idempotencyKey: crypto.randomUUID() };
      const { holds } = await client.hold(environment, request);
      const since = expect.stringMatching(/^\d{4}-.*Z$/);
      const one = { environment, scope: 'all', since, until: null, reason: 'an outage', by: 'local' };
      expect(holds[0]).toEqual({ id: expect.any(String), ...one });
      expect(await client.hold(environment, request)).toEqual({ holds });
      expect((await client.status([environment])).environments[0]?.holds).toEqual(holds);

      const { promotion } = await promote();
      const held = await until(promotion, ({ waitingFor }) => waitingFor.length > 0);
      const says = `${environment} is held by local (an outage); soundbite resume ${environment} --hold ${holds[0]?.id.slice(0, 8)}`;
      expect(held).toMatchObject({ state: 'waiting', admission: null, reason: `hold: ${says}` });
      expect(held.gates).toMatchObject([{ gate: 'hold', verdict: 'wait', reasons: [says], until: null }]);
      const { release, waits, ...why } = await client.why(environment);
      expect({ release, holds: why.holds }).toEqual({ release: live, holds });
      expect(waits).toMatchObject([{ promotion, release: live, by: 'local', comesFrom: null, gates: held.gates }]);
      const left = await client.resume(environment, holds[0]?.id ?? '');
      expect(left).toEqual({ holds: holds.slice(1) });
      expect(await client.resume(environment, holds[0]?.id ?? '')).toEqual(left);
      expect(await client.resume(environment, holds[0]?.id.slice(0, 8) ?? '')).toEqual(left);
      expect(await ended(promotion)).toMatchObject({ state: 'succeeded' });
      await expect(client.hold('nosuch', request)).rejects.toMatchObject({ code: 'environment-unknown' });
      await expect(client.resume('nosuch')).rejects.toMatchObject({ code: 'environment-unknown' });
      await expect(client.resume(environment, 'nosuch')).rejects.toMatchObject({ code: 'hold-unknown' });
    });
  });

  describe('a block of a release', () => {
    it('is told, lets it stay and be restored where it is live, and nobody goes back to it', async () => {
      const { client, environment, live, promote, ended, ledger } = stage();
      const blocked = await client.block(live, 'wrong prices');
      const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(blocked).toEqual({ release: live, blocked: true, reason: 'wrong prices', by: 'local', at });
      const why = (await client.overview()).environments.find((place) => place.environment === environment)?.why;
      expect(why?.blocked).toEqual(blocked);
      expect(await client.block(live, 'wrong prices')).toEqual(blocked);
      expect((await client.status([environment])).environments[0]).toMatchObject({ blocked, release: live });
      const back = { environment, kind: 'rollback', release: live } as const;
      const listed = async () => (await client.releases()).releases.find(({ release }) => release === live);
      expect([(await listed())?.blocked, (await client.release(live)).blocked]).toEqual([blocked, blocked]);
      await expect(client.promote(back)).rejects.toMatchObject({ code: 'release-blocked', source: 'user' });
      const way = (await client.plan(environment, live)).rollback;
      expect(way?.to).not.toBe(live);
      expect(way).toMatchObject(way?.to ? { ready: true } : { obstacles: [{ code: 'nothing-to-roll-back-to' }] });
      expect(await ended((await promote()).promotion)).toMatchObject({ state: 'succeeded' });
      const again = { ...blocked, blocked: false, reason: 'right again', at };
      expect(await client.unblock(live, 'right again')).toEqual(again);
      expect(await client.unblock(live)).toMatchObject({ release: live, blocked: false });
      expect((await client.status([environment])).environments[0]?.blocked).toBeNull();
      expect([(await listed())?.blocked, (await client.release(live)).blocked]).toEqual([null, null]);
      const said = (await ledger()).filter(({ subject, kind }) => subject === live && /blocked$/.test(kind));
      expect(said.slice(-2).map(({ kind }) => kind)).toEqual(['release.blocked', 'release.unblocked']);
      await expect(client.block(`sha256:${'0'.repeat(64)}`, 'x')).rejects.toMatchObject({ code: 'release-unknown' });
    });
  });
}
