import { z } from 'zod';
import { Duration } from './duration.ts';
import { laterOverride } from './override.ts';

/** How often a gate of the version or of traffic that errored is asked again, unless its options say otherwise. */
export const usualRetries = 2;
/** How long such a gate that runs a program may take, unless its options say otherwise. */
export const usualTimeout = '30m';

/** The option of gates that are steps. Absent rather than filled in: plans of before have no such option, and mean the same. */
export const retries = z
  .int()
  .min(0)
  .max(10)
  .optional()
  .describe(
    `so often it is asked again if it could not be, because the machinery broke (*errored*); what failed is never asked again; absent: ${usualRetries}`,
  );

/** The options of a gate that runs a program of the release. */
export const ProgramGateOptions = z.strictObject({
  timeout: Duration.optional().describe(
    `how long it may take, all its attempts together; then it has errored; absent: ${usualTimeout}`,
  ),
  retries,
  override: laterOverride,
});
export type ProgramGateOptions = z.infer<typeof ProgramGateOptions>;
