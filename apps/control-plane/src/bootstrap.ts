import type { BootstrapRequest, BootstrapResult } from '@soundbite/client';
import {
  beyond,
  type Digest,
  type Holdings,
  holdingLines,
  holdingsIn,
  noHoldings,
  oversize,
  SoundBiteError,
  unmanageable,
} from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/**
 * Prepares the account of an environment for what the stack of a release holds: the named one, or the newest. With `preview` it only says what it
 * would allow that is not allowed now. Without any release it makes what every environment needs.
 * Errors: `release-unknown`, `assembly-undeliverable`, `holdings-too-many`, those of the account.
 */
export async function bootstrapEnvironment(
  world: World,
  name: string,
  { release: wanted, preview }: BootstrapRequest,
): Promise<BootstrapResult> {
  const environment = environmentNamed(world.declaration(), name);
  const release = wanted ?? (await world.releases.list())[0]?.digest ?? null;
  const holdings = release ? await holdingsOfRelease(world, release, name) : noHoldings;
  const cloud = await world.clouds.of(environment);
  const before = await world.infrastructure.allowed(environment, cloud);
  const added = beyond(before ?? noHoldings, holdings);
  const told = { environment: name, release, added: added ? holdingLines(added) : [] };
  if (preview) return { ...told, changed: false };
  const { changed } = await world.infrastructure.bootstrap(environment, cloud, holdings);
  await cloud.checkpoint();
  return { ...told, changed };
}

async function holdingsOfRelease(world: World, release: Digest, name: string): Promise<Holdings> {
  const template = await world.template(release, name);
  const [first, ...more] = unmanageable(template, name);
  if (first)
    throw new SoundBiteError('assembly-undeliverable', [first, ...more].map(({ message }) => message).join('\n'), {
      hint: first.hint,
    });
  const holdings = holdingsIn(template);
  const tooMuch = oversize(name, holdings);
  if (tooMuch) throw new SoundBiteError('holdings-too-many', `${name} cannot be bootstrapped: ${tooMuch}`);
  return holdings;
}
