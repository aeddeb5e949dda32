import { digestOf, homeSite, type PromotionPlan, SoundBiteError, sharedSite, shortDigest } from '@soundbite/model';
import { expect, it } from 'vitest';
import { whyLeft } from './claim.ts';

const home = { id: 'a'.repeat(32), host: 'laptop' };
const other = { id: 'b'.repeat(32), host: 'desk' };
const release = digestOf('x');
const asked = {
  site: sharedSite('staging'),
  release,
  plan: null,
  home: other,
  stopped: null,
  broken: null,
  givenUp: null,
};

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

it('a shared store that fails, or has an altered copy, is told; a home’s own release that is altered is taken, and its steps say so', async () => {
  for (const code of ['release-store-down', 'release-store-refused', 'release-copy-altered'] as const) {
    const failing = storeThat(new SoundBiteError(code, 's3://team/x is not what was cut, or away'));
    expect(await whyLeft(failing, home, asked)).toMatch(/^waits for .*; s3:\/\/team\/x is not what was cut, or away$/);
  }
  expect(await whyLeft(storeThat(new SoundBiteError('release-altered', 'x')), home, asked)).toBeNull();
});

it('what only this home can carry out is not left', async () => {
  expect(await whyLeft(lacks, home, { ...asked, site: homeSite('dev', home.id) })).toBeNull();
  expect(await whyLeft(lacks, null, asked)).toBeNull();
});

it('what is stopped, broken off or given up needs its release no more, only what was live', async () => {
  const previous = digestOf('before');
  const onlyHas = (digest: string) => ({
    releases: {
      get: async (wanted: string) => {
        if (wanted !== digest) throw new SoundBiteError('release-unknown', 'not in the store');
      },
    } as never,
  });
  const plan = { release, previous } as PromotionPlan;
  for (const why of ['stopped', 'broken', 'givenUp']) {
    expect(await whyLeft(onlyHas(previous), home, { ...asked, plan, [why]: 'x' })).toBeNull();
    expect(await whyLeft(lacks, home, { ...asked, plan: { ...plan, previous: null }, [why]: 'x' })).toBeNull();
    expect(await whyLeft(onlyHas(release), home, { ...asked, plan, [why]: 'x' })).toBe(
      `waits for a control plane that has ${shortDigest(previous)}; it was asked for on desk (home bbbbbbbb)`,
    );
  }
  expect(await whyLeft(onlyHas(previous), home, { ...asked, plan })).toContain(shortDigest(release));
});
