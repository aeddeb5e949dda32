import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Release, SoundBiteError } from '@soundbite/model';

/** The bundle of a release, verified against the manifest. Errors: `code-altered`, `release-without-processes` (source user). */
export async function provenBundle(release: Release): Promise<Uint8Array> {
  const { path, codeSha256 } = release.manifest.service;
  if (path && codeSha256) return provenFile(release, { path, codeSha256 });
  throw new SoundBiteError('release-without-processes', `${release.digest} brings nothing that runs as processes`, {
    hint: 'declare `process` in service.yaml, or runtime: aws for the environment; then cut a release',
  });
}

/** A file of a release that is code, verified by its digest (base64 of SHA-256). Errors: `code-altered` (source user). */
export async function provenFile(
  { digest, directory }: Release,
  { path, codeSha256 }: { readonly path: string; readonly codeSha256: string },
): Promise<Uint8Array> {
  const zip = await readFile(join(directory, path));
  const found = createHash('sha256').update(zip).digest('base64');
  if (found === codeSha256) return zip;
  throw new SoundBiteError('code-altered', `${path} of ${digest} is ${found}, released was ${codeSha256}`, {
    hint: 'cut the release again and promote that',
  });
}
