import type { Cloud, Digest, Environment } from '@soundbite/model';
import { isReachable } from './reachable.ts';
import type { World } from './world/world.ts';

type WholeWorld = Pick<World, 'infrastructure' | 'clouds' | 'looks'>;

/** Whether all that an environment's stack has is in its account as it was deployed; remembered while the account stays as it is. */
export async function isWholeNow(world: WholeWorld, environment: Environment, live: Digest): Promise<boolean> {
  const cloud = await world.clouds.of(environment);
  // Asked before the look: what changes during it makes the next one look again.
  const configuration = (await cloud.configuration?.()) ?? null;
  const whole = await world.looks.whileSame(environment, 'whole', configuration, async () =>
    (await isWhole(world, environment, cloud)) ? live : null,
  );
  return whole !== null;
}

async function isWhole({ infrastructure }: WholeWorld, environment: Environment, cloud: Cloud): Promise<boolean> {
  // An account bootstrapped by another version is bootstrapped again by the next promotion; nothing was deleted there.
  const isBootstrapped = await infrastructure.isBootstrapped(environment, cloud);
  return (
    (isBootstrapped || (await isReachable(cloud))) &&
    (await infrastructure.state(environment, cloud)) !== null &&
    (!isBootstrapped || (await isWholeStack(infrastructure, environment, cloud)))
  );
}

async function isWholeStack(infrastructure: World['infrastructure'], environment: Environment, cloud: Cloud) {
  const { missing, changed } = await infrastructure.presence(environment, cloud, { settings: true });
  return missing.length + changed.length === 0;
}
