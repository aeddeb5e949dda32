import { chmod, copyFile, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type Digest,
  digestOf,
  Manifest,
  Provenance,
  type Release,
  type ReleaseStore,
  SoundBiteError,
} from '@soundbite/model';
import { hashOf, removeSealed, walk } from './files.ts';
import { sweep, workplace } from './workplace.ts';

const directoryName = /^[0-9a-f]{64}$/;

/** The releases in a directory, each named by its digest's 64 hex digits. */
export function releaseStore(directory: string): ReleaseStore {
  const store = resolve(directory);
  const pathOf = (digest: Digest) => join(store, digest.slice('sha256:'.length));

  return {
    async list() {
      const names = await readdir(store).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const found = await Promise.all(
        names
          .filter((name) => directoryName.test(name))
          .map(async (name) => ({ at: await cutAt(join(store, name)), release: await readable(join(store, name)) })),
      );
      return found
        .toSorted((a, b) => b.at - a.at)
        .map(({ release }) => release)
        .filter((release) => release !== null);
    },
    get: (digest) => read(pathOf(digest), digest),
    verify: (digest) => verify(pathOf(digest), digest),
    async remove(digest) {
      const release = pathOf(digest);
      if (!(await stat(release).catch(() => null))) throw unknown(digest);
      await sweep(store);
      const place = await workplace(store, 'removed');
      // A sealed directory cannot be given another parent. From the rename on nobody finds half a release.
      await chmod(release, 0o700);
      await rename(release, join(place, 'release'));
      await removeSealed(place);
    },
    async scratch(digest, environment) {
      const { directory: release, manifest } = await verify(pathOf(digest), digest);
      refuseUnknown(manifest, digest, environment);
      await sweep(store);
      const place = await workplace(store, 'scratch');
      const remove = () => removeSealed(place);
      try {
        const prefix = `assembly/${environment}/`;
        const wanted = manifest.files.filter(({ path }) => path.startsWith(prefix) || path === manifest.service.path);
        for (const { path, sha256 } of wanted) {
          if ((await copyInto(release, place, path)) !== sha256) throw altered(digest, path, 'was altered');
        }
        return { directory: join(place, 'assembly', environment), remove };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}

/** A release's two documents, unproven. Errors: `release-unknown`, `release-altered`. */
async function read(directory: string, digest: Digest): Promise<Release> {
  const bytes = await readFile(join(directory, 'manifest.json')).catch(async (cause: NodeJS.ErrnoException) => {
    const isThere = await stat(directory).catch(() => null);
    if (isThere) throw altered(digest, 'manifest.json', 'is missing', cause);
    throw unknown(digest, cause);
  });
  if (digestOf(bytes) !== digest) throw altered(digest, 'manifest.json', 'was altered');
  const manifest = Manifest.parse(JSON.parse(bytes.toString('utf8')));
  const provenance = await readFile(join(directory, 'provenance.json'), 'utf8')
    .then((text) => Provenance.parse(JSON.parse(text)))
    .catch((cause: unknown) => {
      throw altered(digest, 'provenance.json', 'was altered or is missing', cause);
    });
  return { digest, directory, manifest, provenance };
}

/** Every file is there, none besides, each with the bytes that the manifest says. */
async function verify(directory: string, digest: Digest): Promise<Release> {
  const release = await read(directory, digest);
  const found = new Map((await walk(directory)).map(({ path, kind }) => [path, kind]));
  for (const { path, sha256 } of release.manifest.files) {
    const kind = found.get(path);
    if (kind === undefined) throw altered(digest, path, 'is missing');
    if (kind !== 'file' || (await hashOf(join(directory, path))).sha256 !== sha256) {
      throw altered(digest, path, 'was altered');
    }
    found.delete(path);
  }
  found.delete('manifest.json');
  const [added] = found.keys();
  if (added !== undefined) throw altered(digest, added, 'was added');
  return release;
}

function unknown(digest: Digest, cause?: unknown): SoundBiteError {
  return new SoundBiteError('release-unknown', `${digest} is not in the store`, {
    hint: 'soundbite release list',
    ...(cause === undefined ? {} : { cause }),
  });
}

function altered(digest: Digest, path: string, what: string, cause?: unknown): SoundBiteError {
  return new SoundBiteError('release-altered', `${path} of ${digest} ${what} after the cut`, {
    hint: `soundbite release remove ${digest}, then soundbite release cut`,
    path,
    ...(cause === undefined ? {} : { cause }),
  });
}

function refuseUnknown(manifest: Manifest, digest: Digest, environment: string): void {
  if (manifest.environments.includes(environment)) return;
  throw new SoundBiteError('environment-unknown', `${digest} was cut without environment ${environment}`, {
    hint: `it has ${manifest.environments.join(', ')}; cut a release that declares it`,
  });
}

/** A copy that may be written to, and the digest of what it holds. */
async function copyInto(from: string, to: string, path: string): Promise<string> {
  const target = join(to, path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(from, path), target);
  await chmod(target, 0o600);
  return (await hashOf(target)).sha256;
}

async function readable(directory: string): Promise<Release | null> {
  const digest: Digest = `sha256:${directory.slice(-64)}`;
  return read(directory, digest).catch(() => null);
}

async function cutAt(directory: string): Promise<number> {
  return stat(join(directory, 'manifest.json')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
