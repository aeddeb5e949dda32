import { stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, type Release, type SharedReleases, SoundBiteError } from '@soundbite/model';
import { removeSealed } from './files.ts';
import { verify } from './verify.ts';
import { moveIn, sweepWorkplace, workplace } from './workplace.ts';

/** When a release was cut that was not cut here, in seconds since 1970: before any that was. The newest cut of a home is its own. */
export const notCutHere = 1;

/**
 * Brings a release from the shared store into a directory of releases. It is verified as any other before it has its name there; until then it lies in a
 * workplace that goes, whatever happens. Errors: `release-unknown`, `release-copy-altered`, and those of reaching the store.
 */
export async function receive(store: string, shared: SharedReleases, digest: Digest): Promise<Release> {
  const place = await workplace(store, 'fetching');
  try {
    await sweepWorkplace(store);
    await shared.fetch(digest, place);
    const release = await verify(place, digest).catch((error: unknown) => {
      throw asCopy(shared, digest, error);
    });
    await utimes(join(place, 'manifest.json'), notCutHere, notCutHere);
    const path = join(resolve(store), digest.slice('sha256:'.length));
    const isOurs = await moveIn(place, path);
    return isOurs ? { ...release, directory: path } : await verify(path, digest);
  } finally {
    await removeSealed(place);
  }
}

/** A release that was fetched is cut here, too. */
export async function recut(directory: string): Promise<void> {
  const manifest = join(directory, 'manifest.json');
  const { mtimeMs } = await stat(manifest);
  if (mtimeMs <= notCutHere * 1000) await utimes(manifest, new Date(), new Date());
}

/** A failed verification of a copy is about the shared store: other homes may have a good copy. */
function asCopy(shared: SharedReleases, digest: Digest, error: unknown): unknown {
  if (!(error instanceof SoundBiteError) || error.code !== 'release-altered') return error;
  const object = `${shared.addressOf(digest)}/${error.path}`;
  return new SoundBiteError('release-copy-altered', `${object} is not what was cut`, {
    cause: error,
    hint: `remove that object, then, in a home that has the release: soundbite release push ${digest}`,
  });
}
