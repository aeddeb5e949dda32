/** The place of the package that a path lies in (`node_modules/a/node_modules/@b/c`); null outside of packages. Loaded by the synthesis, too. */
export const packageOf = (path: string): string | null =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/s.exec(path)?.[0] ?? null;
