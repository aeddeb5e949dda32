import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestOf, type Provenance, type Release, type ReleaseStore } from '@soundbite/model';
import { type Sbom, sbomFrom } from './sbom.ts';

export const sbomPath = 'sbom.cdx.json';

/**
 * The SBOM of a release in this store that was made of the same packages by the same tool: npm, which takes two seconds to read a lockfile, need not
 * read it again. Null: there is none, its bytes are not those of its manifest, or our code completes one otherwise by now.
 */
export async function sbomBefore(store: Pick<ReleaseStore, 'list'>, provenance: Provenance): Promise<Sbom | null> {
  const wanted = madeOf(provenance);
  const same = (await store.list()).find((release) => madeOf(release.provenance) === wanted);
  return same ? sbomIn(same) : null;
}

async function sbomIn({ directory, manifest }: Release): Promise<Sbom | null> {
  const bytes = await readFile(join(directory, sbomPath)).catch(() => null);
  const recorded = manifest.files.find(({ path }) => path === sbomPath)?.sha256;
  if (!bytes || digestOf(bytes) !== `sha256:${recorded}`) return null;
  const sbom = sbomFrom(bytes);
  return sbom.isOfThisForm ? sbom : null;
}

/** What decides what the tool says: lockfile, the packages' own declarations, and the tool. */
function madeOf({ files, tools }: Provenance): string {
  const deciding = files.filter(({ path }) => ['package-lock.json', 'package.json'].includes(basename(path)));
  return JSON.stringify([tools['@cyclonedx/cyclonedx-npm'], deciding.map(({ path, sha256 }) => [path, sha256])]);
}
