import { expect, it } from 'vitest';
import { SoundBiteError } from './errors.ts';
import { hintFor, hintingFor } from './hints.ts';

it('a hint names the environment that it is about', async () => {
  const hint = 'soundbite bootstrap <environment>, then soundbite promote <environment>';
  expect(hintFor('staging', hint)).toBe('soundbite bootstrap staging, then soundbite promote staging');
  const error = new SoundBiteError('cloud-credentials', 'no role', { hint, path: 'a', line: 2 });
  await expect(hintingFor('staging', () => Promise.reject(error))).rejects.toMatchObject({
    code: 'cloud-credentials',
    message: 'no role',
    source: 'user',
    hint: hintFor('staging', hint),
    cause: error,
    path: 'a',
    line: 2,
  });
});

it('what needs no name is left as it is', async () => {
  for (const error of [new Error('odd'), new SoundBiteError('unexpected', 'odd', { hint: 'wait' }), 'text'])
    await expect(hintingFor('staging', () => Promise.reject(error))).rejects.toBe(error);
  expect(await hintingFor('staging', async () => 1)).toBe(1);
});
