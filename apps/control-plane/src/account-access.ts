import type { AccountAccess } from '@soundbite/client';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** How an environment's account is reached as its administrator: for `soundbite aws`, which so never acts on another account than that. */
export async function accountAccess(world: World, name: string): Promise<AccountAccess> {
  const environment = environmentNamed(world.declaration(), name);
  const cloud = await world.clouds.of(environment);
  const { kind, account, region, endpoint, shownEndpoint, credentials } = await cloud.access('administrator');
  const { accessKeyId, secretAccessKey, sessionToken = null, expiration } = credentials;
  return {
    environment: name,
    kind,
    account,
    region,
    endpoint: shownEndpoint ?? endpoint ?? null,
    credentials: {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: expiration === undefined ? null : new Date(expiration).toISOString(),
    },
  };
}
