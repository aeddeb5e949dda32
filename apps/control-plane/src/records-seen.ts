import type { PastRecords, Records } from '@soundbite/engine';
import { SoundBiteError } from '@soundbite/model';
import type { World } from './world/world.ts';

/** Records as they are, or as they were at a time: what says what was decided, and what acts. */
export type RecordsSeen = PastRecords & Pick<Records, 'approvalsBehind' | 'letInAs'>;

export const recordsNow = ({ engine }: Pick<World, 'engine'>): RecordsSeen => ({
  ...engine.records,
  holder: (name) => engine.locks.holder(name),
});

/** As they were at a time (ISO 8601); null: as they are. Errors: `usage`, for a time that has not come. */
export function recordsAt(world: Pick<World, 'engine'>, at: string | null): RecordsSeen {
  if (at === null) return recordsNow(world);
  const then = overAt(at);
  const { records } = world.engine;
  // Said and declared before what they let in: nothing of these was otherwise then.
  const { approvalsBehind, letInAs } = records;
  return { ...records.asOf(then), approvalsBehind, letInAs };
}

/** As a database takes it, whatever its offset. Errors: `usage`, for a time that has not come, or is before all years. */
export function overAt(at: string): string {
  const time = Date.parse(at);
  const hint = 'name a time that is over';
  if (time > Date.now()) throw new SoundBiteError('usage', `${at} has not come yet`, { hint });
  if (Number.isNaN(time) || time < firstYear) throw new SoundBiteError('usage', `${at} is no time`, { hint });
  return new Date(time).toISOString();
}

const firstYear = Date.parse('0001-01-01T00:00:00Z');
