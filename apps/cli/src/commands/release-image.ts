import type { Client, ImageResult } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { imagesReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { resolveRelease } from '../releases.ts';

/** One environment after another: they share what takes the time. What was made before an error stays, and is found the next time. */
export const run: CommandAction = async (shell, [environment], { all, release: typed }) => {
  if ((environment === undefined) !== (all === true)) {
    throw usageError('name an environment, or pass --all', 'soundbite release image --all');
  }
  const client = connectTo(shell);
  const release = typeof typed === 'string' ? await resolveRelease(client, typed) : await newest(client);
  const names = environment === undefined ? (await client.release(release)).manifest.environments : [environment];
  const images: ImageResult[] = [];
  for (const name of names) {
    shell.host.stderr.write(
      `making the image of ${release.slice(7, 19)} for ${name}, or proving the one that is there\n`,
    );
    images.push(await client.makeImage(release, name));
  }
  return { document: { release, images }, text: imagesReport(images, shell.paint) };
};

async function newest(client: Client): Promise<Digest> {
  const found = (await client.releases()).releases.find(({ here }) => here);
  if (found) return found.release;
  throw new SoundBiteError('release-unknown', 'this home has no release yet', { hint: 'soundbite release cut' });
}
