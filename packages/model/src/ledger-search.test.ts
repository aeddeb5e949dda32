import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from './ledger.ts';
import { ledgerReach, ledgerSpan, saysAll, searchedIn } from './ledger-search.ts';

const entry = (sequence: number, payload: unknown = {}): LedgerEntry => ({
  ...{ sequence, at: '2026-01-02T03:04:05.000Z', kind: 'hold.added', subject: 'staging', payload },
  ...{ previous: null, hash: `sha256:${'0'.repeat(64)}` },
});
const all = [1, 2, 3, 4, 5].map((sequence) => entry(sequence, { reason: sequence % 2 ? 'odd' : 'even' }));
const found = (search: Parameters<typeof searchedIn>[1]) => {
  const { entries, next } = searchedIn(all, search);
  return [entries.map(({ sequence }) => sequence), next];
};

describe('a search of the ledger', () => {
  it('begins with the newest, and goes on behind what it found, each once', () => {
    expect(found({ limit: 2 })).toEqual([[5, 4], 4]);
    expect(found({ limit: 2, before: 4 })).toEqual([[3, 2], 2]);
    expect(found({ limit: 2, before: 2 })).toEqual([[1], null]);
    expect(found({ limit: 5 })).toEqual([[5, 4, 3, 2, 1], null]);
    expect(found({ limit: 2, before: 1 })).toEqual([[], null]);
    expect(searchedIn([], { limit: 2 })).toEqual({ entries: [], next: null });
    expect(found({ limit: 2, find: 'odd' })).toEqual([[5, 3], 3]);
    expect(found({ limit: 2, find: 'odd', before: 3 })).toEqual([[1], null]);
    expect(found({ limit: 9, subject: 'staging', find: 'odd' })).toEqual([[5, 3, 1], null]);
    expect(found({ limit: 9, subject: 'stag' })).toEqual([[], null]);
  });

  it('looks at so many entries at most, and says where to go on', () => {
    const newest = 3 * ledgerReach;
    expect(ledgerSpan({ find: 'x', limit: 1 }, newest)).toEqual({ from: newest, to: 2 * ledgerReach + 1 });
    expect(ledgerSpan({ find: ' ', limit: 1 }, newest)).toEqual({ from: newest, to: 1 });
    expect(ledgerSpan({ find: 'x', subject: 'p', limit: 1 }, newest)).toEqual({ from: newest, to: 1 });
    expect(ledgerSpan({ find: 'x', before: ledgerReach, limit: 1 }, newest)).toEqual({ from: ledgerReach - 1, to: 1 });
    const long = Array.from({ length: ledgerReach + 1 }, (_, index) => entry(index + 1, index === 0 ? 'first' : ''));
    expect(searchedIn(long, { find: 'first', limit: 1 })).toEqual({ entries: [], next: 2 });
    expect(searchedIn(long, { find: 'first', before: 2, limit: 1 })).toEqual({ entries: [long[0]], next: null });
  });

  it('finds words in kind, subject and texts of the payload, in any case; names of fields are none', () => {
    const one = entry(1, { by: 'Ana@example.com', deep: [{ reason: 'too "loud"\n100%' }], count: 7 });
    for (const words of [['HOLD.'], ['stag', 'ana@'], ['"loud"'], ['100%'], []]) expect(saysAll(one, words)).toBe(true);
    for (const words of [['reason'], ['ana', 'nobody'], ['loud 100']]) expect(saysAll(one, words)).toBe(false);
  });
});
