import type { Soundbite } from '../soundbites/soundbite.ts';

/** The single table's items: see DATA.md. Every reader of the table's attribute names is in this folder. */
export const INDEX = 'lists';
export const SOUNDBITES = 'soundbites';
export const OPEN = 'open';

export const soundbiteKey = (id: string) => ({ pk: `soundbite#${id}`, sk: 'soundbite' });
export const openKey = (id: string) => ({ pk: `soundbite#${id}`, sk: 'open' });
export const audioKey = (digest: string) => ({ pk: `audio#${digest}`, sk: 'audio' });
export const idempotencyKey = (digest: string) => ({ pk: `key#${digest}`, sk: 'key' });

/** Where a list goes on: the place of the last soundbite that was seen. */
export const listKey = (id: string) => ({ ...soundbiteKey(id), list: SOUNDBITES, order: id });

export function soundbiteItem(soundbite: Soundbite) {
  const place = soundbite.rehearsal ? {} : { list: SOUNDBITES, order: soundbite.id };
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
export function isAlive(item: Record<string, unknown> | undefined, now: number): item is Record<string, unknown> {
  return item !== undefined && Number(item.expiresAt) * 1000 > now;
}
