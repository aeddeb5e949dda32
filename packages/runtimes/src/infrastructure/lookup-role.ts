import type { Cloud, CloudAccess, Environment } from '@soundbite/model';
import { bootstrapPlaces } from './bootstrap-places.ts';

/** Access as the lookup role of an environment: it sees whether resources are there, and nothing of what is in them. */
export async function asLooker(environment: Environment, cloud: Cloud): Promise<CloudAccess> {
  const { role } = bootstrapPlaces(environment, await cloud.access('controller'));
  return cloud.access({ role: role('lookup') });
}
