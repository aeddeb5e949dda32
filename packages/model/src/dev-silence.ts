import { SoundBiteError } from './errors.ts';

/**
 * SOUNDBITE_DEV_SILENCE: after so many seconds without a heartbeat a dev session is over. At most 60: a lock goes stale after 15 s, and an eighth of the
 * silence is between two renewals. Errors: `usage`.
 */
export function devSilenceOf(text: string | undefined): number {
  if (!text) return 16;
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 60) return seconds;
  throw new SoundBiteError('usage', `SOUNDBITE_DEV_SILENCE is "${text}", no number of seconds from 1 to 60`, {
    hint: 'unset SOUNDBITE_DEV_SILENCE, then: ./scripts/soundbite.sh up',
  });
}
