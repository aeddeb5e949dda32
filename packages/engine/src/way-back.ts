import { belowFloorError, type Digest, SoundBiteError } from '@soundbite/model';
import { refuseOldTarget } from './old-format.ts';
import type { PromotionPorts } from './ports.ts';
import type { Records } from './store/records.ts';

/** How far an environment can go back. */
export interface WayBack {
  /** The release whose migration ends the way back; null: none has migrated. */
  readonly floor: Digest | null;
  /** Why a rollback that names no release would be refused although something was live before; null: it would not, or nothing was. */
  readonly refused: { readonly code: string; readonly reason: string; readonly hint: string } | null;
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
  const error = await refuseOldTarget(ports, records, environment, previousRelease).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error !== null && !(error instanceof SoundBiteError)) throw error;
  return { floor, refused: error && refusalOf(error) };
}

const refusalOf = ({ code, message, hint = '' }: SoundBiteError) => ({ code, reason: message, hint });
