import type { Client } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { receivedError, SoundBiteError } from '@soundbite/model/errors.ts';
import { usageError } from './exits.ts';

/** A release as people name it (whole digest, or its first 4 digits and more) as a digest. Errors: `usage`, `release-unknown`, those of the shared store. */
export async function resolveRelease(client: Client, typed: string): Promise<Digest> {
  const digits = typed.toLowerCase().replace(/^sha256:/, '');
  if (!/^[0-9a-f]{4,64}$/.test(digits)) {
    throw usageError(
      `${typed} is not a release; pass its digest, or at least the first 4 digits`,
      'soundbite release list',
    );
  }
  if (digits.length === 64) return `sha256:${digits}`;
  const { releases, shared } = await client.releases();
  const found = releases.map(({ release }) => release).filter((release) => release.startsWith(`sha256:${digits}`));
  const [only] = found;
  if (only && found.length === 1) return only;
  // It may be there.
  if (!only && shared?.problem) throw receivedError(shared.problem);
  throw new SoundBiteError(
    'release-unknown',
    only ? `${typed} may be ${found.join(' or ')}` : `there is no release ${typed}`,
    { hint: only ? 'give more digits' : 'soundbite release list' },
  );
}
