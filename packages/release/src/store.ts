import { type Stats, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Digest, Release, ReleaseStore } from '@soundbite/model';
import { refuseOthers } from './cut-for.ts';
import { hashOf, removeSealed } from './files.ts';
import { programCopy } from './programs.ts';
import { altered, read, releaseUnknown, verify } from './verify.ts';
import { sweepWorkplace, workplace } from './workplace.ts';

const directoryName = /^[0-9a-f]{64}$/;

/** The releases in a directory, each named by its digest's 64 hex digits. */
export function releaseStore(directory: string): ReleaseStore {
  const store = resolve(directory);
  const listed = rememberedReleases();
  const pathOf = (digest: Digest) => join(store, digest.slice('sha256:'.length));

  return {
    async list() {
      const names = await readdir(store).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const here = names.filter((name) => directoryName.test(name)).map((name) => join(store, name));
      const found = await Promise.all(here.map(listed));
      return found
        .filter((one) => one !== null)
        .toSorted((a, b) => b.cutAt - a.cutAt)
        .map(({ release }) => release);
    },
    get: (digest) => read(pathOf(digest), digest),
    verify: (digest) => verify(pathOf(digest), digest),
    program: async (digest, kind) => programCopy(store, await read(pathOf(digest), digest), kind),
    async remove(digest) {
      const release = pathOf(digest);
      if (!(await stat(release).catch(() => null))) throw releaseUnknown(digest);
      await sweepWorkplace(store);
      const place = await workplace(store, 'removed');
      // A sealed directory cannot be moved to another parent. Before the rename, no partial release is visible.
      await chmod(release, 0o700);
      await rename(release, join(place, 'release'));
      await removeSealed(place);
    },
    async scratch(digest, environment) {
      const { directory: release, manifest } = await verify(pathOf(digest), digest);
      refuseOthers({ digest, manifest }, environment);
      await sweepWorkplace(store);
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

/** So many releases are remembered at most. */
const mostRemembered = 2_000;

interface Listed {
  readonly release: Release;
  /** Ms since 1970. */
  readonly cutAt: number;
}

/** Reads a release's documents, or remembers them as long as both files are as they were: a list of a thousand would read and hash them all each time. */
function rememberedReleases(): (directory: string) => Promise<Listed | null> {
  const known = new Map<string, Listed & { readonly stamp: string }>();
  return async (directory) => {
    const [manifest, provenance] = [statOf(directory, 'manifest.json'), statOf(directory, 'provenance.json')];
    const stamp = `${stampOf(manifest)} ${stampOf(provenance)}`;
    const before = known.get(directory);
    if (before?.stamp === stamp) return before;
    const release = await readable(directory);
    known.delete(directory);
    if (release === null) return null;
    const listed = { stamp, release, cutAt: manifest?.mtimeMs ?? 0 };
    if (known.size < mostRemembered) known.set(directory, listed);
    return listed;
  };
}

/** Not awaited: a thousand calls that wait cost ten times what they do. A directory that may not be read is no release, as one without documents. */
function statOf(directory: string, file: string): Stats | undefined {
  try {
    return statSync(join(directory, file), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const stampOf = (seen: Stats | undefined): string =>
  seen ? `${seen.ino}/${seen.size}/${seen.mtimeMs}/${seen.ctimeMs}` : '';
