import type { Digest } from '@soundbite/model';
import type { AliasTarget } from './alias.ts';
import type { Version } from './versions.ts';

/** A component's versions, and where its alias sends what comes. */
export interface Shared {
  readonly published: readonly Pick<Version, 'version' | 'releases'>[];
  readonly alias: AliasTarget;
  /** Releases that have no such component. */
  readonly without: ReadonlySet<Digest>;
}

/** Shares of a component's traffic, by release. */
export type Attributed = ReadonlyMap<Digest, number>;

/**
 * Which release has which share of each component's traffic, in the order of the components. A version may be several releases', so each of them in turn
 * is given what it can have of all its components at once, and then what is left at one of them. Of releases with the same versions the first one has all.
 */
export function attributed(components: readonly Shared[], releases: readonly Digest[]): readonly Attributed[] {
  const left = components.map(({ published, alias }) => published.map(({ version }) => shareAt(alias, version)));
  const given = components.map(() => new Map<Digest, number>());
  const has = (at: number, release: Digest): number =>
    (components[at]?.published ?? []).reduce(
      (sum, { releases }, index) => rounded(sum + (releases.includes(release) ? (left[at]?.[index] ?? 0) : 0)),
      0,
    );
  const give = (at: number, release: Digest, share: number) => {
    let open = share;
    for (const [index, { releases }] of (components[at]?.published ?? []).entries()) {
      const part = releases.includes(release) ? Math.min(open, left[at]?.[index] ?? 0) : 0;
      if (part === 0) continue;
      left[at]?.splice(index, 1, rounded((left[at]?.[index] ?? 0) - part));
      open = rounded(open - part);
      given[at]?.set(release, rounded((given[at]?.get(release) ?? 0) + part));
    }
  };
  for (const release of releases) {
    const members = [...components.keys()].filter((at) => !components[at]?.without.has(release));
    // Of a component that another release lacks this one may have more than its share.
    const common = members.filter((at) => components[at]?.without.size === 0);
    const whole = Math.min(...(common.length > 0 ? common : members).map((at) => has(at, release)));
    if (Number.isFinite(whole)) for (const at of members) give(at, release, whole);
  }
  for (const release of releases) for (const at of components.keys()) give(at, release, has(at, release));
  return given;
}

/** The share of an alias's traffic that reaches a version. */
export const shareAt = ({ version, other }: AliasTarget, name: string): number =>
  (version === name ? 1 - (other?.share ?? 0) : 0) + (other?.version === name ? other.share : 0);

/** Without what sums of fractions leave. */
const rounded = (share: number): number => Math.round(share * 1e9) / 1e9;
