import { belowFloorError, type Digest, type RollbackObstacle, SoundBiteError } from '@soundbite/model';
import { refuseOldTarget, refuseOldTargetAfter } from './old-format.ts';
import type { PromotionPorts } from './ports.ts';
import type { Records } from './store/records.ts';

/** How far an environment can go back. */
export interface WayBack {
  /** The release whose migration ends the way back; null: none has migrated. */
  readonly floor: Digest | null;
  /** Why a rollback that names no release would be refused although something was live before; null: it would not, or nothing was. */
  readonly refused: RollbackObstacle | null;
}

/** As a rollback would find it now. What cannot be read refuses nothing. */
export async function wayBackNow(
  ports: Pick<PromotionPorts, 'releases'>,
  records: Pick<Records, 'environment' | 'history' | 'rollbackFloor'>,
  environment: string,
): Promise<WayBack> {
  const [floor, { liveRelease, previousRelease }] = await Promise.all([
    records.rollbackFloor(environment),
    records.environment(environment),
  ]);
  if (liveRelease === null) return { floor, refused: null };
  if (previousRelease === null) return { floor, refused: floor && refusalOf(belowFloorError(environment, floor)) };
  return { floor, refused: await refusalBy(refuseOldTarget(ports, records, environment, previousRelease)) };
}

/** Why a rollback would be refused to a release once `next` is final there; null: it would not. */
export const refusedAfter = (
  ports: Pick<PromotionPorts, 'releases'>,
  records: Pick<Records, 'environment' | 'history'>,
  environment: string,
  about: { readonly target: Digest; readonly next: Digest },
): Promise<RollbackObstacle | null> => refusalBy(refuseOldTargetAfter(ports, records, environment, about));

async function refusalBy(asked: Promise<void>): Promise<RollbackObstacle | null> {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error !== null && !(error instanceof SoundBiteError)) throw error;
  return error && refusalOf(error);
}

const refusalOf = ({ code, message, hint = '' }: SoundBiteError): RollbackObstacle => ({ code, reason: message, hint });
