import { type Digest, isLiveAgain, type Release, SoundBiteError } from '@soundbite/model';
import type { PromotionPorts } from './ports.ts';
import type { Asked } from './store/promotion-rows.ts';
import type { Records } from './store/records.ts';

const oldFormat = 'soundbite.release/1';
const hint = 'soundbite release cut makes a release of today’s format from the same source';

/** A release of the first format brings no smoke of its own, so nobody can judge it any more. It goes on serving. */
export function refuseOldFormat({ digest, manifest }: Release): void {
  if (manifest.format !== oldFormat) return;
  throw new SoundBiteError(
    'release-format-old',
    `${digest} has the format ${oldFormat}, which brings no smoke of its own: it cannot be promoted any more`,
    { hint },
  );
}

/**
 * A release of the first format is a target of rollbacks until one of today's format was promoted there and became final. What is live is no target but
 * what a stopped promotion returns to, which stays possible. Errors: `release-format-old`.
 */
export async function refuseOldTarget(
  ports: Pick<PromotionPorts, 'releases'>,
  records: Pick<Records, 'history' | 'environment'>,
  environment: string,
  target: Digest,
): Promise<void> {
  if (!(await isOld(ports, target))) return;
  if ((await records.environment(environment)).liveRelease === target) return;
  const promoted = (await records.history(environment)).filter(({ kind }) => kind === 'promote');
  for (const release of new Set(promoted.map((one) => one.release))) {
    if ((await isOld(ports, release)) !== false) continue;
    throw oldTargetError(environment, target, release);
  }
}

const oldTargetError = (environment: string, target: Digest, release: Digest): SoundBiteError =>
  new SoundBiteError(
    'release-format-old',
    `${target} has the format ${oldFormat}: ${environment} can go back to it no more, since ${release} of today’s format was promoted there`,
    { hint },
  );

/** The same for the time when `next`, which is to be promoted there, is final. Errors: `release-format-old`. */
export async function refuseOldTargetAfter(
  ports: Pick<PromotionPorts, 'releases'>,
  records: Pick<Records, 'history' | 'environment'>,
  environment: string,
  { target, next }: { readonly target: Digest; readonly next: Digest },
): Promise<void> {
  if (!(await isOld(ports, target)) || target === next) return;
  if ((await isOld(ports, next)) === false) throw oldTargetError(environment, target, next);
  await refuseOldTarget(ports, records, environment, target);
}

/**
 * The same when a rollback's turn comes: one of today's format may have become final since it was let in. `wasLive`: what was live before the promotion
 * that it stopped; where that is live again, it has nothing more to do. Errors: `release-format-old`.
 */
export async function refuseOldTurn(
  ports: Pick<PromotionPorts, 'releases'>,
  records: Pick<Records, 'history' | 'environment'>,
  { request, release }: Pick<Asked, 'request' | 'release'>,
  wasLive: Digest | null | undefined,
): Promise<void> {
  const { kind, environment } = request;
  if (kind !== 'rollback') return;
  const { liveRelease, previousRelease } = await records.environment(environment);
  if (isLiveAgain(request, liveRelease, wasLive)) return;
  if (request.release !== undefined) return refuseOldTarget(ports, records, environment, release);
  if (previousRelease === null) return;
  await refuseOldTarget(ports, records, environment, previousRelease);
}

/** Null: the release cannot be read, so nothing is known of it. */
const isOld = async ({ releases }: Pick<PromotionPorts, 'releases'>, release: Digest): Promise<boolean | null> =>
  releases.get(release).then(
    ({ manifest }) => manifest.format === oldFormat,
    (error: unknown) => {
      if (error instanceof SoundBiteError) return null;
      throw error;
    },
  );
