import type { Digest } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import type { Client } from '../client.ts';
import type { LedgerEntry, PromotionView } from '../schemas.ts';

/** An environment of processes, healthy and idle. */
export interface DevUnderTest {
  readonly client: Client;
  readonly environment: string;
  readonly live: Digest;
  promote(): ReturnType<Client['promote']>;
  until(promotion: string, isSo: (view: PromotionView) => boolean): Promise<PromotionView>;
  ledger(): Promise<readonly LedgerEntry[]>;
}

/** Sessions that serve the working tree. */
export function devContract(on: () => DevUnderTest): void {
  describe('a dev session', () => {
    it('has the environment: promotions wait for it, nobody else serves or destroys it', async () => {
      const { client, environment: first, live, promote, until, ledger } = on();
      const { session, environment, silenceSeconds } = await client.startDev(first);
      expect({ environment, silenceSeconds }).toEqual({ environment: first, silenceSeconds: expect.any(Number) });
      try {
        expect(await client.beatDev(session, [])).toEqual({ session, reloads: expect.any(Number), problem: null });
        const [taint] = (await client.taints(first)).taints;
        const open = { by: null, ended: null, endedAs: null, reason: null, promotion: null };
        const about = { environment: first, why: 'dev', findings: [expect.stringContaining('dev')], release: live };
        expect(taint).toEqual({ id: expect.any(String), since: expect.stringMatching(/Z$/), ...about, ...open });
        expect((await client.status([first])).environments[0]?.taints).toEqual([taint]);
        expect((await client.why(first)).taints).toEqual([taint]);
        expect((await client.overview()).environments[0]?.holder).toMatch(/^dev session /);
        const busy = { code: 'environment-busy', source: 'user', message: expect.stringContaining(first) };
        await expect(client.startDev(first)).rejects.toMatchObject(busy);
        // Nobody accepts what is still to come.
        await expect(client.acceptTaints(first, { reason: 'x' })).rejects.toMatchObject(busy);
        await expect(client.destroy(first, first)).rejects.toMatchObject(busy);

        const { promotion } = await promote();
        const waiting = await until(promotion, ({ reason }) => reason !== null);
        expect(waiting).toMatchObject({ state: 'waiting', steps: [], planned: [] });
        expect(waiting.admission).toMatch(/\w/);
        expect(waiting.reason).toMatch(new RegExp(`^dev session .+ holds ${first}$`));
        expect(await client.abort(promotion, 'enough')).toMatchObject({
          state: 'aborted',
          reason: 'enough',
          steps: [],
        });
        const { entries } = await client.timeline(promotion);
        expect(entries.find(({ what }) => what === 'stop-asked')).toMatchObject({ by: 'local', reason: 'enough' });
      } finally {
        expect(await client.endDev(session)).toEqual({ session });
      }
      expect(await client.endDev(session)).toEqual({ session });
      const [taint, ...older] = (await client.taints()).taints.filter((one) => one.environment === first);
      const accepted = await client.acceptTaints(first, { reason: 'tried it', taint: taint?.id });
      const said = { by: 'local', ended: expect.stringMatching(/Z$/), endedAs: 'accepted', reason: 'tried it' };
      expect(accepted).toEqual({ taints: [{ ...taint, ...said }, ...older] });
      expect(await client.acceptTaints(first, { reason: 'again' })).toEqual(accepted);
      expect((await client.status([first])).environments[0]?.taints).toEqual([]);
      const words = (await ledger()).filter(({ payload }) => (payload as { taint?: string }).taint === taint?.id);
      expect(words.map(({ kind }) => kind)).toEqual(['taint.found', 'taint.ended']);
      await expect(client.taints('nosuch')).rejects.toMatchObject({ code: 'environment-unknown' });
      await expect(client.beatDev(session, [])).rejects.toMatchObject({ code: 'session-unknown', source: 'user' });
    });

    it('is offered for each environment in which it can begin, and another command for the others', async () => {
      const { client, environment: first } = on();
      const { environments } = await client.devOffers();
      const declared = (await client.environments()).environments.map(({ name }) => name);
      expect(environments.map(({ environment }) => environment)).toEqual(declared);
      expect(environments.find(({ environment }) => environment === first)?.dev).toBe(true);
      for (const { environment, dev, use } of environments)
        expect(use).toBe(`soundbite ${dev ? 'dev' : 'deploy'} ${environment}`);
      for (const { environment } of environments.filter(({ dev }) => !dev))
        await expect(client.startDev(environment)).rejects.toMatchObject({ code: 'dev-needs-processes' });
    });

    it('is for processes only', async () => {
      const { client } = on();
      const functions = (await client.status()).environments.find(({ runtime }) => runtime === 'aws');
      await expect(client.startDev(functions?.name ?? '')).rejects.toMatchObject({ code: 'dev-needs-processes' });
    });
  });
}
