import type { AskerView, Matrix, Overview } from '@soundbite/client';
import { expect, it } from 'vitest';
import { entriesIn } from './entries.ts';
import { found } from './found.ts';

const release = `sha256:${'a'.repeat(64)}` as const;
const cut = { commit: 'c'.repeat(40), subject: 'Speak louder', author: 'Ada', committedAt: '2026-01-01T00:00:00Z' };
const place = (environment: string, more: object = {}, why: object = {}) => ({
  ...{ environment, declared: true, cut, running: null, failed: null },
  ...more,
  why: { release, waits: [], holds: [], freezes: [], ...why },
});
const waits = { promotion: 'p-1', release, kind: 'promote', by: 'ana', since: '2026-01-01T00:00:00Z' };
const asked = { ...waits, gates: [{ gate: 'approval', who: ['ben'] }] };
const overview = {
  at: null,
  environments: [
    place('dev', { running: { promotion: 'p-2', release, actor: 'ana' } }),
    place('staging', {}, { holds: [{ id: 'h-1', environment: 'staging', by: 'cy' }] }),
    place('production', {}, { waits: [asked, { ...waits, promotion: 'p-2', gates: [] }] }),
  ],
} as unknown as Overview;
const asker = (role: string) => ({ name: 'ben', person: 'ben', role, environments: [] }) as unknown as AskerView;
const known = (role: string, isPast = false) => {
  const releases = [{ release, cut, blocked: null, cells: [] }] as unknown as Matrix['releases'];
  return entriesIn({ overview, releases, asker: asker(role), demo: { refusal: null, run: null }, isPast });
};
const titles = (text: string, entries = known('admin')) => found(entries, text).map(({ title }) => title);

it('what waits for the reader comes first', () => {
  expect(titles('').slice(0, 2)).toEqual([
    'Say yes to what waits for production',
    'Say no to what waits for production',
  ]);
});

it.each([
  ['promote', ['Promote into dev', 'Promote into staging', 'Promote into staging, and on', 'Promote into production']],
  ['freeze production', ['Let nothing enter production for a time']],
  ['prod promote', ['Promote into production']],
  ['demo', ['See it at work: a demo in production']],
  ['resume', ['End the hold of staging by cy']],
  ['p-2', ['Promotion into dev: is under way']],
  ['ada', ['Speak louder']],
  ['nosuch', []],
])('%j is found', (text, expected) => {
  expect(titles(text)).toEqual(expect.arrayContaining(expected));
  if (expected.length === 0) expect(titles(text)).toEqual([]);
  expect(titles(text)[0]).toBe(expected[0]);
});

it('a name that begins so comes before one that only has it', () => {
  expect(titles('staging')[0]).toBe('staging');
});

it('what the reader may not do is last, and says who may', () => {
  const all = known('viewer');
  const refused = all.filter(({ refusal }) => refusal !== null);
  expect(refused.length).toBeGreaterThan(0);
  expect(all.slice(-1)[0]?.refusal).toMatch(/only deployer or admin/);
});

it('nobody acts in the past', () => {
  expect(known('admin', true).every(({ does }) => 'screen' in does)).toBe(true);
});
