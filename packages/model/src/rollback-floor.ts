import { type Digest, shortDigest } from './digest.ts';
import { SoundBiteError } from './errors.ts';

/**
 * The release whose migration was the last in an environment whose promotion succeeded. Releases that were live there before it, and not since, lie below
 * it: their code knows the data as they were.
 */
export type RollbackFloor = Digest;

/** Why nobody goes back below a floor, and what to do. `release`: the one that was named. */
export function belowFloor(
  environment: string,
  floor: RollbackFloor,
  release?: Digest,
): { readonly code: 'rollback-below-floor'; readonly reason: string; readonly hint: string } {
  const who = release
    ? `${shortDigest(release)} was live in ${environment} before that`
    : 'all that was live before is older';
  return {
    code: 'rollback-below-floor',
    reason: `${shortDigest(floor)} has migrated the data of ${environment}, and ${who}`,
    hint: `promote a release that mends what is wrong; or, if you know that the old one bears the migrated data: soundbite promote ${environment} --release ${release ?? '<release>'} --override --reason "why"`,
  };
}

/** The same as an error. */
export function belowFloorError(environment: string, floor: RollbackFloor, release?: Digest): SoundBiteError {
  const { code, reason, hint } = belowFloor(environment, floor, release);
  return new SoundBiteError(code, reason, { hint });
}
