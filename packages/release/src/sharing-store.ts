import { type Digest, type Release, type ReleaseStore, type SharedReleases, SoundBiteError } from '@soundbite/model';
import { receive } from './receive.ts';

/** For how long it is not asked again for a release that the shared store did not give, in ms: promotions that wait ask every few seconds. */
const missedForMs = 5_000;

/**
 * A home's own releases and, behind them, those of a store that homes share: what is missing here is fetched when it is asked for, once for all who ask
 * at the same time. What was fetched is one of the home's own from then on. `list` and `remove` are about the home's own only.
 */
export function sharingStore(
  directory: string,
  own: ReleaseStore,
  shared: SharedReleases,
  now: () => number = () => performance.now(),
): ReleaseStore {
  const fetching = new Map<Digest, Promise<Release>>();
  const missed = new Map<Digest, { readonly error: unknown; readonly until: number }>();

  function fetched(digest: Digest): Promise<Release> {
    const before = missed.get(digest);
    if (before && before.until > now()) return Promise.reject(before.error);
    missed.delete(digest);
    const present = fetching.get(digest);
    if (present) return present;
    const work = receive(directory, shared, digest).finally(() => fetching.delete(digest));
    fetching.set(digest, work);
    work.catch((error: unknown) => {
      for (const [other, { until }] of missed) if (until <= now()) missed.delete(other);
      missed.set(digest, { error, until: now() + missedForMs });
    });
    return work;
  }

  /** Asks the home's own store; what it lacks is fetched first. */
  const here = <T>(digest: Digest, ask: () => Promise<T>): Promise<T> =>
    ask().catch(async (error: unknown) => {
      if (!isUnknown(error)) throw error;
      await fetched(digest);
      return ask();
    });

  return {
    list: own.list,
    remove: own.remove,
    get: (digest) => here(digest, () => own.get(digest)),
    verify: (digest) => here(digest, () => own.verify(digest)),
    scratch: (digest, environment) => here(digest, () => own.scratch(digest, environment)),
    program: (digest, kind) => here(digest, () => own.program(digest, kind)),
  };
}

const isUnknown = (error: unknown): boolean => error instanceof SoundBiteError && error.code === 'release-unknown';
