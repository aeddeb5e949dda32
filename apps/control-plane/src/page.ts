import type { StatusEnvironment, Why } from '@soundbite/client';
import type { Digest } from '@soundbite/model';
import { subjectOf } from './commits.ts';
import { status } from './status.ts';
import { unlessRefused } from './unless-refused.ts';
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
  /** Null: the records do not say. */
  readonly why: Why | null;
  /** Null: nothing is live, or this home does not have the release. */
  readonly cut: CutFrom | null;
}

/** All environments, each as it answers now and as the records tell why. */
export async function pagePlaces(world: World): Promise<readonly PagePlace[]> {
  const { environments } = await status(world);
  const places = environments.map(async (seen) => {
    const [decided, cut] = await Promise.all([
      unlessRefused(why(world, seen.name)),
      seen.release === null ? null : cutFrom(world, seen.release),
    ]);
    return { status: seen, why: decided, cut };
  });
  return Promise.all(places);
}

/** Of this home alone: a look fetches no release. */
async function cutFrom({ ownReleases, config }: World, digest: Digest): Promise<CutFrom | null> {
  const release = await unlessRefused(ownReleases.get(digest));
  if (release === null) return null;
  const { commit, committedAt, dirty } = release.provenance;
  return { commit, subject: await subjectOf(config.root, commit), committedAt, dirty };
}
