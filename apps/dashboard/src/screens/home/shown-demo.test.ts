import type { DemoRun, DemoView } from '@soundbite/client';
import { afterEach, expect, it, vi } from 'vitest';
import { keepOfDemo, keptOfDemo, shownDemo } from './shown-demo.ts';

afterEach(() => vi.unstubAllGlobals());

const now = Date.parse('2026-01-01T12:00:00Z');
const run = (ended: string | null) => ({ id: 'r-1', ended }) as unknown as DemoRun;
const view = (of: DemoRun | null, refusal: object | null = null) => ({ run: of, refusal }) as DemoView;
const nothing = { isPutAway: false, read: null };

it('one that runs is shown to everybody; its end until it was read, or is old; else the offer, where it can be taken', () => {
  expect(shownDemo(view(run(null)), { isPutAway: true, read: null }, false, now)).toEqual(run(null));
  expect(shownDemo(view(run('2026-01-01T11:30:00Z')), nothing, true, now)).toMatchObject({ id: 'r-1' });
  expect(shownDemo(view(run('2026-01-01T11:30:00Z')), { isPutAway: false, read: 'r-1' }, true, now)).toBe('offer');
  expect(shownDemo(view(run('2026-01-01T10:30:00Z')), nothing, true, now)).toBe('offer');
  expect(shownDemo(view(null), nothing, true, now)).toBe('offer');
  expect(shownDemo(view(null), { isPutAway: true, read: null }, true, now)).toBeNull();
  expect(shownDemo(view(null), nothing, false, now)).toBeNull();
  expect(shownDemo(view(null, { code: 'demo-real' }), nothing, true, now)).toBeNull();
  expect(shownDemo(undefined, nothing, true, now)).toBeNull();
});

it('what a browser keeps is read as it was kept, and is nothing where it keeps nothing', () => {
  const kept = new Map<string, string>();
  const store = { getItem: (name: string) => kept.get(name) ?? null, setItem: kept.set.bind(kept) };
  vi.stubGlobal('localStorage', store);
  expect(keptOfDemo()).toEqual(nothing);
  keepOfDemo({ isPutAway: true, read: 'r-1' });
  expect(keptOfDemo()).toEqual({ isPutAway: true, read: 'r-1' });
  kept.set('soundbite-demo', 'nonsense');
  expect(keptOfDemo()).toEqual(nothing);
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new Error('denied');
    },
    setItem: () => {
      throw new Error('denied');
    },
  });
  expect(keptOfDemo()).toEqual(nothing);
  keepOfDemo(nothing);
});
