import type { Infrastructure } from '@soundbite/model';

type Asks = Infrastructure['isBootstrapped'];

/** Remembers of an account that it is prepared, for as long as it says that it is configured as it was: it is asked in each promotion and each `up`. */
export function prepared(ask: Asks): Asks {
  const known = new Map<string, string>();
  return async (environment, cloud) => {
    // Asked before the look: what changes during it makes the next one look again.
    const configuration = (await cloud.configuration?.()) ?? null;
    const revision = configuration && JSON.stringify([configuration, environment]);
    if (revision !== null && known.get(environment.name) === revision) return true;
    known.delete(environment.name);
    const isPrepared = await ask(environment, cloud);
    if (isPrepared && revision !== null) known.set(environment.name, revision);
    return isPrepared;
  };
}
