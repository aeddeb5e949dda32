import type { Overview } from '@soundbite/client';
import { expect, it } from 'vitest';
import { keepingIn } from './keeping.ts';

it('what keeps releases out is listed by environment, what ends first before the rest', () => {
  const about = (id: string, environment: string) => ({ id, environment, by: 'ana', reason: 'x' });
  const from = '2026-01-01T00:00:00.000Z';
  const freeze = { ...about('f-1', 'staging'), from, until: '2026-01-03T00:00:00.000Z' };
  const hold = { ...about('h-1', 'staging'), scope: 'all', until: null } as const;
  const soon = { ...about('h-2', 'staging'), scope: 'automatic', since: from, until: '2026-01-02T00:00:00.000Z' };
  const last = { ...about('h-3', 'production'), scope: 'all', until: null };
  const overview = {
    environments: [{ why: { freezes: [freeze], holds: [hold, soon] } }, { why: { freezes: [], holds: [last] } }],
  } as unknown as Overview;
  expect(keepingIn(overview).map(({ id, word, since, until }) => [id, word, since, until])).toEqual([
    ['h-2', 'held for what comes by itself', from, '2026-01-02T00:00:00.000Z'],
    ['f-1', 'frozen', from, '2026-01-03T00:00:00.000Z'],
    ['h-1', 'held', null, null],
    ['h-3', 'held', null, null],
  ]);
});
