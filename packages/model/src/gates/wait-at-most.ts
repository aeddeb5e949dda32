import { Duration } from './duration.ts';

/** The option of all gates of entry: nothing has to stay pending for ever. */
export const waitAtMost = Duration.optional().describe(
  'how long a promotion may wait for it, from when it was asked for; then it fails; absent: as long as it takes',
);
