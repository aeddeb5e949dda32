import type { Naming } from './allowed-type.ts';

/** A hyphen and twelve random characters. */
const tail = 13;

/**
 * What CloudFormation calls a resource whose template gives it no name, as a pattern of IAM; null: that tells nobody whose it is.
 * AWS documents no lengths; observed are names that keep 13 characters for the tail and share the rest between the stack's name and the logical id. For
 * names that are cut the pattern is a little wider, so that it holds if they are cut elsewhere, too. Emulated accounts cut the end.
 */
export function generatedName(naming: Naming, stack: string, id: string): string | null {
  if (naming === 'unknowable') return null;
  if (naming === 'id') return id;
  const cased = (text: string) => (naming.lower ? text.toLowerCase() : text);
  const room = naming.longest - tail - 1;
  if (stack.length + 1 + id.length <= room) return cased(`${stack}-${id}-*`);
  const ofStack = Math.max(Math.ceil(room / 2), room - id.length);
  const ofId = Math.max(1, room - stack.length - 1);
  return cased(`${stack.slice(0, ofStack)}*-${id.slice(0, ofId)}*`);
}
