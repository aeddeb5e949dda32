import { type Clouds, demandSharedDatabase } from '@soundbite/model';

/**
 * Clouds, but no real one while the database belongs to this machine alone: nothing would order two people there. Checked at each use, since a cloud may
 * become real while the control plane runs. Errors: `database-not-shared`.
 */
export const orderedClouds = (clouds: Clouds, databaseUrl: string | undefined): Clouds => ({
  async of(environment) {
    demandSharedDatabase([environment], databaseUrl);
    return clouds.of(environment);
  },
});
