import { z } from 'zod';

/** The file as a whole; each environment is validated with the common `service` block merged into its own. */
export const Whole = z.strictObject({
  version: z.literal(1),
  service: z.record(z.string(), z.unknown()),
  environments: z.array(z.unknown()).min(1, 'is empty; declare at least one environment'),
});
