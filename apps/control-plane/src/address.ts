import type { Environment } from '@soundbite/model';
import type { World } from './world/world.ts';

type AddressWorld = Pick<World, 'edge' | 'infrastructure' | 'clouds'>;

/** The stable public address: the edge's on this machine, API Gateway's where Lambda runs on a real account. */
export async function publicUrl(world: AddressWorld, environment: Environment): Promise<string | null> {
  if (environment.cloud.kind === 'emulated' || environment.runtime === 'process') {
    return (await world.edge.routes()).find((route) => route.environment === environment.name)?.url ?? null;
  }
  const stack = await world.infrastructure.state(environment, await world.clouds.of(environment));
  const apiId = stack?.outputs.ApiId;
  return apiId ? `https://${apiId}.execute-api.${environment.cloud.region}.amazonaws.com` : null;
}

/** As `publicUrl`; null too where the account cannot be asked (no credentials, no shared database): `validate` says why. */
export const addressOf = (world: AddressWorld, environment: Environment): Promise<string | null> =>
  publicUrl(world, environment).catch(() => null);
