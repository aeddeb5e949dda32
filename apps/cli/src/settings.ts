import { devSilenceOf } from '@soundbite/model/dev-silence.ts';
import { parseReleaseStore, releaseStoreVariable } from '@soundbite/model/release-store-address.ts';

/**
 * Refuses what a control plane of this shell would refuse of its settings, before the one that runs is ended for it. Errors: `usage`,
 * `release-store-unusable`.
 */
export function refuseSettings(env: Readonly<Record<string, string | undefined>>): void {
  devSilenceOf(env.SOUNDBITE_DEV_SILENCE);
  const store = env[releaseStoreVariable];
  if (store) parseReleaseStore(store);
}
