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

async function cutAt(directory: string): Promise<number> {
  return stat(join(directory, 'manifest.json')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
