import { describe, expect, it } from 'vitest';
import { digestOf, shortDigest } from './digest.ts';
import { type AdmissionFacts, admit, isFinal, PromotionRequest, promotionStates } from './promotion.ts';

const release = digestOf('new');
const other = digestOf('old');

const facts = (more: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  environment: 'production',
  release,
  before: { name: 'staging', liveRelease: release, healthy: true },
  wasLiveHere: false,
  isLiveHere: false,
  override: false,
  reason: undefined,
  ...more,
});

describe('the order is a law', () => {
  it('admits a release that is healthy in the environment before', () => {
    expect(admit(facts())).toEqual({ admitted: true, note: 'healthy in staging' });
  });

  it('admits any release into the first environment', () => {
    expect(admit(facts({ before: null }))).toEqual({
      admitted: true,
      note: 'the first environment takes any verified release',
    });
  });

  it('refuses a release that is not live in the environment before, and names the command that brings it there', () => {
    expect(admit(facts({ before: { name: 'staging', liveRelease: other, healthy: true } }))).toEqual({
      admitted: false,
      code: 'order',
      reason: `${release.slice(0, 19)} is not live in staging (${other.slice(0, 19)} is)`,
      hint: `soundbite promote staging --release ${release}, or --override --reason "why"`,
    });
    expect(admit(facts({ before: { name: 'staging', liveRelease: null, healthy: false } }))).toMatchObject({
      admitted: false,
      reason: `${release.slice(0, 19)} is not live in staging, which is empty`,
    });
  });

  it('refuses a release that is live there, but not healthy', () => {
    expect(admit(facts({ before: { name: 'staging', liveRelease: release, healthy: false } }))).toEqual({
      admitted: false,
      code: 'order',
      reason: `${release.slice(0, 19)} is not healthy in staging`,
      hint: 'soundbite health staging',
    });
  });

  it('lets a release come back that was live here', () => {
    const before = { name: 'staging', liveRelease: other, healthy: false };
    expect(admit(facts({ wasLiveHere: true, before }))).toEqual({
      admitted: true,
      note: 'rolling back to a release that was live in production',
    });
  });

  it('lets a release in again that is live here, whatever is before it, and does not call that going back', () => {
    for (const before of [null, { name: 'staging', liveRelease: other, healthy: false }]) {
      expect(admit(facts({ wasLiveHere: true, isLiveHere: true, before }))).toEqual({
        admitted: true,
        note: 'already live in production',
      });
    }
  });

  it('lets nobody back below a migration who does not insist, and says how', () => {
    const below = { floor: other, wasLiveHere: true };
    const refused = {
      admitted: false,
      code: 'rollback-below-floor',
      reason: `${shortDigest(other)} has migrated the data of production, and ${shortDigest(release)} was live in production before that`,
      hint: expect.stringContaining(`soundbite promote production --release ${release} --override --reason "why"`),
    };
    expect(admit(facts(below))).toEqual(refused);
    expect(admit(facts({ ...below, before: null }))).toEqual(refused);
    expect(admit(facts({ ...below, override: true, reason: 'it can' }))).toMatchObject({ admitted: true });
  });

  it('is overridden with a reason only', () => {
    const before = { name: 'staging', liveRelease: null, healthy: false };
    expect(admit(facts({ override: true, reason: '  outage ', before }))).toEqual({
      admitted: true,
      note: 'the order was overridden: outage',
    });
    for (const reason of [undefined, '', '   ']) {
      expect(admit(facts({ override: true, reason }))).toMatchObject({
        admitted: false,
        code: 'override-without-reason',
      });
    }
  });
});

describe('a request', () => {
  it('asks for nothing unusual by default', () => {
    expect(PromotionRequest.parse({ environment: 'staging', kind: 'promote' })).toEqual({
      environment: 'staging',
      kind: 'promote',
      override: false,
      allowRemovals: [],
      actor: 'local',
    });
  });

  it.each([{ kind: 'redeploy' }, { release: 'latest' }, { overide: true }, { reason: 'x'.repeat(1001) }])(
    'is not %j',
    (wrong) => {
      expect(PromotionRequest.safeParse({ environment: 'staging', kind: 'promote', ...wrong }).success).toBe(false);
    },
  );
});

it('a promotion is over unless it waits or runs', () => {
  expect(promotionStates.filter((state) => !isFinal(state))).toEqual(['waiting', 'running']);
});
