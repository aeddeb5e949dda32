import { type Containers, type ImageOrder, SoundBiteError } from '@soundbite/model';
import type { EngineCalls } from '../calls.ts';
import { inspectImage } from './base.ts';
import { type BuildOptions, buildApplication, buildEnvironment } from './build.ts';
import { applicationTag, imageTag } from './names.ts';
import { imageAltered, type ProvenImage, verifyImage } from './verify.ts';

type Images = Pick<Containers, 'makeImage' | 'namedImage' | 'nameImage' | 'hasImage' | 'verifyImage'>;

/** The images of releases on an engine. They belong to no installation: those of one release are the same for all. */
export function releasedImages(calls: EngineCalls): Images {
  const idOf = async (name: string): Promise<string | null> => (await inspectImage(calls, name))?.Id ?? null;
  return {
    hasImage: async (id) => (await idOf(id)) !== null,
    async namedImage(release, environment) {
      const tag = imageTag(release, environment);
      return { tag, id: await idOf(tag) };
    },
    async nameImage(id, release, environment) {
      const [repo, tag] = imageTag(release, environment).split(':');
      await calls.json('POST', `/images/${encodeURIComponent(id)}/tag`, { query: { repo, tag } });
    },
    makeImage: (order) => buildImage(calls, order),
    async verifyImage(order) {
      const tag = imageTag(order.release, order.environment);
      const id = await idOf(tag);
      return id === null ? null : describe(tag, await proveBoth(calls, order, id));
    },
  };
}

/** The image of a release for an environment: the one that is there, once it is proven, or one that is made now. Errors: see `Containers.makeImage`. */
export async function buildImage(
  calls: EngineCalls,
  order: ImageOrder,
  options: BuildOptions = {},
): ReturnType<Images['makeImage']> {
  const tag = imageTag(order.release, order.environment);
  const before = await inspectImage(calls, tag);
  if (before !== null && !options.anew) {
    const proven = await unlessAltered(proveBoth(calls, order, before.Id));
    if (proven) return { image: describe(tag, proven), putRight: [] };
  }
  const application = await applicationOf(calls, order, options);
  const proven = await verifyImage(calls, order, await buildEnvironment(calls, order, application.id), 'environment');
  sameLayers(order, proven, application);
  const wasOther = before !== null && before.Id !== proven.id;
  return {
    image: describe(tag, proven),
    putRight: wasOther ? [`${tag} was another image (${before.Id}); it is the release's again`] : [],
  };
}

/** The uppermost layer but one: what only the release decides. */
const describe = (tag: string, { id, size, layers }: ProvenImage) => ({
  ...{ id, tag, size },
  applicationLayer: layers.at(-2) ?? '',
});

/** An environment's image, and that it is its application image and nothing more. */
async function proveBoth(calls: EngineCalls, order: ImageOrder, id: string): Promise<ProvenImage> {
  const proven = await verifyImage(calls, order, id, 'environment');
  const application = await inspectImage(calls, applicationTag(order.release));
  if (application !== null) {
    sameLayers(order, proven, await verifyImage(calls, order, application.Id, 'application'));
  }
  return proven;
}

/** Environments differ in settings: a layer of one's own is something that was put there. */
function sameLayers(order: ImageOrder, image: ProvenImage, application: ProvenImage): void {
  if (image.layers.join() === application.layers.join()) return;
  throw imageAltered(order, `its layers are not those of ${applicationTag(order.release)}`);
}

async function applicationOf(calls: EngineCalls, order: ImageOrder, options: BuildOptions): Promise<ProvenImage> {
  const before = await inspectImage(calls, applicationTag(order.release));
  if (before !== null && !options.anew) {
    const proven = await unlessAltered(verifyImage(calls, order, before.Id, 'application'));
    if (proven) return proven;
  }
  return verifyImage(calls, order, await buildApplication(calls, order, options), 'application');
}

/** Null in place of an image that is not the release's. */
const unlessAltered = (proof: Promise<ProvenImage>): Promise<ProvenImage | null> =>
  proof.catch((error: unknown) => {
    if (error instanceof SoundBiteError && error.code === 'image-altered') return null;
    throw error;
  });
