import type { Cloud, Clouds, Environment, Supervisor } from '@soundbite/model';
import type { EmulatedPlaces } from './emulated/account.ts';
import { emulatedCloud } from './emulated/cloud.ts';
import { realCloud } from './real/cloud.ts';

/** One cloud for each environment, kept with its sessions. */
export function clouds(supervisor: Supervisor, places: EmulatedPlaces): Clouds {
  const made = new Map<string, Cloud>();
  return {
    async of(environment: Environment) {
      const present = made.get(environment.name);
      if (present) return present;
      const cloud =
        environment.cloud.kind === 'real' ? realCloud(environment) : emulatedCloud(supervisor, places, environment);
      made.set(environment.name, cloud);
      return cloud;
    },
  };
}
