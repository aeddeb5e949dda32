import { type Digest, type Observation, SoundBiteError } from '@soundbite/model';
import { expect } from 'vitest';

/** How much of the traffic a version has; 0 where it is not there. */
export const shareSeen = (seen: Observation, release: Digest): number =>
  seen.versions.find((version) => version.release === release)?.share ?? 0;

/** The share of a version that is healthy; of one that is not, or is not there, what is wrong. */
export function healthyShare(seen: Observation, release: Digest): number | string {
  const version = seen.versions.find((one) => one.release === release);
  if (!version) return 'not there';
  return version.healthy ? version.share : version.detail;
}

/** Fails unless the call is refused with this code; the error. */
export async function expectError(act: Promise<unknown>, code: string): Promise<SoundBiteError> {
  const error = await act.then(
    () => new Error(`nothing was refused; expected ${code}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SoundBiteError)) throw error;
  expect({ code: error.code, message: error.message }).toMatchObject({ code });
  return error;
}
