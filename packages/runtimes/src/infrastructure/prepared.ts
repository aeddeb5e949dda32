import type { Holdings, Infrastructure } from '@soundbite/model';

type Asks = Infrastructure['allowed'];

/**
 * Remembers of an account what it is prepared for, for as long as it says that it is configured as it was: it is asked in each promotion and each `up`.
 */
export function prepared(ask: Asks): Asks {
  const known = new Map<string, { readonly revision: string; readonly holdings: Holdings }>();
  return async (environment, cloud) => {
    // Asked before the look: what changes during it makes the next one look again.
    const configuration = (await cloud.configuration?.()) ?? null;
    const revision = configuration && JSON.stringify([configuration, environment]);
    const before = known.get(environment.name);
    if (revision !== null && before?.revision === revision) return before.holdings;
    known.delete(environment.name);
    const holdings = await ask(environment, cloud);
    if (holdings && revision !== null) known.set(environment.name, { revision, holdings });
    return holdings;
  };
}
