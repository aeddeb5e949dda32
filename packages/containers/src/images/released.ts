import { type Containers, type ImageOrder, type ReleasedImage, SoundBiteError, shortDigest } from '@soundbite/model';
import { inspectImage } from './base.ts';
import { type BuildOptions, buildApplication, buildEnvironment } from './build.ts';
import { applicationTag, earlierImageTags, imageTag } from './names.ts';
import type { ImageEngine } from './read.ts';
import { secretFileAmong } from './secrets.ts';
import { imageAltered, type ProvenImage, proveFiles, proveImage } from './verify.ts';

type Images = Pick<Containers, 'makeImage' | 'namedImage' | 'nameImage' | 'hasImage' | 'verifyImage'>;

/** The images of releases on an engine, under the names of one home. What one is made of is the release's and this SoundBite's, so homes of one version make the same. */
export function releasedImages(engine: ImageEngine): Images {
  const { calls, installation } = engine;
  const idOf = async (name: string): Promise<string | null> => (await inspectImage(calls, name))?.Id ?? null;
  const inTurn = turnsByName();
  const namedImage: Images['namedImage'] = async (name) => {
    const ours = imageTag(name, installation);
    for (const tag of [ours, ...earlierImageTags(name)]) {
      const id = await idOf(tag);
      if (id !== null) return { tag, id };
    }
    return { tag: ours, id: null };
  };
  const nameImage: Images['nameImage'] = async (id, name) => {
    const [repo, tag] = imageTag(name, installation).split(':');
    await calls.json('POST', `/images/${encodeURIComponent(id)}/tag`, { query: { repo, tag } });
  };
  return {
    ...{ namedImage, nameImage },
    hasImage: async (id) => (await idOf(id)) !== null,
    makeImage: (order) =>
      inTurn(applicationTag(order), async () => {
        const held = await heldImage(engine, order);
        if (held === null) return buildImage(engine, order);
        const named = await namedImage(order);
        const isIt = named.id === held.id;
        // An earlier name may be taken from it by another home.
        if (!isIt || named.tag !== held.tag) await nameImage(held.id, order);
        return { image: held, made: false, putRight: isIt ? [] : [wasOther(named)] };
      }),
    async verifyImage(order) {
      const { id, tag } = await namedImage(order);
      if (id === null) return null;
      const proven = await (id === order.held ? proveFiles(engine, order, id) : proveBoth(engine, order, id));
      return { ...describe(engine, order, proven), tag };
    },
  };
}

/** The one that the home already took, if it is there and its files are the release's. It is known by its content: what else it says is what was proven when it was made. */
async function heldImage(engine: ImageEngine, order: ImageOrder): Promise<ReleasedImage | null> {
  if (order.held === undefined || (await inspectImage(engine.calls, order.held)) === null) return null;
  const proven = await unlessAltered(proveFiles(engine, order, order.held));
  return proven && describe(engine, order, proven);
}

/** The image of a release for an environment: the one that is there, once it is proven, or one that is made now. Errors: see `Containers.makeImage`. */
export async function buildImage(
  engine: ImageEngine,
  order: ImageOrder,
  options: BuildOptions = {},
): ReturnType<Images['makeImage']> {
  const { calls, installation } = engine;
  refuseSecrets(order);
  const tag = imageTag(order, installation);
  const before = await inspectImage(calls, tag);
  if (before !== null && !options.anew) {
    const proven = await unlessAltered(proveBoth(engine, order, before.Id));
    if (proven) return { image: describe(engine, order, proven), made: false, putRight: [] };
  }
  const application = await applicationOf(engine, order, options);
  const id = await buildEnvironment(engine, order, application.id);
  const proven = await justMade(order, proveOn(engine, order, id, application));
  const wasAnother = before !== null && before.Id !== proven.id;
  return {
    image: describe(engine, order, proven),
    made: true,
    putRight: wasAnother ? [wasOther({ tag, id: before.Id })] : [],
  };
}

const wasOther = ({ tag, id }: { readonly tag: string; readonly id: string | null }): string =>
  `${tag} was ${id === null ? 'missing' : `another image (${id})`}; it is the release's again`;

