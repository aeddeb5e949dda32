import type { Soundbite } from './soundbite.ts';

/** Where the objects of a soundbite's attempts lie: each has a key of its own, and all of them can be found. */
export function attemptsFolder(id: string): string {
  return `audio/${id}/`;
}

/** The key of what one attempt makes. */
export function attemptKey({ id, format }: Pick<Soundbite, 'id' | 'format'>, making: string): string {
  return `${attemptsFolder(id)}${making}.${format}`;
}
