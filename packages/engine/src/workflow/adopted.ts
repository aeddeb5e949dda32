import { type Digest, rowOfError, SoundBiteError } from '@soundbite/model';
import type { PromotionPorts } from '../ports.ts';

/** Whether a release is what stood in an environment before SoundBite did. Of one that cannot be read that is not known; its first step says what is wrong with it. Errors: what may be over in a moment. */
export async function isAdopted({ releases }: Pick<PromotionPorts, 'releases'>, release: Digest): Promise<boolean> {
  try {
    return (await releases.get(release)).provenance.adopted !== undefined;
  } catch (error) {
    if (error instanceof SoundBiteError && rowOfError(error).retry !== 'soon') return false;
    throw error;
  }
}
