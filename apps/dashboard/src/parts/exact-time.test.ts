import { expect, it } from 'vitest';
import { clockText, exactTime, zoneText } from './exact-time.ts';

it('is the same moment, whatever zone the reader is in', () => {
  const said = exactTime('2026-12-01T03:12:07.250Z');
  expect(said).toMatch(/^2026-1[12]-\d\d \d\d:\d\d:07 [+-]\d\d:\d\d$/);
  expect(new Date(said).toISOString()).toBe('2026-12-01T03:12:07.000Z');
  expect(clockText('2026-12-01T03:12:07.250Z')).toMatch(/^\d\d:\d\d:07\.250$/);
});

it('of what is no time is the text itself', () => expect(exactTime('<never>')).toBe('<never>'));

it.each([
  [0, '+00:00'],
  [60, '+01:00'],
  [330, '+05:30'],
  [-210, '-03:30'],
])('%d minutes east of UTC are %s', (minutes, text) => expect(zoneText(minutes)).toBe(text));
