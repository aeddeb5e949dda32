import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Release, SoundBiteError } from '@soundbite/model';

/** The bundle of a release, verified against the manifest. Errors: `code-altered` (source user). */
export async function provenBundle({ digest, directory, manifest }: Release): Promise<Uint8Array> {
  const { path, codeSha256 } = manifest.service;
  const zip = await readFile(join(directory, path));
  const found = createHash('sha256').update(zip).digest('base64');
  if (found === codeSha256) return zip;
  throw new SoundBiteError('code-altered', `${path} of ${digest} is ${found}, released was ${codeSha256}`, {
    hint: 'cut the release again and promote that',
  });
}
