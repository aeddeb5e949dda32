import { ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { Digest, Target } from '@soundbite/model';
import type { Clients } from './clients.ts';
import type { Proving } from './proof.ts';
import { knownVersion, versionsOf } from './versions.ts';

export type PinnedVersions = ReturnType<typeof pinnedVersions>;

/**
 * Which version of a function runs a release, proven once for each target: a step asks the same version a dozen times, and a published version does not
 * change. One that is gone is looked for anew. Errors: `version-unknown`, those of `act`.
 */
export function pinnedVersions() {
  const proven = new WeakMap<Target, Map<string, string>>();

  return async <T>(
    clients: Clients & Proving,
    target: Target,
    { name, release }: { readonly name: string; readonly release: Digest },
    act: (version: string) => Promise<T>,
  ): Promise<T> => {
    const ofTarget = proven.get(target) ?? new Map<string, string>();
    proven.set(target, ofTarget);
    const key = `${name} ${release}`;
    const before = ofTarget.get(key);
    if (before !== undefined) {
      try {
        return await act(before);
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        ofTarget.delete(key);
      }
    }
    const { version } = knownVersion(await versionsOf(clients, name, [release]), release, name);
    ofTarget.set(key, version);
    return act(version);
  };
}
