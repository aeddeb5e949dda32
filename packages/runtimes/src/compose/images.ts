import { join } from 'node:path';
import {
  type Containers,
  type ImageOrder,
  type Release,
  type ReleasedImage,
  releasedService,
  SoundBiteError,
} from '@soundbite/model';
import { provenBundle } from '../bundle.ts';
import { unzip } from '../process/unzip.ts';
import { heldVersions } from '../versions/held.ts';

/** What an image of a release is made of. Errors: `code-altered`, `release-without-processes`. */
export async function imageOrderOf(release: Release, environment: string): Promise<ImageOrder> {
  const files = await unzip(await provenBundle(release));
  const { commit, committedAt } = release.provenance;
  const service = releasedService(release.manifest);
  return { service, release: release.digest, environment, files, commit, committedAt };
}

/** An image of a release as it is on an engine: held against the release, or not there. */
export interface LookedAtImage {
  readonly environment: string;
  readonly tag: string;
  /** Null: there is none. */
  readonly image: ReleasedImage | null;
  /** Why it is not the release's; null: it is, or there is none. */
  readonly problem: SoundBiteError | null;
}

/** Images of releases, for people: no version is installed by them, and none that runs is touched. */
export interface ReleaseImages {
  /** Makes the image of a release for an environment, whatever the environment's runtime is. Errors: those of `Containers.makeImage` and of `imageOrderOf`. */
  make(release: Release, environment: string): ReturnType<Containers['makeImage']>;
  /** Holds the images that there are against the release; null: it brings nothing that runs as processes, so it has none. Errors: those of the engine, `code-altered`. */
  look(release: Release): Promise<readonly LookedAtImage[] | null>;
}

/** `home`: where is remembered what versions were made of. */
export function releaseImages(containers: Containers, home: string): ReleaseImages {
  const store = heldVersions(join(home, 'versions'));
  const heldOf = async (release: Release, environment: string): Promise<Pick<ImageOrder, 'held'>> => {
    const image = (await store.find(environment, release.digest))?.image;
    return image === undefined ? {} : { held: image };
  };
  return {
    async make(release, environment) {
      const order = await imageOrderOf(release, environment);
      return containers.makeImage({ ...order, ...(await heldOf(release, environment)) });
    },
    async look(release) {
      const { service, environments } = release.manifest;
      if (!service.path) return null;
      const found: LookedAtImage[] = [];
      const order = await imageOrderOf(release, '');
      for (const environment of environments)
        found.push(await lookAt(containers, { ...order, environment, ...(await heldOf(release, environment)) }));
      return found;
    },
  };
}

async function lookAt(containers: Containers, order: ImageOrder): Promise<LookedAtImage> {
  const { tag, id } = await containers.namedImage(order);
  const nothing = { environment: order.environment, tag, image: null, problem: null };
  if (id === null) return nothing;
  try {
    return { ...nothing, image: await containers.verifyImage(order) };
  } catch (problem) {
    if (problem instanceof SoundBiteError && problem.code === 'image-altered') return { ...nothing, problem };
    throw problem;
  }
}
