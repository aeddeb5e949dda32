import { digestOf, homeSite, SoundBiteError, sharedSite, shortDigest } from '@soundbite/model';
import { expect, it } from 'vitest';
import { whyLeft } from './claim.ts';

const home = { id: 'a'.repeat(32), host: 'laptop' };
const other = { id: 'b'.repeat(32), host: 'desk' };
const release = digestOf('x');
const asked = { site: sharedSite('staging'), release, plan: null, home: other };

const storeThat = (error?: Error) => ({
  releases: { get: async () => (error ? Promise.reject(error) : ({} as never)) } as never,
});
const lacks = storeThat(new SoundBiteError('release-unknown', 'not in the store'));

it('a promotion into a shared environment is left to a control plane that has its release, and it says for whom it waits', async () => {
  expect(await whyLeft(lacks, home, asked)).toBe(
    `waits for a control plane that has ${shortDigest(release)}; it was asked for on desk (home bbbbbbbb)`,
  );
  expect(await whyLeft(storeThat(), home, asked)).toBeNull();
});

it('a store that cannot be asked is told; a release that is altered is taken, and its steps say so', async () => {
  const away = storeThat(new SoundBiteError('database-down', 'the bucket does not answer'));
  expect(await whyLeft(away, home, asked)).toMatch(/^waits for .*; the bucket does not answer$/);
  expect(await whyLeft(storeThat(new SoundBiteError('release-altered', 'x')), home, asked)).toBeNull();
});

it('what only this home can carry out is not left', async () => {
  expect(await whyLeft(lacks, home, { ...asked, site: homeSite('dev', home.id) })).toBeNull();
  expect(await whyLeft(lacks, null, asked)).toBeNull();
});
