import type { EdgeUpstream } from '@soundbite/model';
import { isBelowPath } from '@soundbite/model/below-path.ts';

/** The upstreams for a request by its path, without query: those of the longest path that it is below, else those without one. */
export function upstreamsAt(path: string, upstreams: readonly EdgeUpstream[]): readonly EdgeUpstream[] {
  const lengths = upstreams.flatMap((one) =>
    one.path !== undefined && isBelowPath(path, one.path) ? [one.path.length] : [],
  );
  if (lengths.length === 0) return upstreams.filter((one) => one.path === undefined);
  const longest = Math.max(...lengths);
  return upstreams.filter((one) => one.path?.length === longest && isBelowPath(path, one.path));
}

/**
 * The upstream for one request without a pin. `random` is 0 ≤ r < 1; upstreams that have failed this request come last, since another may
 * live. Null: nothing takes traffic.
 */
export function byShare(
  upstreams: readonly EdgeUpstream[],
  failed: ReadonlySet<string>,
  random: number,
): EdgeUpstream | null {
  const weighted = upstreams.filter((upstream) => upstream.share > 0);
  const untried = weighted.filter((upstream) => !failed.has(upstream.url));
  const candidates = untried.length > 0 ? untried : weighted;
  const total = candidates.reduce((sum, upstream) => sum + upstream.share, 0);
  let rest = random * total;
  for (const upstream of candidates) {
    rest -= upstream.share;
    if (rest < 0) return upstream;
  }
  // Rounding may leave a crumb above the last share.
  return candidates.at(-1) ?? null;
}
