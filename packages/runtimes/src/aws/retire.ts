import { DeleteFunctionCommand, ResourceConflictException } from '@aws-sdk/client-lambda';
import type { Digest, Target } from '@soundbite/model';
import { unlessGone } from '../infrastructure/gone.ts';
import { noteReleases, readAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import { type Component, componentsOf } from './components.ts';
import { deleteOtherAliases } from './doors.ts';
import type { FencedClients } from './fence.ts';
import { namedRelease } from './labels.ts';
import type { Proving } from './proof.ts';
import { retried } from './retry.ts';
import { type Version, versionsOf } from './versions.ts';

/**
 * Deletes the versions of releases that are not kept, and those that belong to no release; never the static one, one that another machine may have released, never one that an alias uses.
 * Names the latter kind: somebody made them.
 */
export async function retireVersions(
  clients: FencedClients & Proving,
  target: Target,
  keep: readonly Digest[],
): Promise<string[]> {
  // A function that somebody deleted has no versions.
  const retired = componentsOf(target).map((component) => unlessGone(retireOf(clients, component, keep)));
  return (await Promise.all(retired)).flatMap((strange) => strange ?? []);
}

async function retireOf(
  clients: FencedClients & Proving,
  component: Component,
  keep: readonly Digest[],
): Promise<string[]> {
  const { functionName: name, first } = component;
  const strange = await deleteOtherAliases(clients, component);
  const [{ published }, alias] = await Promise.all([versionsOf(clients, name, keep), readAlias(clients, component)]);
  const held = new Set([alias.version, alias.other?.version]);
  const isBlind = await isAnyElsewhere(clients, name, keep);
  for (const version of published) {
    if (Number(version.version) <= Number(first)) continue;
    // Versions that only another machine can prove are left for it to remove, and what may be one of its releases, too.
    if (held.has(version.version) || version.isElsewhere || (isBlind && !namedRelease(version.told))) continue;
    if (version.releases.some((release) => keep.includes(release))) continue;
    await clients.hold();
    const isGone = await remove(clients, name, version);
    if (isGone && version.releases.length === 0) strange.push(`${name}:${version.version}`);
  }
  if (alias.releases.some((release) => !keep.includes(release)))
    await noteReleases(clients, component, (named) => named.filter((release) => keep.includes(release)));
  return strange;
}

/** Whether only another machine knows what one of these releases has of a function. */
async function isAnyElsewhere(clients: Clients & Proving, name: string, releases: readonly Digest[]): Promise<boolean> {
  const proofs = await Promise.all(releases.map((release) => clients.prove(name, {}, release)));
  return proofs.some(({ isElsewhere }) => isElsewhere);
}

/** False: somebody's own alias still uses it. */
async function remove(clients: FencedClients, name: string, { version, releases }: Version): Promise<boolean> {
  // Qualified in its name: the controller may delete versions, never a function.
  const deletion = () => clients.lambda.send(new DeleteFunctionCommand({ FunctionName: `${name}:${version}` }));
  if (releases.length > 0) {
    await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, deletion);
    return true;
  }
  try {
    await deletion();
    return true;
  } catch (error) {
    if (error instanceof ResourceConflictException) return false;
    throw error;
  }
}
