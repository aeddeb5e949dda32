import { describe, expect, it } from 'vitest';
import type { StepRun } from './run.ts';
import { stoppable } from './stoppable.ts';

/** A promotion of which there is news all the time; `asked` is what its row says in turn, the last one for good. */
function runOf(...asked: { readonly stopped?: string; readonly broken?: string }[]) {
  let looks = 0;
  const run = {
    id: 'p-1',
    wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
    records: {
      asked: async () => ({ stopped: null, broken: null, ...asked[Math.min(looks++, asked.length - 1)] }),
    },
  } as unknown as StepRun;
  return { run, looks: () => looks };
}

/** Work that goes on until it is called off. */
const endless = (signal: AbortSignal) =>
  new Promise<string>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('work that can be stopped', () => {
  it('gives its result, and its error; what is quick is not looked after', async () => {
    const { run, looks } = runOf({ stopped: 'by ana' });
    expect(await stoppable(run, async () => 'done')).toEqual({ result: 'done' });
    await expect(stoppable(run, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    expect(looks()).toBe(0);
  });

  it.each([
    [{ stopped: 'by ana' }, 'by ana'],
    [{ broken: 'it broke' }, 'it broke'],
    [{ stopped: 'by ana', broken: 'it broke' }, 'it broke'],
  ])('is called off when the promotion is stopped: %j', async (asked, why) => {
    let signal: AbortSignal | undefined;
    const { run } = runOf({}, {}, asked);
    const stopped = await stoppable(run, (given) => {
      signal = given;
      return endless(given);
    });
    expect(stopped).toEqual({ stopped: why });
    expect(signal?.aborted).toBe(true);
  });

  it('waits until work that was called off has cleaned up', async () => {
    let isClean = false;
    const { run } = runOf({ stopped: 'by ana' });
    await stoppable(run, async (signal) => {
      await endless(signal).catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
      isClean = true;
    });
    expect(isClean).toBe(true);
  });

  it('is called off when nobody can say whether it is stopped', async () => {
    const { run } = runOf({});
    const away = { ...run, records: { asked: () => Promise.reject(new Error('away')) } } as unknown as StepRun;
    let signal: AbortSignal | undefined;
    const work = (given: AbortSignal) => {
      signal = given;
      return endless(given);
    };
    await expect(stoppable(away, work)).rejects.toThrow('away');
    expect(signal?.aborted).toBe(true);
  });
});
