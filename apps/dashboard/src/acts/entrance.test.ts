import type { Plan } from '@soundbite/client';
import { expect, it } from 'vitest';
import { entranceOf } from './entrance.ts';

const gates = (...verdicts: string[]) => verdicts.map((verdict) => ({ verdict })) as unknown as Plan['gates'];
const admission = (admitted: boolean) => ({ admitted }) as Plan['admission'];

it.each([
  [true, [], 'may enter'],
  [true, ['pass'], 'may enter'],
  [true, ['pass', 'wait'], 'may enter later'],
  [true, ['errored'], 'may enter later'],
  [true, ['wait', 'fail'], 'may not enter'],
  [false, ['pass'], 'may not enter'],
])('what the order says (%j) and gates say (%j) is that it %s', (admitted, verdicts, word) => {
  expect(entranceOf(admission(admitted), gates(...verdicts)).word).toBe(word);
});
