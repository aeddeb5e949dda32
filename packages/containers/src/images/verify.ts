import { createHash } from 'node:crypto';
import { type ImageOrder, SoundBiteError, shortDigest } from '@soundbite/model';
import { serviceUser } from '../names.ts';
import { entriesOfTar } from '../tar.ts';
import { type InspectedImage, inspectImage } from './base.ts';
import { filesOfOurs, filesOfRelease, variablesSet } from './context.ts';
import { applicationLabels, applicationTag, imageLabels, imageTag } from './names.ts';
import { type ImageEngine, imageDirectory } from './read.ts';
import { secretAmong } from './secrets.ts';
import { variableProblem } from './variables.ts';

/** What an image that holds a release is made of. */
export interface ProvenImage {
  readonly id: string;
  /** In bytes, with its base. */
  readonly size: number;
  /** As `NAME=value`. */
  readonly variables: readonly string[];
  /** All layers that hold anything, by their content; the two uppermost are the release's and ours. */
  readonly layers: readonly string[];
}

/** What is proven of an image: one that all environments share, or an environment's, whose files need no second look where its layers are those of one that was proven. */
interface Proof {
  readonly of: 'application' | 'environment';
  readonly sameFilesAs?: ProvenImage;
}

/**
 * Proves an image (`id`) against the release, without running anything of it: what it says of itself, the files of the release and ours and no others, the user, and that nothing
 * in it or in its history looks like a secret. Errors: `image-altered`, `image-missing`.
 */
export async function proveImage(
  engine: ImageEngine,
  order: ImageOrder,
  id: string,
  proof: Proof,
): Promise<ProvenImage> {
  const image = await imageNamed(engine, id);
  const proven = provenOf(image);
  const isSame = proof.sameFilesAs?.layers.join() === proven.layers.join();
  const wrong =
    configProblem(image, proof.of === 'application' ? applicationLabels(order) : imageLabels(order)) ??
    (await secretProblem(engine, image)) ??
    variableProblem(proven.variables, await variablesSet(order, proof.of), proof.sameFilesAs?.variables) ??
    (isSame ? null : await filesProblem(engine, image, 'app', filesOfRelease(order))) ??
    (isSame ? null : await filesProblem(engine, image, 'soundbite', await filesOfOurs()));
  if (wrong === null) return proven;
  throw imageAltered(
    order,
    wrong,
    proof.of === 'application' ? applicationTag(order) : imageTag(order, engine.installation),
  );
}

/** Proves the release's files in an image that is known by its content otherwise. Errors: as above. */
export async function proveFiles(engine: ImageEngine, order: ImageOrder, id: string): Promise<ProvenImage> {
  const image = await imageNamed(engine, id);
  const wrong = await filesProblem(engine, image, 'app', filesOfRelease(order));
  if (wrong === null) return provenOf(image);
  throw imageAltered(order, wrong, imageTag(order, engine.installation));
}

async function imageNamed({ calls }: ImageEngine, id: string): Promise<InspectedImage> {
  const image = await inspectImage(calls, id);
  if (image === null) throw new SoundBiteError('image-missing', `the engine has no image ${id}`);
  return image;
}

/** The content of a layer without files: BuildKit makes one of WORKDIR, other builders none. */
const emptyLayer = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

const provenOf = ({ Id, Size, RootFS, Config }: InspectedImage): ProvenImage => ({
  ...{ id: Id, size: Size, variables: Config.Env ?? [] },
  layers: (RootFS.Layers ?? []).filter((one) => one !== emptyLayer),
});

export const imageAltered = (order: ImageOrder, what: string, tag: string): SoundBiteError =>
  new SoundBiteError('image-altered', `${tag} is not what ${shortDigest(order.release)} says: ${what}`, {
    hint: `soundbite release image ${order.environment} --release ${shortDigest(order.release)} makes it anew`,
  });

/** What starts in the image, as whom, and what it says of itself. */
export function configProblem(
  { Config }: Pick<InspectedImage, 'Config'>,
  labels: Readonly<Record<string, string>>,
): string | null {
  for (const [name, value] of Object.entries(labels)) {
    const found = Config.Labels?.[name];
    if (found !== value) return `its label ${name} is ${found ?? 'missing'}, not ${value}`;
  }
  if (Config.User !== `${serviceUser}:${serviceUser}`)
    return `it runs as ${Config.User || 'root'}, not as ${serviceUser}:${serviceUser}`;
  const started = [...(Config.Entrypoint ?? []), ...(Config.Cmd ?? [])].join(' ');
  if (started !== 'node --import /soundbite/preload.mjs /app/index.mjs') return `it starts ${started || 'nothing'}`;
  if (!Config.Healthcheck?.Test?.includes('/soundbite/health.mjs')) return 'it is not asked whether it is well';
  return null;
}

async function secretProblem({ calls }: ImageEngine, { Id, Config }: InspectedImage): Promise<string | null> {
  const history = await calls.json<readonly { readonly CreatedBy: string }[]>('GET', `/images/${Id}/history`);
  const told = [...(Config.Env ?? []), ...(Config.Cmd ?? []), ...history.map(({ CreatedBy }) => CreatedBy)];
  const found = secretAmong(told);
  return found === null ? null : `${found} looks like a secret`;
}

/** Whether a directory of the image holds just these files, which nobody but root could change. */
async function filesProblem(
  engine: ImageEngine,
  { Id }: InspectedImage,
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string | null> {
  const tar = await imageDirectory(engine, Id, `/${directory}`);
  const found = tar === null ? [] : await entriesOfTar(tar);
  for (const { path, bytes, isDirectory, uid, mode } of found) {
    if (uid !== 0 || (mode & 0o022) !== 0) return `/${path} can be changed by others than root`;
    if (isDirectory) continue;
    const released = files.get(path);
    if (released === undefined) return `/${path} was added`;
    if (bytes === null || hashOf(bytes) !== hashOf(released)) return `/${path} was altered`;
  }
  const missing = [...files.keys()].find((path) => !found.some((one) => one.path === path));
  return missing === undefined ? null : `/${missing} is missing`;
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
