import { z } from 'zod';

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time as people write it: `90s`, `10m`, `24h`, `7d`. */
export const Duration = z.string().regex(/^\d{1,6}[smhd]$/, 'must be a time such as 90s, 10m, 24h or 7d');

/** In ms. Of what `Duration` lets through. */
export const durationMs = (text: string): number =>
  Number(text.slice(0, -1)) * units[text.slice(-1) as keyof typeof units];
