import { z } from 'zod';
import { minuteText } from './minute-text.ts';

/** A time in which nothing enters an environment. Rollbacks go. */
export const Freeze = z.object({
  id: z.string(),
  environment: z.string(),
  /** From when, and until when (ISO 8601). */
  from: z.string(),
  until: z.string(),
  reason: z.string(),
  by: z.string(),
});
export type Freeze = z.infer<typeof Freeze>;

/** No freeze lasts longer: one that is forgotten ends by itself. */
export const longestFreezeDays = 366;

/** Those of an environment that act at a time (ms since 1970). */
export const freezesAt = (freezes: readonly Freeze[], now: number): readonly Freeze[] =>
  freezes.filter(({ from, until }) => Date.parse(from) <= now && now < Date.parse(until));

/** `staging is frozen until 2026-12-01 08:00 UTC by ana (release night)` */
export const freezeText = ({ environment, until, reason, by }: Freeze): string =>
  `${environment} is frozen until ${minuteText(until)} by ${by} (${reason})`;
