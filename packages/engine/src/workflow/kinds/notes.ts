/** What was done to things that somebody else made is said, whatever else there is to say. */
export const withNote = (detail: string, what: string, things: readonly string[]): string =>
  things.length > 0 ? `${detail}; ${what}: ${things.join(', ')}` : detail;

/** What a step says of things that it took away. */
export const removed = 'removed, since it belongs to no release';
/** And of things that it put back. */
export const putBack = 'restored, changed by hand';
