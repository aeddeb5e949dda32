import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Release, SoundBiteError } from '@soundbite/model';

/** The bundle of a release, verified against the manifest. Errors: `code-altered` (source user). */
export const provenBundle = (release: Release): Promise<Uint8Array> => provenFile(release, release.manifest.service);

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
