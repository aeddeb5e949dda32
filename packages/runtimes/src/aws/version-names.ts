import type { Digest, RequestRecord, Target } from '@soundbite/model';
import { type Component, httpAmong, saysComponents } from './components.ts';
import type { FunctionVersions } from './versions.ts';

/** What users of an environment reach, as it was seen last. */
interface Reached {
  /** Null: a fixed stack, whose function logs under a fixed name. */
  readonly functionName: string | null;
  readonly releases: ReadonlyMap<string, Digest>;
}

/**
 * Which release a version of the function that users reach is, as of the last look at each environment: a request of which only the version is known is
 * counted for its release by that. Whoever watches an environment looks at it before each time that it reads requests.
 */
export function versionNames() {
  const known = new Map<string, Reached>();
  return {
    /** `serving`: the releases with traffic; a version that is several releases' is theirs. */
    keep(
      { environment, outputs }: Pick<Target, 'environment' | 'outputs'>,
      seen: readonly { readonly component: Component; readonly versions: FunctionVersions }[],
      serving: readonly Digest[] = [],
    ): void {
      const component = httpAmong(seen.map((one) => one.component));
      const reached = seen.find((one) => one.component.name === component?.name);
      if (!reached) return;
      const releases = reached.versions.published.flatMap(({ version, releases: all }): [string, Digest][] => {
        const [release = all[0]] = serving.filter((one) => all.includes(one));
        return release ? [[version, release]] : [];
      });
      const functionName = saysComponents(outputs) ? reached.component.functionName : null;
      known.set(environment.name, { functionName, releases: new Map(releases) });
    },
    /** The function that users reach; null: one that logs under a fixed name, or nobody has looked yet. */
    reached: (environment: string): string | null => known.get(environment)?.functionName ?? null,
    /** The request with its release, where its answer named none. */
    named(environment: string, record: RequestRecord): RequestRecord {
      if (record.release !== null || record.version === null) return record;
      return { ...record, release: known.get(environment)?.releases.get(record.version) ?? null };
    },
  };
}

export type VersionNames = ReturnType<typeof versionNames>;
