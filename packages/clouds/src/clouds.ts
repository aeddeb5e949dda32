import type { Cloud, Clouds, Environment, Supervisor } from '@soundbite/model';
import type { EmulatedPlaces } from './emulated/account.ts';
import { emulatedCloud } from './emulated/cloud.ts';
import { realCloud } from './real/cloud.ts';

/**
 * One cloud for each environment, kept with its sessions for as long as it is declared so. `onLambda`: how many environments have Lambda functions in an
 * account, as declared now; an emulated one is that large.
 */
export function clouds(
  supervisor: Supervisor,
  places: EmulatedPlaces,
  onLambda: (account: string) => number = () => 1,
): Clouds {
  const made = new Map<string, { readonly declared: string; readonly cloud: Cloud }>();
  return {
    async of(environment: Environment) {
      const declared = JSON.stringify(environment.cloud);
      const present = made.get(environment.name);
      if (present?.declared === declared) return present.cloud;
      const cloud =
        environment.cloud.kind === 'real'
          ? realCloud(environment)
          : emulatedCloud(supervisor, places, environment, onLambda);
      made.set(environment.name, { declared, cloud });
      return cloud;
    },
  };
}
