/** Longest text of others that is kept in a detail or a reason, in code points: enough for the end of a log. */
export const longestDetail = 4_000;

/** Makes any text acceptable to Postgres and JSON: no NUL, no lone surrogate. */
export const wellFormed = (text: string): string => text.toWellFormed().replaceAll('\0', '\u{FFFD}');

/** A text of at most so many code points; what is cut off is marked. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const points = Array.from(text.slice(0, 2 * limit));
  return points.length <= limit && text.length <= 2 * limit ? text : `${points.slice(0, limit).join('')}…`;
}

/** A JSON value with every text in it, keys too, well-formed. */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return wellFormed(value) as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [wellFormed(key), storable(one)])) as T;
}

/** A detail or a reason as it is kept. */
export const keptDetail = (text: string): string => cutText(wellFormed(text), longestDetail);
