import type { Soundbite } from '../soundbites/soundbite.ts';

/** The single table's items: see DATA.md. Every reader of the table's attribute names is in this folder. */
export const INDEX = 'lists';
export const OPEN = 'open';
export const LITTER = 'litter';

export const soundbiteKey = (id: string) => ({ pk: `soundbite#${id}`, sk: 'soundbite' });
export const openKey = (id: string) => ({ pk: `soundbite#${id}`, sk: 'open' });
export const litterKey = (id: string) => ({ pk: `soundbite#${id}`, sk: 'litter' });
export const audioKey = (digest: string) => ({ pk: `audio#${digest}`, sk: 'audio' });
export const idempotencyKey = (digest: string) => ({ pk: `key#${digest}`, sk: 'key' });

/**
 * Keys of the index over which the list of soundbites is spread. A key takes 1,000 write units a second; at 200 soundbites of
 * 3,000 bytes a second, with all changes of their states, eight take some 400 each (list-units.test.ts). More may be added,
 * none taken away.
 */
const LIST_KEYS = 8;

/** The one key of versions before the list was spread. Nothing is written there any more, but it is read. */
const UNSPREAD = 'soundbites';

export const LISTS: readonly string[] = [
  UNSPREAD,
  ...Array.from({ length: LIST_KEYS }, (_, key) => `${UNSPREAD}#${key}`),
];

/** In which list a soundbite stands: the last digit of its id is random. */
function listOf(id: string): string {
  return `${UNSPREAD}#${Number.parseInt(id.slice(-1), 16) % LIST_KEYS}`;
}

export function soundbiteItem(soundbite: Soundbite) {
  const place = soundbite.rehearsal ? {} : { list: listOf(soundbite.id), order: soundbite.id };
  return { ...soundbiteKey(soundbite.id), ...place, ...soundbite };
}

/** The marker of an unfinished soundbite. `due` (epoch ms): when the sweep is to look after it. */
export function openItem(soundbite: Pick<Soundbite, 'id' | 'createdAt' | 'expiresAt'>, due: number, sweeps = 0) {
  const { id, createdAt, expiresAt } = soundbite;
  return { ...openKey(id), list: OPEN, order: openOrder(due, id), id, createdAt, expiresAt, sweeps };
}

export function openOrder(due: number, id: string): string {
  return `${new Date(due).toISOString()}#${id}`;
}

export function soundbiteFromItem(item: Record<string, unknown>): Soundbite {
  const { pk: _pk, sk: _sk, list: _list, order: _order, ...soundbite } = item;
  return soundbite as unknown as Soundbite;
}

/** Items past their `expiresAt` stay readable for a while: TTL deletes them when it gets to it. */
export function isUnexpired(item: Record<string, unknown> | undefined, now: number): item is Record<string, unknown> {
  return item !== undefined && Number(item.expiresAt) * 1000 > now;
}
