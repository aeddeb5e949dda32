/** `1 commit`, `3 commits`, `2 entries`. */
export const counted = (count: number, what: string): string =>
  `${count} ${count === 1 ? what : `${what.replace(/([^aeiou])y$/, '$1ie')}s`}`;
