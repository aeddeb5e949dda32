import type { ImageRequest, ImageResult, VerifyResult } from '@soundbite/client';
import { type Digest, type Environment, type Release, SoundBiteError, toErrorDocument } from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

type ImageWorld = Pick<World, 'declaration' | 'images' | 'releases'>;

/**
 * Makes the image of a release for an environment of it, whatever runs there, by the release alone. Errors: `release-unknown`, `release-altered`, `release-without-processes`,
 * `environment-unknown`, `settings-unknown`, those of `Containers.makeImage`.
 */
export async function makeImage(
  world: ImageWorld,
  digest: Digest,
  { environment }: ImageRequest,
): Promise<ImageResult> {
  const release = await world.releases.verify(digest);
  demandCutFor(world, release, environment);
  const { image, made, putRight } = await world.images.make(release, environment);
  const { id, tag, size, application, applicationLayer, applicationSize } = image;
  return {
    ...{ release: digest, environment, tag, id, size, made, putRight },
    application: { tag: application, layer: applicationLayer, size: applicationSize },
    runtime: declaredAs(world, environment)?.runtime ?? null,
  };
}

/** One that is not declared any more may have an image as well: the release says for which environments it is. */
function demandCutFor(world: ImageWorld, { digest, manifest }: Release, environment: string): void {
  if (manifest.environments.includes(environment)) return;
  environmentNamed(world.declaration(), environment);
  throw new SoundBiteError('settings-unknown', `${digest} was cut before ${environment} was declared`, {
    hint: `cut a new release, or name one of ${manifest.environments.join(', ')}`,
  });
}

const declaredAs = (world: ImageWorld, name: string): Environment | undefined =>
  world.declaration().environments.find((one) => one.name === name);

/** Where there is no engine nothing is known of images, which is no fault of the release. */
const unseen = new Set<string>(['engine-down', 'engine-withheld']);

/** The images of a release as they are on the engine; see `VerifyResult`. */
export async function imagesOf({ images }: Pick<World, 'images'>, release: Release): Promise<VerifyResult['images']> {
  try {
    const found = await images.look(release);
    if (found === null) return null;
    const environments = found.map(({ environment, tag, image, problem }) => ({
      ...{ environment, tag, id: image?.id ?? null },
      state: problem ? ('altered' as const) : image ? ('proven' as const) : ('absent' as const),
      problem: problem && toldProblem(problem),
    }));
    return { problem: null, environments };
  } catch (error) {
    if (!(error instanceof SoundBiteError) || !unseen.has(error.code)) throw error;
    return { problem: toldProblem(error), environments: [] };
  }
}

function toldProblem(error: SoundBiteError): { code: string; message: string; hint: string } {
  const { code, message, hint } = toErrorDocument(error);
  return { code, message, hint };
}
