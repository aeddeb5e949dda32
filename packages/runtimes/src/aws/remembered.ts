import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { FoundAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import { latestVersion } from './labels.ts';
import { toldVersions } from './versions.ts';

/** How long a list of versions may be remembered, in ms: it tells of versions that somebody made, and that have no traffic. */
const keptMs = 60_000;

interface Remembered {
  readonly told: readonly FunctionConfiguration[];
  /** Of the alias, by which the list was read: a function that was made anew has another one. */
  readonly revision: string | undefined;
  readonly at: number;
}

/** One function and its alias, as it is now. */
export interface PointedFunction {
  readonly name: string;
  readonly alias: FoundAlias;
}

/**
 * Lists of versions for those who look again and again. A published version never changes, so a list holds as long as the alias stands where it stood;
 * of lists that are merely old one is read anew in each look.
 */
export function versionMemory(now: () => number = () => performance.now()) {
  const known = new Map<string, Remembered>();
  const keyOf = ({ access }: Clients, name: string) => `${access.account} ${access.region} ${name}`;

  const holds = (found: Remembered | undefined, { alias }: PointedFunction): boolean => {
    // What was deployed last is no version: it may change.
    const isThere = (wanted: string) =>
      found?.told.some(({ Version }) => Version === wanted && wanted !== latestVersion);
    const led = [alias.version, ...(alias.other ? [alias.other.version] : [])];
    return found?.revision === alias.revision && led.every(isThere);
  };

  return {
    async of(clients: Clients, functions: readonly PointedFunction[]): Promise<(readonly FunctionConfiguration[])[]> {
      const old = functions
        .map(({ name }) => keyOf(clients, name))
        .toSorted((one, other) => (known.get(one)?.at ?? 0) - (known.get(other)?.at ?? 0))
        .find((key) => now() - (known.get(key)?.at ?? 0) > keptMs);
      return Promise.all(
        functions.map(async (one) => {
          const key = keyOf(clients, one.name);
          const found = known.get(key);
          if (found && holds(found, one) && key !== old) return found.told;
          const told = await toldVersions(clients, one.name);
          known.set(key, { told, revision: one.alias.revision, at: now() });
          return told;
        }),
      );
    },
  };
}

export type VersionMemory = ReturnType<typeof versionMemory>;
