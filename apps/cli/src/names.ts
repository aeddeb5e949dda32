/** The names that were given, each once. */
export const named = (args: readonly (string | undefined)[]): string[] => [
  ...new Set(args.filter((name) => name !== undefined)),
];
