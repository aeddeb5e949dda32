import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSoundbiteId } from '../soundbites/identity.ts';
import { type Items, memoryDb } from '../testing/memory-db.ts';
import { LISTS, soundbiteItem, soundbiteKey } from './items.ts';
import { listPage } from './list.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ALIVE = NOW / 1000 + 60;

/** A table with a soundbite for each of `lives`, oldest first: spread, of the version before, or past its time. */
function tableOf(lives: readonly ('spread' | 'old' | 'expired')[]) {
  const items: Items = new Map();
  const add = (life: 'spread' | 'old' | 'expired', at: number): string => {
    const id = newSoundbiteId(NOW - 1_000_000 + at);
    const expiresAt = life === 'expired' ? NOW / 1000 - 60 : ALIVE;
    const item = soundbiteItem({ id, expiresAt, rehearsal: false, text: `${at}` } as never);
    items.set(id, life === 'old' ? { ...item, list: 'soundbites' } : item);
    return id;
  };
  const ids = lives.map((life, at) => ({ life, id: add(life, at) }));
  const db = memoryDb(
    items,
    () => NOW,
    async (act) => act(),
  );
  return {
    db,
    items,
    add,
    alive: ids
      .filter(({ life }) => life !== 'expired')
      .map(({ id }) => id)
      .reverse(),
  };
}

/** All pages of a list, by their cursors. */
async function pages(db: Parameters<typeof listPage>[0], limit: number): Promise<string[][]> {
  const found: string[][] = [];
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const page = await listPage(db, limit, next);
    found.push(page.soundbites.map(({ id }) => id));
    next = page.next;
    expect(found.length).toBeLessThan(1_000);
  }
  return found;
}

const life = fc.oneof(
  { weight: 6, arbitrary: fc.constant('spread' as const) },
  { weight: 2, arbitrary: fc.constant('old' as const) },
  { weight: 1, arbitrary: fc.constant('expired' as const) },
);

describe('the list of soundbites over several keys of the index', () => {
  it('gives each one once, newest first, in pages of any size, with those of the version before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { maxLength: 120 }), fc.integer({ min: 1, max: 100 }), async (lives, limit) => {
        const { db, alive } = tableOf(lives);
        const found = await pages(db, limit);
        expect(found.flat()).toEqual(alive);
        expect(found.every(({ length }) => length <= limit)).toBe(true);
      }),
    );
  });

  it('a page stays the same while newer ones are added, and when the one that its cursor names is deleted', async () => {
    const { db, items, add, alive } = tableOf(Array.from({ length: 60 }, () => 'spread' as const));
    const first = await listPage(db, 20);
    const second = await listPage(db, 20, first.next);
    for (let at = 0; at < 10; at++) add('spread', 100 + at);
    items.delete(first.next ?? '');
    expect(await listPage(db, 20, first.next)).toEqual(second);
    expect(second.soundbites.map(({ id }) => id)).toEqual(alive.slice(20, 40));
  });

  it('does not read through all that is past its time for one page', async () => {
    const { db, alive } = tableOf(Array.from({ length: 3_000 }, (_, at) => (at % 100 === 0 ? 'spread' : 'expired')));
    let queries = 0;
    const query = (input: never) => {
      queries++;
      return db.document.query(input);
    };
    const counted = { ...db, document: { query } as never };
    const page = await listPage(counted, 20);
    expect(queries).toBeLessThanOrEqual(6 * LISTS.length);
    expect(page.soundbites.map(({ id }) => id)).toEqual(alive.slice(0, page.soundbites.length));
    expect((await pages(db, 20)).flat()).toEqual(alive);
  });

  it('no list has the key of versions before, so that theirs stays as it is', () => {
    const items = Array.from({ length: 200 }, (_, at) =>
      soundbiteItem({ id: newSoundbiteId(NOW + at), rehearsal: false } as never),
    );
    expect(new Set(items.map((item) => ('list' in item ? item.list : '')))).toEqual(new Set(LISTS.slice(1)));
    expect(soundbiteKey('x').pk).toBe('soundbite#x');
  });
});
