import { SoundBiteError } from '../errors.ts';
import { longestFreezeDays } from './freeze.ts';
import { minuteText } from './minute-text.ts';

/** Refuses an end that is over, or too far away to be meant. `now`: ms since 1970. Errors: `usage`. */
export function mustBeAhead(until: string, now: number): void {
  const at = Date.parse(until);
  const hint = 'name a later time, such as 2h, 3d or 2026-12-01T08:00Z';
  if (at <= now) throw new SoundBiteError('usage', `${minuteText(until)} is over`, { hint });
  if (at > now + longestFreezeDays * 86_400_000)
    throw new SoundBiteError('usage', `${minuteText(until)} is more than ${longestFreezeDays} days ahead`, {
      hint: `name a time within ${longestFreezeDays} days`,
    });
}
