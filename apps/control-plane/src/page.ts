import type { StatusEnvironment, Why } from '@soundbite/client';
import type { Digest } from '@soundbite/model';
import { gitSays } from './git.ts';
import { status } from './status.ts';
import { why } from './why.ts';
import type { World } from './world/world.ts';

/** From what a release was cut. */
export interface CutFrom {
  readonly commit: string;
  /** Null: this repository does not have the commit, or there is none. */
  readonly subject: string | null;
  /** ISO 8601. */
  readonly committedAt: string;
  readonly dirty: boolean;
}

/** One environment as the page shows it. */
export interface PagePlace {
  readonly status: StatusEnvironment;
  /** Null: it is no longer declared, or the records do not answer for it. */
  readonly why: Why | null;
  /** Null: nothing is live, or this home does not have the release. */
  readonly cut: CutFrom | null;
}

/** All environments, each as it answers now and as the records tell why. */
export async function pagePlaces(world: World): Promise<readonly PagePlace[]> {
  const { environments } = await status(world);
  const places = environments.map(async (seen) => {
    const [decided, cut] = await Promise.all([
      why(world, seen.name).catch(() => null),
      seen.release === null ? null : cutFrom(world, seen.release),
    ]);
    return { status: seen, why: decided, cut };
  });
  return Promise.all(places);
}

/** Of this home alone: a look fetches no release. */
async function cutFrom({ ownReleases, config }: World, digest: Digest): Promise<CutFrom | null> {
  const release = await ownReleases.get(digest).catch(() => null);
  if (release === null) return null;
  const { commit, committedAt, dirty } = release.provenance;
  const words = ['log', '--max-count=1', '--format=%s', '--end-of-options', commit];
  const subject = await gitSays(config.root, words).then(
    (said) => said.trim(),
    () => null,
  );
  return { commit, subject: subject || null, committedAt, dirty };
}
