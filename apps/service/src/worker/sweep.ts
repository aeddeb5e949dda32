import type { ServiceParts } from '../parts.ts';
import { clearLitter } from '../soundbites/litter.ts';
import { writeMessage } from '../soundbites/message.ts';
import { isFinished, type Soundbite } from '../soundbites/soundbite.ts';
import type { OpenMarker } from '../stores/open-markers.ts';

/** How long after its acceptance a soundbite is first looked after. */
export const FIRST_SWEEP_MS = 30_000;
const LONGEST_SWEEP_MS = 15 * 60_000;

/** Markers taken up by one sweep. */
const PAGE = 100;

/** What one sweep did. */
export interface SweepReport {
  readonly requeued: number;
  readonly givenUp: number;
  readonly closed: number;
}

/**
 * Finds soundbites that were accepted and are overdue, whatever lost them: a message never sent, a queue emptied, a worker
 * killed at its last attempt. Sends their message again, or says that they failed. Safe to run anywhere, any number at once.
 */
export async function sweepSoundbites(parts: ServiceParts): Promise<SweepReport> {
  const report = { requeued: 0, givenUp: 0, closed: 0 };
  for (const marker of await parts.table.overdue(PAGE)) {
    try {
      const done = await lookAfter(parts, marker);
      if (done !== 'nothing') report[done]++;
    } catch (error) {
      // It stays overdue, and must not keep the others waiting.
      parts.log.error({ error, soundbite: marker.id }, 'an overdue soundbite could not be looked after');
    }
  }
  await clearAll(parts);
  if (report.requeued + report.givenUp + report.closed > 0) parts.log.info(report, 'sweep');
  return report;
}

/** Removes what is left of soundbites that ended, and that those who ended them could not remove. */
async function clearAll(parts: ServiceParts): Promise<void> {
  for (const litter of await parts.table.dueLitter(PAGE)) {
    try {
      await clearLitter(parts, litter);
    } catch (error) {
      parts.log.error({ error, soundbite: litter.id }, 'what is left of a soundbite could not be removed');
    }
  }
}

async function lookAfter(parts: ServiceParts, marker: OpenMarker): Promise<keyof SweepReport | 'nothing'> {
  const soundbite = await parts.table.soundbite(marker.id);
  if (soundbite === undefined || isFinished(soundbite)) {
    await parts.table.closeOpen(marker.id);
    return 'closed';
  }
  const nextDue = parts.now() + Math.min(FIRST_SWEEP_MS * 2 ** (marker.sweeps + 1), LONGEST_SWEEP_MS);
  if (!(await parts.table.claimOpen(marker, nextDue))) return 'nothing';
  if (isGivenUp(parts, soundbite)) {
    await parts.table.fail(soundbite, 'could not be made: its last attempt ended without an answer');
    return 'givenUp';
  }
  await parts.queue.send(writeMessage(marker.id));
  return 'requeued';
}

/** Every attempt was begun, and the last one cannot be running any more. */
function isGivenUp({ settings, now }: ServiceParts, { status, attempts, updatedAt }: Soundbite): boolean {
  const { maxAttempts, jobTimeoutSeconds } = settings.service;
  return status === 'working' && attempts >= maxAttempts && Date.parse(updatedAt) + 2_000 * jobTimeoutSeconds < now();
}
