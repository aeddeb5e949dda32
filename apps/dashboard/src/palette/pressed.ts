import { keepHere, keptHere } from '../parts/in-this-browser.ts';

/** What a key asks for. */
export type Wanted = 'palette' | 'keys' | 'find';

interface Press extends Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'> {}

/** Null: it is nothing of the page's own. `single`: whether keys count that are pressed alone; never where somebody writes. */
export function pressed({ key, ctrlKey, metaKey, altKey, target }: Press, single: boolean): Wanted | null {
  if (altKey) return null;
  if (ctrlKey || metaKey) return key.toLowerCase() === 'k' ? 'palette' : null;
  if (!single || isWritten(target)) return null;
  return key === '?' ? 'keys' : key === '/' ? 'find' : null;
}

const isWritten = (target: EventTarget | null): boolean =>
  (target as Partial<Element> | null)?.matches?.('input, textarea, select, [contenteditable]') ?? false;

const place = 'soundbite-single-keys';

/** Who speaks to a computer, or types without looking, can do without them (WCAG 2.1.4). On unless somebody said otherwise in this browser. */
export const keptSingle = (): boolean => keptHere(place) !== 'off';

export const keeps = (isOn: boolean): void => keepHere(place, isOn ? 'on' : 'off');
