import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { writeLines } from './lines.ts';

const beatMs = 20;

/** What is written, and a wait for the next of it. */
function reader() {
  const written: string[] = [];
  let wake = () => {};
  const out = {
    aborted: false,
    async write(text: string) {
      written.push(text);
      wake();
    },
  };
  const until = async (count: number) => {
    while (written.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return { written, out, until };
}

it('a stream that has nothing to say says that it goes on, and ends with its last line', async () => {
  const { written, out, until } = reader();
  await writeLines(
    out,
    (async function* () {
      yield { first: 1 };
      await until(3);
      yield { last: 2 };
    })(),
    { everyMs: beatMs },
  );
  expect(written).toEqual(['{"first":1}\n', '\n', '\n', '{"last":2}\n']);
  await pause(3 * beatMs);
  expect(written).toHaveLength(4);
});

it('beats do not pile up for a reader that takes nothing', async () => {
  const written: string[] = [];
  let take = () => {};
  const out = {
    aborted: false,
    write: (text: string) =>
      new Promise<void>((resolve) => {
        written.push(text);
        take = resolve;
      }),
  };
  const writing = writeLines(
    out,
    (async function* () {
      yield { only: 1 };
    })(),
    { everyMs: beatMs },
  );
  await pause(5 * beatMs);
  expect(written).toEqual(['{"only":1}\n']);
  take();
  await writing;
});

it('an error on the way is the last line', async () => {
  const { written, out } = reader();
  await writeLines(
    out,
    (async function* () {
      yield { first: 1 };
      throw new Error('the end');
    })(),
    { everyMs: beatMs },
  );
  expect(JSON.parse(written[1] ?? '')).toMatchObject({ error: { code: 'unexpected', message: 'the end' } });
});
