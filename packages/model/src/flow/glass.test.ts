import { expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { glassText, mustBeAllowedGlass, shownUntil } from './glass.ts';

const ana = { name: 'ana@x.org', person: 'ana@x.org' };

it.each([
  ['a program', { kind: 'promote', reason: 'x' }, { name: 'ci', person: null }, 'forbidden'],
  ['nobody who does not say why', { kind: 'promote' }, ana, 'override-without-reason'],
  ['nobody who says nothing', { kind: 'promote', reason: '  ' }, ana, 'override-without-reason'],
  ['no rollback', { kind: 'rollback', reason: 'x' }, ana, 'usage'],
] as const)('the glass is broken by %s', (_, request, actor, code) => {
  expect(() => mustBeAllowedGlass(request, actor)).toThrow(expect.objectContaining({ code }));
});

it('a person breaks it with a reason, and it is shown for a day', () => {
  expect(() => mustBeAllowedGlass({ kind: 'promote', reason: 'x' }, ana)).not.toThrow();
  const at = '2026-12-01T03:10:00.000Z';
  expect(shownUntil(at)).toBe('2026-12-02T03:10:00.000Z');
  const release = digestOf('x');
  const glass = {
    promotion: 'p-1',
    environment: 'live',
    release,
    reason: 'outage',
    by: 'ana',
    at,
    until: shownUntil(at),
  };
  expect(glassText(glass)).toBe(
    `ana broke the glass of live for ${release.slice(7, 19)} at 2026-12-01 03:10 UTC (outage): promotion p-1`,
  );
});
