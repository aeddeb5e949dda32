import type { OverviewPlace } from '@soundbite/client';
import { describe, expect, it } from 'vitest';
import { apartText, isMeant, meantText, progressOf, seenAs } from './card-facts.ts';

const release = `sha256:${'ab'.repeat(32)}`;
const place = {
  environment: 'staging',
  holder: null,
  why: { release, by: { actor: 'ana@example.com', reason: 'the fix' }, waits: [] },
  cut: { commit: 'c0ffee'.padEnd(40, '0'), subject: 'Speak louder', author: 'Ada' },
  running: null,
  failed: null,
} as unknown as OverviewPlace;

describe('an environment', () => {
  it('is what was seen of it, unless a session has it or nobody has looked', () => {
    expect(seenAs(place, { state: 'degraded' })).toEqual({ tone: 'degraded', word: 'degraded' });
    expect(seenAs(place, undefined)).toMatchObject({ tone: 'unknown' });
    expect(seenAs({ ...place, holder: 'dev session 1' }, { state: 'healthy' })).toMatchObject({ word: 'in dev' });
  });

  it.each(['', 'STAG', 'abab', 'c0ffee', 'louder', 'ada louder', 'ana@', 'the fix'])('is found by %j', (text) => {
    expect(isMeant(place, text)).toBe(true);
  });

  it('is behind, ahead of, or at the commit of the one before', () => {
    expect([apartText(0, 0), apartText(0, null)]).toEqual(['at the commit of', 'at the commit of']);
    expect([apartText(3, 0), apartText(0, 1), apartText(1, 2)]).toEqual([
      '3 commits behind',
      '1 commit ahead of',
      '1 commit behind, 2 commits ahead of',
    ]);
  });

  it('is found by the commit of what is under way, failed or waits', () => {
    const cut = { commit: 'decade'.padEnd(40, '0'), subject: 'Mend the pause', author: 'Ben' };
    const view = { release, actor: 'ana', asked: { reason: null }, cut };
    for (const more of [{ running: view }, { failed: view }, { why: { ...place.why, waits: [view] } }])
      expect(isMeant({ ...place, ...more } as unknown as OverviewPlace, 'mend ben')).toBe(true);
  });

  it.each(['production', 'louder quieter', 'ffff'])('is not meant by %j', (text) => {
    expect(isMeant(place, text)).toBe(false);
  });

  it('is found by an earlier commit that its release has, and by nothing where nothing is typed', () => {
    const found = { commit: 'decade'.padEnd(40, '0'), subject: 'Mend the pause' };
    expect(isMeant(place, 'decade', { commits: [{ ...found, environments: ['production'] }] })).toBe(false);
    expect(isMeant(place, 'decade', { commits: [{ ...found, environments: ['staging', 'dev'] }] })).toBe(true);
    const one = { commits: [{ ...found, environments: ['staging', 'dev'] }], isMore: false, unread: [] };
    expect(meantText(2)).toBe('in 2');
    expect(meantText(2, one)).toBe('in 2; Mend the pause');
    expect(meantText(3, { ...one, commits: [...one.commits, ...one.commits], isMore: true })).toBe(
      'in 3; more than 2 commits',
    );
    expect(meantText(0, { ...one, commits: [], unread: ['dev'] })).toBe('in 0; the history of dev is not here');
  });

  it.each(['decade', 'quieter', 'grace', 'at night'])('is found by %j of what waits there', (text) => {
    const cut = { commit: 'decade'.padEnd(40, '0'), subject: 'Speak quieter', author: 'Grace' };
    const waits = [{ release, by: 'ana', reason: 'approval', askedReason: 'for the museum at night', cut }];
    expect(isMeant({ ...place, why: { ...place.why, waits } } as unknown as OverviewPlace, text)).toBe(true);
  });
});

describe('a promotion', () => {
  const planned = ['verify', 'smoke', 'shift'].map((name) => ({ name, usualSeconds: name === 'smoke' ? 4 : null }));
  const running = (steps: object[]) =>
    progressOf({ planned, beganAt: '2026-12-01T08:00:00.000Z', steps } as unknown as Parameters<typeof progressOf>[0]);

  it('is as far as its steps, each of which begins when those before it have ended', () => {
    const verified = { name: 'verify', state: 'succeeded', seconds: 1.5 };
    expect(running([verified, { name: 'smoke', state: 'running', seconds: null }])).toEqual({
      ...{ done: 1, of: 3, step: 'smoke', usualSeconds: 4, since: '2026-12-01T08:00:01.500Z' },
    });
    expect(running([verified])).toMatchObject({ done: 1, step: null, usualSeconds: null });
  });
});
