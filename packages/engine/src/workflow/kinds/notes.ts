/** Always reports what was done to things that somebody else made. */
export const withNote = (detail: string, what: string, things: readonly string[]): string =>
  things.length > 0 ? `${detail}; ${what}: ${things.join(', ')}` : detail;

/** How a step reports what it removed. */
export const removed = 'removed, since it belongs to no release';
/** And of things that it put back. */
export const putBackNote = 'restored, changed by hand';
