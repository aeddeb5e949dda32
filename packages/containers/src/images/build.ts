import { type ImageOrder, SoundBiteError } from '@soundbite/model';
import type { EngineCalls } from '../calls.ts';
import { chosenBase } from './base.ts';
import { applicationContext, environmentContext } from './context.ts';
import { applicationLabels, applicationTag, imageLabels, imageTag } from './names.ts';
import type { ImageEngine } from './read.ts';

/** `anew`: nothing that the engine remembers of earlier builds is taken. */
export interface BuildOptions {
  readonly anew?: boolean;
}

/** Makes the application image of a release from docker/Dockerfile; its id. Errors: `image-missing` (the base), `image-not-built`, `engine-disk-full`. */
export async function buildApplication(calls: EngineCalls, order: ImageOrder, options?: BuildOptions): Promise<string> {
  const base = await chosenBase(calls);
  return build(calls, await applicationContext(order), {
    ...{ t: applicationTag(order), labels: applicationLabels(order), nocache: options?.anew },
    ...(base === null ? {} : { buildargs: { BASE: base } }),
  });
}

/** Makes an environment's image of an application image (`application`: its id), which differs in settings only; its id. Errors: as above. */
export async function buildEnvironment(
  { calls, installation }: ImageEngine,
  order: ImageOrder,
  application: string,
): Promise<string> {
  return build(calls, await environmentContext(order), {
    ...{ t: imageTag(order, installation), labels: imageLabels(order) },
    buildargs: { APPLICATION: application },
  });
}

async function build(calls: EngineCalls, bytes: Uint8Array, query: Readonly<Record<string, unknown>>): Promise<string> {
  const told = await calls.bytes('POST', '/build', {
    query: { rm: true, forcerm: true, ...query },
    bytes,
    // A base that is fetched first takes its time.
    silenceMs: 300_000,
  });
  const lines = told.toString('utf8').trim().split(/\r?\n/);
  const events = lines.map((line) => JSON.parse(line) as BuildEvent);
  const failed = events.find(({ error }) => error !== undefined)?.error;
  if (failed !== undefined) throw buildFailed(failed);
  const id = events.flatMap(({ aux }) => (aux?.ID ? [aux.ID] : [])).at(-1);
  if (id === undefined) throw buildFailed('the engine named no image');
  return id;
}

interface BuildEvent {
  readonly error?: string;
  readonly aux?: { readonly ID?: string };
}

/** An engine says what it cannot fetch in many ways; all name a registry, or what it does not have. */
const isUnfetched =
  /pull access denied|manifest|not found|no such image|no such host|dial tcp|i\/o timeout|connection refused|TLS|unauthorized|request canceled/i;

function buildFailed(said: string): SoundBiteError {
  const message = `the engine could not build the image: ${said}`;
  if (/no space left on device/i.test(said)) return new SoundBiteError('engine-disk-full', message);
  if (!isUnfetched.test(said)) return new SoundBiteError('image-not-built', message);
  return new SoundBiteError('image-missing', message, {
    hint: 'the engine could not fetch the base image: make one here with scripts/base-image.sh, or name another one in SOUNDBITE_BASE_IMAGE',
  });
}
