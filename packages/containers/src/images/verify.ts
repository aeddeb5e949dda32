import { createHash } from 'node:crypto';
import { type ImageOrder, SoundBiteError } from '@soundbite/model';
import type { EngineCalls } from '../calls.ts';
import { serviceUser } from '../names.ts';
import { entriesOfTar } from '../tar.ts';
import { EngineRefusal, unlessMissing } from '../trouble.ts';
import { type InspectedImage, inspectImage } from './base.ts';
import { filesOfOurs, filesOfRelease } from './context.ts';
import { applicationLabels, imageLabels } from './names.ts';
import { secretAmong } from './secrets.ts';

/** What an image that holds a release is made of. */
export interface ProvenImage {
  readonly id: string;
  /** In bytes, with its base. */
  readonly size: number;
  /** All layers by their content; the two uppermost are the release's and ours. */
  readonly layers: readonly string[];
}

/**
 * Proves an image (`id`) against the release, without running anything of it: what it says of itself, the files of the release and ours and no others, the user, and that nothing
 * in it or in its history looks like a secret. `of`: an application image, or an environment's. Errors: `image-altered`, `image-missing`.
 */
export async function verifyImage(
  calls: EngineCalls,
  order: ImageOrder,
  id: string,
  of: 'application' | 'environment',
): Promise<ProvenImage> {
  const image = await inspectImage(calls, id);
  if (image === null) throw new SoundBiteError('image-missing', `the engine has no image ${id}`);
  const wrong =
    configProblem(image, of === 'application' ? applicationLabels(order) : imageLabels(order)) ??
    (await secretProblem(calls, image)) ??
    (await filesProblem(calls, image, 'app', filesOfRelease(order))) ??
    (await filesProblem(calls, image, 'soundbite', await filesOfOurs()));
  if (wrong === null) return { id: image.Id, size: image.Size, layers: image.RootFS.Layers ?? [] };
  throw imageAltered(order, wrong);
}

export const imageAltered = ({ release, environment }: ImageOrder, what: string): SoundBiteError =>
  new SoundBiteError('image-altered', `the image of ${release} for ${environment} is not the release's: ${what}`);

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
  const started = Config.Entrypoint?.join(' ');
  if (started !== 'node --import /soundbite/preload.mjs /app/index.mjs') return `it starts ${started ?? 'nothing'}`;
  if (!Config.Healthcheck?.Test?.includes('/soundbite/health.mjs')) return 'it is not asked whether it is well';
  return null;
}

async function secretProblem(calls: EngineCalls, { Id, Config }: InspectedImage): Promise<string | null> {
  const history = await calls.json<readonly { readonly CreatedBy: string }[]>('GET', `/images/${Id}/history`);
  const told = [...(Config.Env ?? []), ...(Config.Cmd ?? []), ...history.map(({ CreatedBy }) => CreatedBy)];
  const found = secretAmong(told);
  return found === null ? null : `${found} looks like a secret`;
}

/** Whether a directory of the image holds just these files, which nobody but root could change. */
async function filesProblem(
  calls: EngineCalls,
  { Id }: InspectedImage,
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string | null> {
  const tar = await directoryOf(calls, Id, `/${directory}`);
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

/** A directory of an image as a tar, by a container that is never started; null: it has none. */
async function directoryOf(calls: EngineCalls, image: string, path: string): Promise<Uint8Array | null> {
  const { Id } = await calls.json<{ readonly Id: string }>('POST', '/containers/create', {
    json: { Image: image, Cmd: ['-'] },
  });
  try {
    return await unlessMissing(calls.bytes('GET', `/containers/${Id}/archive`, { query: { path } }));
  } finally {
    await calls.json('DELETE', `/containers/${Id}`, { query: { force: true, v: true } }).catch((error: unknown) => {
      if (!(error instanceof EngineRefusal)) throw error;
    });
  }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
