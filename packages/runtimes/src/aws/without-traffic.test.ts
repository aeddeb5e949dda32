import { SoundBiteError, type Target } from '@soundbite/model';
import { expect, it } from 'vitest';
import { withoutTraffic } from './without-traffic.ts';

const fence = { owner: 'test', generation: 1 };
const named = (name: string, message = name) => Object.assign(new Error(message), { name });
const refused = new SoundBiteError('mapping-stuck', 'the mapping m-1 cannot be disabled: Queue visibility timeout', {
  cause: named('InvalidParameterValueException'),
});

/** What is done where taking the traffic away ends so; and how it ends itself. */
async function ending(error: Error) {
  const done: string[] = [];
  const runtime = {
    setWeights: async () => {
      done.push('weights');
      throw error;
    },
    retire: async () => {
      done.push('versions');
      return [];
    },
  };
  const end = await withoutTraffic(runtime, {} as Target, fence).then(
    () => 'done',
    (thrown: Error) => thrown.message,
  );
  return [...done, end];
}

it.each([
  ['a queue that somebody changed so that AWS refuses to switch its mapping', refused],
  ['a function that somebody deleted', named('ResourceNotFoundException')],
])('%s does not keep an environment from going', async (_what, error) => {
  expect(await ending(error)).toEqual(['weights', 'versions', 'done']);
});

it.each([
  ['a mapping that does not become what it was told to be', new SoundBiteError('mapping-stuck', 'after 3 min')],
  ['a controller that lost the environment', new SoundBiteError('generation-old', 'another one has it')],
])('%s does', async (_what, error) => {
  expect(await ending(error)).toEqual(['weights', error.message]);
});
