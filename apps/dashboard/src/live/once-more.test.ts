import { expect, it } from 'vitest';
import { onceMore } from './once-more.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('what is called while it works is done once more, and not once for each call; a failure ends nothing', async () => {
  const ends: ((failure?: Error) => void)[] = [];
  const call = onceMore(
    () => new Promise<void>((resolve, reject) => ends.push((failure) => (failure ? reject(failure) : resolve()))),
  );
  call();
  for (let n = 0; n < 5; n++) call();
  expect(ends).toHaveLength(1);
  ends[0]?.(new Error('it did not answer'));
  await turn();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await turn();
  expect(ends).toHaveLength(2);
  call();
  expect(ends).toHaveLength(3);
});
