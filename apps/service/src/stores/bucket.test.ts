import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readSettings } from '../settings.ts';
import { variables } from '../testing/settings.ts';
import { openBucket } from './bucket.ts';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => vi.unstubAllEnvs());

const headers = { type: 'audio/wav', disposition: 'inline' };

/** A link as the service signs it with these variables. */
async function linkWith(told: Readonly<Record<string, string>>): Promise<URL> {
  for (const [name, value] of Object.entries(told)) vi.stubEnv(name, value);
  const bucket = openBucket(readSettings({ ...variables(), ...told }));
  const link = await bucket.presign('audio/1', headers, 'GET');
  bucket.close();
  return new URL(link);
}

const inside = 'http://127.0.0.1:8111';

it.each([
  ['the account that the service asks', { AWS_ENDPOINT_URL: inside }, `${inside}/bucket/audio/1`],
  [
    'where users reach that account, if they reach it elsewhere',
    { AWS_ENDPOINT_URL: inside, SOUNDBITE_SHOWN_ENDPOINT: 'http://127.0.0.2:8111' },
    'http://127.0.0.2:8111/bucket/audio/1',
  ],
  ['AWS itself', {}, 'https://bucket.s3.eu-central-1.amazonaws.com/audio/1'],
])('a link to audio leads to %s, and is signed for that host', async (_, told, to) => {
  const { origin, pathname, searchParams } = await linkWith(told);
  expect(`${origin}${pathname}`).toBe(to);
  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('host');
});
