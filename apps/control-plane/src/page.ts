import type { CutFrom, StatusEnvironment, Why } from '@soundbite/client';
import { cutFrom } from './cut-from.ts';
import { status } from './status.ts';
import { unlessRefused } from './unless-refused.ts';
import { why } from './why.ts';
import type { World } from './world/world.ts';

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
    const [decided, cut] = await Promise.all([unlessRefused(why(world, seen.name)), cutFrom(world, seen.release)]);
    return { status: seen, why: decided, cut };
  });
  return Promise.all(places);
}
