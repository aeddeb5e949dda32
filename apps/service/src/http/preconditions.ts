/** What a request asks of a representation besides its content: RFC 9110's preconditions and range, by header name. */
export type ReadHeader = (name: string) => string | undefined;

/** A representation: its strong entity tag with the quotes, when it was changed, and its size. */
export interface Representation {
  readonly etag: string;
  readonly modified: Date;
  readonly bytes: number;
}

/** Both ends are included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'];

/** Whether the representation must be known to answer. */
export function isConditional(header: ReadHeader): boolean {
  return CONDITIONS.some((name) => header(name) !== undefined);
}

/** The status that the preconditions decide, in the order of RFC 9110, 13.2.2; undefined: they hold, or there are none. */
export function precondition(header: ReadHeader, { etag, modified }: Representation): 304 | 412 | undefined {
  const match = header('if-match');
  if (match !== undefined && !lists(match, etag, false)) return 412;
  const unmodified = dateOf(header('if-unmodified-since'));
  if (match === undefined && unmodified !== undefined && seconds(modified) > unmodified) return 412;
  const none = header('if-none-match');
  if (none !== undefined) return lists(none, etag, true) ? 304 : undefined;
  const since = dateOf(header('if-modified-since'));
  return since !== undefined && seconds(modified) <= since ? 304 : undefined;
}

/** Whether a range is still of the representation that the client has a part of: by strong comparison, or by the exact date. */
export function rangeHolds(header: ReadHeader, { etag, modified }: Representation): boolean {
  const condition = header('if-range')?.trim();
  if (condition === undefined || condition === etag) return true;
  return dateOf(condition) === seconds(modified);
}

/**
 * The one range that is asked for. Several, another unit, and what has not the form of a range are ignored, as RFC 9110
 * allows: the whole is given.
 */
export function readRange(header: ReadHeader, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header('range')?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') {
    const length = Math.min(Number(to), bytes);
    return length === 0 ? 'unsatisfiable' : { first: bytes - length, last: bytes - 1 };
  }
  const [first, last] = [Number(from), to === '' ? Number.POSITIVE_INFINITY : Number(to)];
  if (last < first) return undefined;
  return first >= bytes ? 'unsatisfiable' : { first, last: Math.min(last, bytes - 1) };
}

/** Whether a list of entity tags has this one; `weak` compares without regard to the mark of weak ones. */
function lists(list: string, etag: string, weak: boolean): boolean {
  if (list.trim() === '*') return true;
  return (list.match(/(W\/)?"[^"]*"/g) ?? []).some((one) => (weak ? one.replace(/^W\//, '') : one) === etag);
}

/** A date of HTTP in whole seconds; one that cannot be read is not a condition. */
function dateOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || !/GMT$/.test(text ?? '') ? undefined : Math.floor(time / 1000);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