/** Whoever has an image can read it all: what lets somebody in stays out, however it came into the release. */
function refuseSecrets({ files, release }: ImageOrder): void {
  const found = secretFileAmong(files);
  if (found === null) return;
  throw new SoundBiteError(
    'image-not-built',
    `${found} of ${shortDigest(release)} looks like a file of secrets, so no image is made of it`,
    {
      hint: `take it out of the service's bundle.json, cut a new release, and replace the secret`,
    },
  );
}

/** The uppermost layer but one: what only the release decides. */
const describe = (
  { installation }: ImageEngine,
  order: ImageOrder,
  { id, size, layers }: ProvenImage,
): ReleasedImage => ({
  ...{ id, tag: imageTag(order, installation), size },
  ...{ application: applicationTag(order), applicationLayer: layers.at(-2) ?? '' },
  applicationSize: [...order.files.values()].reduce((sum, { length }) => sum + length, 0),
});

/** An environment's image, and that it is its application image and nothing more. */
async function proveBoth(engine: ImageEngine, order: ImageOrder, id: string): Promise<ProvenImage> {
  const application = await inspectImage(engine.calls, applicationTag(order));
  if (application === null) return proveImage(engine, order, id, { of: 'environment' });
  const proven = await provenOnce(order, application.Id, () =>
    proveImage(engine, order, application.Id, { of: 'application' }),
  );
  return proveOn(engine, order, id, proven);
}

/** Environments differ in settings: a layer of one's own is something that was put there. What has the layers of a proven image has its files. */
async function proveOn(
  engine: ImageEngine,
  order: ImageOrder,
  id: string,
  application: ProvenImage,
): Promise<ProvenImage> {
  const proven = await proveImage(engine, order, id, { of: 'environment', sameFilesAs: application });
  if (proven.layers.join() === application.layers.join()) return proven;
  const tag = imageTag(order, engine.installation);
  throw imageAltered(order, `its layers are not those of ${applicationTag(order)}`, tag);
}

/** Who looks at a release for several environments looks at what they share once: as long as it is the same files that an image is held against. */
const proofs = new WeakMap<ImageOrder['files'], Map<string, Promise<ProvenImage>>>();

function provenOnce({ files }: ImageOrder, id: string, prove: () => Promise<ProvenImage>): Promise<ProvenImage> {
  const known = proofs.get(files) ?? new Map<string, Promise<ProvenImage>>();
  proofs.set(files, known);
  const proof = known.get(id) ?? prove();
  known.set(id, proof);
  return proof;
}

async function applicationOf(engine: ImageEngine, order: ImageOrder, options: BuildOptions): Promise<ProvenImage> {
  const before = await inspectImage(engine.calls, applicationTag(order));
  if (before !== null && !options.anew) {
    const proven = await unlessAltered(proveImage(engine, order, before.Id, { of: 'application' }));
    if (proven) return proven;
  }
  const id = await buildApplication(engine.calls, order, options);
  return justMade(order, proveImage(engine, order, id, { of: 'application' }));
}

/** Null in place of an image that is not the release's. */
const unlessAltered = (proof: Promise<ProvenImage>): Promise<ProvenImage | null> =>
  proof.catch((error: unknown) => {
    if (error instanceof SoundBiteError && error.code === 'image-altered') return null;
    throw error;
  });

/** To make it again would not help: it is what the engine and the base make of the release. */
const justMade = (order: ImageOrder, proof: Promise<ProvenImage>): Promise<ProvenImage> =>
  proof.catch((error: unknown) => {
    if (!(error instanceof SoundBiteError) || error.code !== 'image-altered') throw error;
    throw new SoundBiteError('image-altered', `${error.message}, although it was just made`, {
      hint: `somebody changes images on this engine, or it comes with the base: look with docker history ${applicationTag(order)}, and name another base in SOUNDBITE_BASE_IMAGE`,
      cause: error,
    });
  });

/** Work under one name is done one after another: whoever comes second finds what the first made. */
function turnsByName() {
  const turns = new Map<string, Promise<unknown>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(name) ?? Promise.resolve()).then(work, work);
    const settled = turn.catch(() => {});
    turns.set(name, settled);
    void settled.then(() => turns.get(name) === settled && turns.delete(name));
    return turn;
  };
}
