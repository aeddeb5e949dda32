import { expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

/** Looks that end when a test says so, with their number. */
function stage() {
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  const ask = oneAtATime(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.length;
        ends.push({ resolve: () => resolve(number), reject });
      }),
  );
  return { ends, ask };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('who comes while one is being made shares the next one, begun after they came', async () => {
  const { ends, ask } = stage();
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(ends).toHaveLength(1);
  ends[0]?.resolve();
  expect(await first).toBe(0);
  await turn();
  expect(ends).toHaveLength(2);
  const late = ask();
  ends[1]?.resolve();
  expect(await Promise.all(others)).toEqual([1, 1, 1]);
  await turn();
  ends[2]?.resolve();
  expect(await late).toBe(2);
  await turn();
  const alone = ask();
  expect(ends).toHaveLength(4);
  ends[3]?.resolve();
  expect(await alone).toBe(3);
});

it('one that fails is told to whom it was for, and the next is made all the same', async () => {
  const { ends, ask } = stage();
  const first = ask();
  const second = ask();
  ends[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await turn();
  ends[1]?.resolve();
  expect(await second).toBe(1);
});
