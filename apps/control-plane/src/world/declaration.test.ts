import { type Declaration, SoundBiteError } from '@soundbite/model';
import { environmentsIn, numbered } from '@soundbite/model/declaration/testing/given.ts';
import { expect, it } from 'vitest';
import { environmentsOnLambda } from './declaration.ts';

it('an account is as large as the environments on Lambda that are declared there; a file that cannot be read changes nothing', () => {
  let text: string | null = numbered(3, { 2: 'runtime: process' }).replace('"000000000003"', '"000000000001"');
  const count = environmentsOnLambda(() => {
    if (text === null) throw new SoundBiteError('declaration-invalid', 'half a file');
    return { environments: environmentsIn({ text }), digest: '' } satisfies Declaration;
  });
  expect(['000000000001', '000000000002', '000000000009'].map(count)).toEqual([2, 0, 0]);
  text = null;
  expect(count('000000000001')).toBe(2);
  text = numbered(2);
  expect(['000000000001', '000000000002'].map(count)).toEqual([1, 1]);
});
