import { describe, expect, it } from 'vitest';
import { type PromotionDocument, soundbite, status } from '../support/environments.ts';

const digest = /^sha256:[0-9a-f]{64}$/;
const keysOf = (value: object) => Object.keys(value).sort();

/** What no promotion changes that goes on meanwhile. */
const placesIn = ({ environments }: Awaited<ReturnType<typeof status>>) =>
  environments.map(({ name, url, runtime, cloud }) => ({ name, url, runtime, cloud }));

/** Which promotions were asked for, whatever has become of them. */
const everyPromotion = async () =>
  (await soundbite('history', '--json'))
    .json<{ promotions: readonly PromotionDocument[] }>()
    .promotions.map(({ promotion }) => promotion);

describe('status --json', () => {
  it('is one document with the promised fields', async () => {
    const run = await soundbite('status', '--json');
    expect(run.code).toBe(0);
    const document = run.json<Awaited<ReturnType<typeof status>>>();
    expect(keysOf(document)).toEqual(expect.arrayContaining(['controlPlane', 'environments']));
    expect(document.controlPlane).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      pid: expect.any(Number),
    });
    for (const environment of document.environments) {
      const promised = ['cloud', 'findings', 'name', 'promotion', 'release', 'runtime', 'state', 'url'];
      expect(keysOf(environment)).toEqual(expect.arrayContaining(promised));
      expect(keysOf(environment.cloud)).toEqual(expect.arrayContaining(['account', 'endpoint', 'kind', 'region']));
      expect(environment.release).toMatch(digest);
      // Something may be on its way, whoever asked for it.
      if (environment.promotion !== null)
        expect(keysOf(environment.promotion)).toEqual(expect.arrayContaining(['id', 'release', 'state', 'step']));
    }
  });
});

describe('release cut --json', () => {
  it('names the release, and the same inputs make the same one', async () => {
    const first = (await soundbite('release', 'cut', '--json')).json();
    expect(keysOf(first)).toEqual(
      expect.arrayContaining(['commit', 'created', 'dirty', 'path', 'release', 'uncommitted']),
    );
    expect(first.release).toMatch(digest);
    const second = (await soundbite('release', 'cut', '--json')).json();
    expect(second).toEqual({ ...first, created: false });
  });
});

describe('promote, rollback and deploy --json', () => {
  it('wait, and tell every step', async () => {
    const run = await soundbite('promote', 'dev-aws', '--json');
    expect(run.code, run.stderr).toBe(0);
    const document = run.json<PromotionDocument>();
    for (const key of ['promotion', 'environment', 'release', 'previous', 'state', 'reason', 'steps'])
      expect(document).toHaveProperty(key);
    expect(document).toMatchObject({ environment: 'dev-aws', state: 'succeeded', reason: null });
    for (const step of document.steps) {
      expect(step).toMatchObject({ name: expect.any(String), state: expect.any(String), seconds: expect.any(Number) });
    }
    expect(run.stderr).not.toBe('');
  });

  it('--no-wait returns at once, and --through gives all promotions', async () => {
    const asked = await soundbite('promote', 'dev-aws', '--no-wait', '--json');
    expect(asked.code).toBe(0);
    expect(asked.json<PromotionDocument>().state).toMatch(/^(running|waiting)$/);
    const through = await soundbite('promote', '--through', 'dev-aws-deployed', '--json');
    expect(through.code, through.stderr).toBe(0);
    const { promotions } = through.json<{ promotions: PromotionDocument[] }>();
    expect(promotions.map(({ environment, state }) => `${environment} ${state}`)).toEqual(
      expect.arrayContaining(['dev-aws succeeded', 'dev-aws-deployed succeeded']),
    );
  });
});

describe('errors', () => {
  it('are one document with code, message and hint, and an exit code', async () => {
    const unknown = await soundbite('promote', 'stagin', '--json');
    expect(unknown.code).toBe(2);
    expect(unknown.json()).toMatchObject({
      error: {
        code: expect.any(String),
        message: expect.stringContaining('stagin'),
        hint: expect.stringContaining('staging'),
      },
    });

    const missing = await soundbite('release', 'verify', `sha256:${'0'.repeat(64)}`, '--json');
    expect(missing.code).toBe(2);
    expect(missing.json()).toMatchObject({ error: { code: 'release-unknown' } });
    expect(missing.stdout + missing.stderr).not.toMatch(/^\s+at .*\.ts:\d+/m);
  });
});

it('up --no-promote cuts and promotes nothing', async () => {
  const before = await everyPromotion();
  const run = await soundbite('up', '--no-promote', '--json');
  expect(run.code).toBe(0);
  const told = await status();
  expect(keysOf(run.json())).toEqual(keysOf(told));
  expect(placesIn(run.json<typeof told>())).toEqual(placesIn(told));
  expect(await everyPromotion()).toEqual(before);
});
