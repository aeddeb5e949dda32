import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Containers,
  type Digest,
  type ImageOrder,
  type ReleasedImage,
  SoundBiteError,
  shortDigest,
} from '@soundbite/model';
import { ownInstallation } from '@soundbite/model/programs.ts';
import type { EngineCalls } from './calls.ts';
import { entriesOfTar, type TarEntry, tarOf } from './tar.ts';
import { EngineRefusal, unlessMissing } from './trouble.ts';

/** What every image has beside a release, and the recipe; see docker/Dockerfile. */
const recipes = join(ownInstallation, 'docker');
const ours = ['health.mjs', 'preload.mjs'] as const;

const tagOf = (release: Digest, environment: string): string =>
  `soundbite-service:${shortDigest(release)}-${environment}`;

type Images = Pick<Containers, 'makeImage' | 'namedImage' | 'nameImage' | 'hasImage'>;

/** The images of releases on an engine. They belong to no installation: those of one release are the same for all. */
export function releasedImages(calls: EngineCalls): Images {
  const idOf = async (name: string): Promise<string | null> =>
    (await unlessMissing(calls.json<{ readonly Id: string }>('GET', `/images/${encodeURIComponent(name)}/json`)))?.Id ??
    null;
  return {
    hasImage: async (id) => (await idOf(id)) !== null,
    async namedImage(release, environment) {
      const tag = tagOf(release, environment);
      return { tag, id: await idOf(tag) };
    },
    async nameImage(id, release, environment) {
      const [repo, tag] = tagOf(release, environment).split(':');
      await calls.json('POST', `/images/${encodeURIComponent(id)}/tag`, { query: { repo, tag } });
    },
    async makeImage(order) {
      const tag = tagOf(order.release, order.environment);
      const before = await idOf(tag);
      const image: ReleasedImage = { tag, id: await built(calls, order, tag) };
      await proveImage(calls, order, image.id);
      const wasOther = before !== null && before !== image.id;
      return { image, putRight: wasOther ? [`${tag} was another image (${before}); it is the release's again`] : [] };
    },
  };
}

/** The id of the image that the engine made of a context that holds the release alone. */
async function built(calls: EngineCalls, order: ImageOrder, tag: string): Promise<string> {
  const labels = {
    'org.opencontainers.image.revision': order.commit,
    'org.opencontainers.image.created': order.committedAt,
    'org.opencontainers.image.title': 'soundbite-service',
    'org.opencontainers.image.version': shortDigest(order.release),
    'dev.soundbite.release': order.release,
    'dev.soundbite.environment': order.environment,
  };
  const bytes = tarOf(await contextOf(order));
  const told = await calls.bytes('POST', '/build', {
    query: { t: tag, rm: true, forcerm: true, labels },
    bytes,
    silenceMs: 300_000,
  });
  const events = told
    .toString('utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => JSON.parse(line) as BuildEvent);
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

const buildFailed = (said: string) =>
  new SoundBiteError(
    /no space left on device/i.test(said)
      ? 'engine-disk-full'
      : /pull access denied|not found|no such image/i.test(said)
        ? 'image-missing'
        : 'image-not-built',
    `the engine could not build the image: ${said}`,
  );

async function contextOf({ files, committedAt }: ImageOrder): Promise<TarEntry[]> {
  const mtime = Math.floor(Date.parse(committedAt) / 1000);
  const owned = { uid: 0, gid: 0, mtime };
  const own = await Promise.all(
    ours.map(
      async (name): Promise<[string, Uint8Array]> => [
        `soundbite/${name}`,
        await readFile(join(recipes, 'soundbite', name)),
      ],
    ),
  );
  const all = [...[...files].map(([path, bytes]): [string, Uint8Array] => [`app/${path}`, bytes]), ...own].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
  const directories = [...new Set(all.flatMap(([path]) => parentsOf(path)))].sort();
  return [
    { path: 'Dockerfile', bytes: await readFile(join(recipes, 'Dockerfile')), mode: 0o444, ...owned },
    ...directories.map((path) => ({ path, mode: 0o555, ...owned })),
    ...all.map(([path, bytes]) => ({ path, bytes, mode: 0o444, ...owned })),
  ];
}

const parentsOf = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
};

/** Reads in an image, without running anything of it, that /app is the release's bundle. Error: `code-altered`. */
async function proveImage(calls: EngineCalls, { release, files }: ImageOrder, id: string): Promise<void> {
  const { Id } = await calls.json<{ readonly Id: string }>('POST', '/containers/create', {
    json: { Image: id, Cmd: ['-'] },
  });
  try {
    const tar = await calls.bytes('GET', `/containers/${Id}/archive`, { query: { path: '/app' } });
    const found = entriesOfTar(tar).filter(({ isDirectory }) => !isDirectory);
    const released = new Map([...files].map(([path, bytes]) => [`app/${path}`, hashOf(bytes)]));
    const other = found.find(({ path, bytes }) => bytes === null || hashOf(bytes) !== released.get(path));
    const missing = [...released.keys()].find((path) => !found.some((one) => one.path === path));
    if (other === undefined && missing === undefined) return;
    const what = other ? `${other.path} is not what was released` : `${missing} is missing`;
    throw new SoundBiteError('code-altered', `the image of ${release}: ${what}`);
  } finally {
    await calls.json('DELETE', `/containers/${Id}`, { query: { force: true, v: true } }).catch((error: unknown) => {
      if (!(error instanceof EngineRefusal)) throw error;
    });
  }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
