import type { TokenView } from '@soundbite/client';
import { expect, it } from 'vitest';
import { byHolder, tokenStanding } from './tokens.ts';

const now = Date.parse('2026-01-10T00:00:00Z');

it.each([
  ['2026-03-01T00:00:00Z', null, 'in force', false],
  ['2026-01-16T23:59:59Z', null, 'ends soon', false],
  ['2026-01-10T00:00:00Z', null, 'expired', true],
  ['2026-03-01T00:00:00Z', '2026-01-01T00:00:00Z', 'revoked', true],
])('a token until %s, revoked %s, is %s', (expires, revoked, word, isOver) => {
  expect(tokenStanding({ expires, revoked }, now)).toMatchObject({ word, isOver });
});

it('tokens of one person stand together, before those of programs', () => {
  const one = (name: string, person: string | null) => ({ name, person }) as TokenView;
  const all = [one('ci', null), one('b', 'zoe@x.y'), one('c', 'ana@x.y'), one('a', 'zoe@x.y')];
  expect(byHolder(all).map(({ name }) => name)).toEqual(['c', 'a', 'b', 'ci']);
});
