import { describe, expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { type DemoPlace, demoIsOfOther, demoIsReal, demoIsUnfit, demoIsUntimely } from './obstacle.ts';

const place = (name: string, more: Partial<DemoPlace> = {}): DemoPlace => ({
  ...{ name, state: 'healthy', release: digestOf('live'), url: 'http://127.0.0.1:8101', cloud: { kind: 'emulated' } },
  ...{ promotion: null, freezes: [], holds: [], taints: [], blocked: null },
  ...more,
});
const held = {
  id: 'h-123456789',
  environment: 'b',
  scope: 'automatic',
  until: null,
  reason: 'outage',
  by: 'ana',
} as const;
const frozen = {
  id: 'f',
  environment: 'b',
  from: '2026-01-01T00:00:00Z',
  until: '2026-01-02T00:00:00Z',
  reason: 'night',
  by: 'ana',
};

describe('a demo', () => {
  it('may take place where all is emulated, well and idle', () => {
    const all = [place('a', { state: 'down', holds: [held] }), place('b')];
    expect([demoIsReal(all, null), demoIsUntimely(all), demoIsOfOther(place('b'), digestOf('live'))]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('touches nothing where anything is real, or where others would have its releases', () => {
    const all = [place('a', { cloud: { kind: 'real' } }), place('b')];
    expect(demoIsReal(all, null)).toMatchObject({
      code: 'demo-real',
      message: expect.stringMatching(/^a is on a real/),
    });
    expect(demoIsReal([place('b')], 's3://team/releases')).toMatchObject({
      code: 'demo-real',
      message: expect.stringContaining('s3://team'),
    });
  });

  it.each([
    ['a promotion elsewhere', [place('a', { promotion: { id: 'p-1' } }), place('b')], /p-1 is under way in a/],
    ['a hold', [place('b', { holds: [held] })], /b is held by ana/],
    ['a freeze', [place('b', { freezes: [frozen] })], /b is frozen until .* by ana/],
    ['what was changed by hand', [place('b', { taints: [{ ended: null }] })], /outside of promotions/],
    ['a block', [place('b', { blocked: {} })], /is blocked/],
    ['an environment that is not well', [place('b', { state: 'degraded' })], /b is degraded/],
  ])('waits for nothing: %s keeps it out', (_what, all, message) => {
    expect(demoIsUntimely(all)).toEqual({
      code: 'demo-not-now',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('soundbite'),
    });
  });

  it('lets what has ended be', () => {
    expect(demoIsUntimely([place('b', { taints: [{ ended: '2026-01-01T00:00:00Z' }] })])).toBeNull();
  });

  it('needs the gates that it shows, as they are where the cloud is emulated', () => {
    const unfit = (...gates: Parameters<typeof demoIsUnfit>[0]['gates']) =>
      demoIsUnfit({ name: 'b', gates })?.message ?? null;
    const [smoke, watch] = [
      { gate: 'smoke', options: {} },
      { gate: 'watch', options: { seconds: 5 } },
    ];
    expect(unfit(smoke, watch)).toBeNull();
    expect(unfit(watch)).toBe('b declares no smoke');
    expect(unfit(smoke)).toBe('b declares no watch of a second or more');
    expect(unfit(smoke, { ...watch, emulated: { seconds: 0 } })).toBe('b declares no watch of a second or more');
    expect(unfit(smoke, { gate: 'watch', options: { seconds: 0 }, emulated: { seconds: 2 } })).toBeNull();
  });

  it('starts from what is live: else it would bring in more than one edit', () => {
    expect(demoIsOfOther(place('b'), digestOf('tree'))).toMatchObject({
      code: 'demo-not-now',
      hint: 'bring it there first: soundbite deploy b',
    });
  });
});
