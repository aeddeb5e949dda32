/** As far as it matters which of several counts. Times in ISO 8601. */
interface Said {
  readonly kind: string;
  readonly newest: boolean;
  readonly saidFirst: string;
}

/**
 * Of the evidence of a release, newest first: what counted at a time, as the newest of its kind then among those that `counts` lets count, and the newest of
 * all now. Time null: nothing did. The rest was replaced before anybody asked.
 */
export function evidenceThatCounts<Evidence extends Said>(
  all: readonly Evidence[],
  time: string | null,
  counts: (one: Evidence) => boolean,
): (Evidence & { readonly counted: boolean })[] {
  const seen = new Set<string>();
  return all.flatMap((one) => {
    const counted = time !== null && one.saidFirst <= time && !seen.has(one.kind) && counts(one);
    if (counted) seen.add(one.kind);
    return counted || one.newest ? [{ ...one, counted }] : [];
  });
}
