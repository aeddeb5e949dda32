import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from './digest.ts';
import { entryHash, entryPieces, firstBroken, type LedgerEntry } from './ledger.ts';

/** A whole chain of so many entries. */
function chain(length: number): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let sequence = 1; sequence <= length; sequence++) {
    const rest = {
      sequence,
      at: '2026-01-02T03:04:05.000Z',
      kind: 'step.finished',
      subject: `p-${sequence}`,
      payload: { step: 'smoke', nested: { n: sequence } } as unknown,
      previous: entries.at(-1)?.hash ?? null,
    };
    entries.push({ ...rest, hash: entryHash(rest) });
  }
  return entries;
}

describe('the ledger', () => {
  it('is whole as it was written', () => {
    expect(firstBroken([])).toBeNull();
    expect(firstBroken(chain(5))).toBeNull();
  });

  it('hashes the same entry to the same hash, whatever the order of its keys', () => {
    const [entry] = chain(1);
    if (!entry) throw new Error('no entry');
    const reordered = Object.fromEntries(Object.entries(entry).reverse()) as unknown as LedgerEntry;
    expect(entryHash(reordered)).toBe(entry.hash);
  });

  it('hashes the text of its pieces, whatever it speaks of', () => {
    const anything = fc.record({
      sequence: fc.nat(),
      kind: fc.string({ unit: 'grapheme' }),
      subject: fc.string({ unit: 'grapheme' }),
      payload: fc.jsonValue() as fc.Arbitrary<unknown>,
      previous: fc.constantFrom<Digest | null>(null, `sha256:${'0'.repeat(64)}`),
    });
    fc.assert(
      fc.property(anything, (rest) => {
        const entry = { ...rest, at: '2026-01-02T03:04:05.000Z' };
        const [first, second, third, fourth] = entryPieces(entry);
        const text = `${first}${entry.at}${second}${JSON.stringify(entry.previous)}${third}${entry.sequence}${fourth}`;
        expect(digestOf(text)).toBe(entryHash(entry));
      }),
    );
  });

  it('shows any change of any entry, at that entry or at its follower', () => {
    const changes: Record<string, (entry: LedgerEntry) => LedgerEntry> = {
      at: (entry) => ({ ...entry, at: '2026-01-02T03:04:05.001Z' }),
      kind: (entry) => ({ ...entry, kind: 'gate.decided' }),
      subject: (entry) => ({ ...entry, subject: 'p-x' }),
      payload: (entry) => ({ ...entry, payload: { step: 'smoke', nested: { n: -1 } } }),
      previous: (entry) => ({ ...entry, previous: `sha256:${'0'.repeat(64)}` as Digest }),
      sequence: (entry) => ({ ...entry, sequence: entry.sequence + 1 }),
      hash: (entry) => ({ ...entry, hash: `sha256:${'0'.repeat(64)}` as Digest }),
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.nat(),
        fc.constantFrom(...Object.keys(changes)),
        (length, pick, key) => {
          const index = pick % length;
          const entries = chain(length).map((entry, at) => (at === index ? (changes[key]?.(entry) ?? entry) : entry));
          expect(firstBroken(entries)?.subject).toBe(entries[index]?.subject);
        },
      ),
    );
  });

  it('shows an entry rewritten together with its hash: the next one no longer follows', () => {
    const entries = chain(4);
    const forged = { ...(entries[1] as LedgerEntry), payload: 'forged' };
    entries[1] = { ...forged, hash: entryHash(forged) };
    expect(firstBroken(entries)?.sequence).toBe(3);
  });

  it('is held against its beginning part by part', () => {
    const entries = chain(4);
    expect(firstBroken(entries.slice(2), entries[1])).toBeNull();
    expect(firstBroken([], entries[1])).toBeNull();
    expect(firstBroken(entries.slice(2), entries[0])?.sequence).toBe(3);
  });

  it('shows an entry that was taken away, and a beginning that is none', () => {
    const entries = chain(4);
    expect(firstBroken(entries.toSpliced(1, 1))?.sequence).toBe(3);
    expect(firstBroken(entries.slice(1))?.sequence).toBe(2);
  });
});
