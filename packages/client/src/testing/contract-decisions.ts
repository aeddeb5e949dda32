import { randomUUID } from 'node:crypto';
import { type Digest, isFinal } from '@soundbite/model';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../client.ts';
import type { PromotionView } from '../schemas.ts';
import type { Endpoint } from '../transport.ts';
import { clientOf } from './contract-people.ts';

/** What a test of the contract does with promotions that people decide about. */
interface DecisionStage {
  readonly endpoint: Endpoint;
  readonly client: Client;
  readonly live: Digest;
  until(id: string, isSo: (view: PromotionView) => boolean): Promise<PromotionView>;
  /** Lets it go on to its end. */
  ended(id: string): Promise<PromotionView>;
}

/** What people decide, and how environments differ. They are left as they were. */
export function decisionsContract(stage: () => DecisionStage): void {
  let names: readonly string[];
  beforeAll(async () => {
    names = (await stage().client.environments()).environments.map(({ name }) => name);
  });

  it('environments differ by what the release or the environment says of each, and one does not from itself', async () => {
    const { client, live } = stage();
    const [first = '', second = first] = names;
    const end = { at: null, release: live, commit: expect.any(String), dirty: expect.any(Boolean) };
    const diff = await client.diff({ from: first, to: second });
    const ends = { from: { ...end, environment: first }, to: { ...end, environment: second } };
    expect(diff).toMatchObject({ ...ends, commits: [], unknown: [] });
    for (const { because } of [...(diff.settings ?? []), ...(diff.resources ?? [])])
      expect(because).toEqual(['environment']);
    const none = { commits: [], settings: [], resources: [], gates: [], unknown: [] };
    expect(await client.diff({ from: first, to: first })).toEqual({ from: ends.from, to: ends.from, ...none });
  });

  describe('an approval', () => {
    /** The first environment that asks for one; undefined: none does. */
    async function asking(): Promise<string | undefined> {
      for (const name of names) {
        const { gates } = await stage().client.diff({ from: names[0] ?? '', to: name });
        if (gates?.some(({ gate, to }) => gate === 'approval' && to !== null)) return name;
      }
      return undefined;
    }

    it('is waited for from those who can give it; a no ends a promotion, a yes lets it in, sent twice or not', async (context) => {
      const { endpoint, client, live, until, ended } = stage();
      const environment = await asking();
      if (environment === undefined) return context.skip('no environment asks for an approval');
      const person = `${randomUUID().slice(0, 8)}@example.com`;
      const bob = await clientOf(endpoint, { role: 'approver', person });
      const ana = await clientOf(endpoint, { role: 'deployer', person: 'ana@example.com' });
      const waiting = async () => {
        const { promotion } = await ana.promote({ environment, kind: 'promote', release: live });
        return until(promotion, ({ waitingFor }) => waitingFor.length > 0);
      };
      const held = await waiting();
      expect(held).toMatchObject({ state: 'waiting', admission: null, steps: [] });
      expect(held.waitingFor).toEqual([
        { gate: 'approval', who: expect.arrayContaining([person, 'local']), until: null },
      ]);
      const about = { promotion: held.promotion, environment, release: live };
      await expect(ana.decide(held.promotion, { verdict: 'yes' })).rejects.toMatchObject({ code: 'forbidden' });
      const no = { verdict: 'no', reason: 'not today' } as const;
      expect(await bob.decide(held.promotion, no)).toMatchObject(about);
      const refused = await until(held.promotion, ({ state }) => isFinal(state));
      expect(refused).toMatchObject({ ...about, state: 'failed', steps: [], waitingFor: [] });
      expect(refused.reason).toContain(`${person} said no: not today`);
      expect(await bob.decide(held.promotion, no)).toMatchObject({ ...about, state: 'failed' });

      const next = await waiting();
      expect(next.promotion).not.toBe(held.promotion);
      for (const _ of [1, 2])
        expect(await bob.decide(next.promotion, { verdict: 'yes', release: live })).toMatchObject({
          ...{ promotion: next.promotion, environment },
        });
      const done = await ended(next.promotion);
      expect(done).toMatchObject({ state: 'succeeded', actor: 'ana@example.com', waitingFor: [] });
      const [gate] = done.gates.filter((one) => one.gate === 'approval');
      expect(gate).toMatchObject({ moment: 'entry', verdict: 'pass', until: null });
      // What is relaxed where the cloud is emulated is said, too.
      expect(gate?.reasons.filter((one) => !one.startsWith('relaxed, '))).toEqual([`${person} said yes`]);
      const { approvals } = await client.timeline(next.promotion);
      const word = { person, role: 'approver', verdict: 'yes', reason: null, at: expect.stringMatching(/Z$/) };
      expect(approvals).toEqual([word]);
    });
  });
}
