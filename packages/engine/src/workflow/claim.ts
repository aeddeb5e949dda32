import {
  type Digest,
  homeOfSite,
  rowOfError,
  type SoundBiteError,
  shortDigest,
  toErrorDocument,
} from '@soundbite/model';
import type { PromotionPorts } from '../ports.ts';
import type { Asked } from '../store/promotion-rows.ts';
import type { Home } from '../store/sites.ts';

/**
 * Why a promotion into a shared environment is left to another control plane: this one has the release neither locally nor from the shared
 * store, and this check itself fetches it. A promotion to be stopped needs the previous release instead. Null: it can execute it. In an environment of
 * its own a home is the only one that ever could.
 */
export async function whyLeft(
  { releases }: Pick<PromotionPorts, 'releases'>,
  home: Home | null,
  asked: Pick<Asked, 'site' | 'home'> & Needing,
): Promise<string | null> {
  const { site, home: from } = asked;
  if (home === null || homeOfSite(site) !== null) return null;
  const digest = needed(asked);
  if (digest === null) return null;
  const error = await releases.get(digest).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  // The steps report what is wrong with the release itself.
  if (error === null || rowOfError(error).verdict === 'release') return null;
  const who = `waits for a control plane that has ${shortDigest(digest)}${askedAt(from)}`;
  return (error as SoundBiteError).code === 'release-unknown' ? who : `${who}; ${toErrorDocument(error).message}`;
}

type Needing = Pick<Asked, 'release' | 'plan' | 'stopped' | 'broken' | 'givenUp'>;

/** The release that a promotion needs to continue; null: it only removes all traffic. */
function needed({ release, plan, stopped, broken, givenUp }: Needing): Digest | null {
  if (plan === null) return release;
  const isUndone = stopped !== null || broken !== null || givenUp !== null;
  return isUndone ? plan.previous : plan.release;
}

const askedAt = (home: Home | null): string => (home === null ? '' : `; it was asked for on ${told(home)}`);

/** The note on a promotion that only its home can admit, because that home knows what is live before. */
export const waitsForHome = (home: Home): string =>
  `waits for the control plane on ${told(home)}, which was asked for it`;

const told = ({ id, host }: Home): string => `${host} (home ${id.slice(0, 8)})`;
