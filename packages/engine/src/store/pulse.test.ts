import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { pulse } from './pulse.ts';

const never = new Promise<never>(() => undefined);
const silent = (cause: unknown) => new Error(`away: ${(cause as Error).message}`);

describe('who only reads', () => {
  it('gets what there is while the database answers, however long the reading takes', async () => {
    const { whileAnswering, answers } = pulse(async () => 1, silent, 20);
    await answers();
    expect(await whileAnswering(() => pause(400, 'read'))).toBe('read');
    await expect(whileAnswering(() => Promise.reject(new Error('no such thing')))).rejects.toThrow('no such thing');
  });

  it.each([
    ['is silent', () => never, 'away: timeout'],
    ['refuses', () => Promise.reject(new Error('ECONNREFUSED')), 'away: ECONNREFUSED'],
  ])('hears that it is away when it %s', async (_how, ask, message) => {
    await expect(pulse(ask, silent, 100).whileAnswering(() => never)).rejects.toThrow(message);
    await expect(pulse(ask, silent, 100).answers()).rejects.toThrow(message);
  });

  it('does not hear of a moment’s absence', async () => {
    let asked = 0;
    const ask = async () => {
      if (asked++ < 2) throw new Error('ECONNREFUSED');
    };
    expect(await pulse(ask, silent, 1_000).whileAnswering(() => pause(300, 'read'))).toBe('read');
    expect(asked).toBeGreaterThan(2);
  });

  it('hears of it also when it goes away in the middle of the reading', async () => {
    let isAway = false;
    const reading = pulse(() => (isAway ? never : Promise.resolve()), silent, 100).whileAnswering(() => never);
    isAway = true;
    await expect(reading).rejects.toThrow('away: timeout');
  });

  it('asks one question, however many wait for it', async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return never;
    };
    const { whileAnswering } = pulse(ask, silent, 50);
    const all = await Promise.allSettled([1, 2, 3].map(() => whileAnswering(() => never)));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toBe(1);
  });
});
