import { expect, it } from 'vitest';
import { SoundBiteError } from './errors.ts';
import { hintFor, hintingFor } from './hints.ts';

it('a hint names the environment that it is about', async () => {
  const mend = 'soundbite bootstrap <environment>, then soundbite promote <environment>';
  expect(hintFor('staging', mend)).toBe('soundbite bootstrap staging, then soundbite promote staging');
  const error = new SoundBiteError('cloud-credentials', 'no role', { source: 'user', mend, path: 'a', line: 2 });
  await expect(hintingFor('staging', () => Promise.reject(error))).rejects.toMatchObject({
    code: 'cloud-credentials',
    message: 'no role',
    source: 'user',
    mend: hintFor('staging', mend),
    cause: error,
    path: 'a',
    line: 2,
  });
});

it('what needs no name is left as it is', async () => {
  for (const error of [new Error('odd'), new SoundBiteError('odd', 'odd', { mend: 'wait' }), 'text'])
    await expect(hintingFor('staging', () => Promise.reject(error))).rejects.toBe(error);
  expect(await hintingFor('staging', async () => 1)).toBe(1);
});
