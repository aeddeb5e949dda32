import { Digest, type Edge, type Release, rowOfError, SoundBiteError, type Target } from '@soundbite/model';
import { provenFile } from '../bundle.ts';
import { noteReleases } from './alias.ts';
import type { Clients } from './clients.ts';
import { type Component, componentsOf } from './components.ts';
import { freeConcurrency } from './doors.ts';
import type { FencedClients } from './fence.ts';
import { harmlessEvent } from './harmless.ts';
import { invokeApi, invokeVersion } from './invoke.ts';
import { declares, type Proving } from './proof.ts';
import { type Made, publish } from './publish.ts';
import { putBack } from './put-back.ts';
import type { Releases } from './released.ts';
import { openEdge } from './route.ts';
import { activeVersion, type FunctionVersions, readyFunction, versionIn, versionOf, versionsOf } from './versions.ts';

/**
 * Publishes all components' versions of a release and tries that they start. No alias is touched: no traffic. Names the functions that it put back.
 * `store`: where the release of the stack is found, so that a version may be published that is not of it; null: none may.
 */
export async function installVersions(
  clients: FencedClients & Proving,
  edge: Edge,
  target: Target,
  release: Release,
  store: Releases | null,
): Promise<string[]> {
  await openEdge(clients, edge, target);
  const components = componentsOf(target);
  const isOf = await Promise.all(components.map((one) => declares(clients, one.functionName, release.digest)));
  const found = await Promise.all(
    // A component that another release added is left alone; the stack's own release has them all.
    components
      .filter((_, index) => isOf[index] || target.deployed === release.digest)
      .map(async (component) => ({
        component,
        ...(await undo(clients, target, component.functionName, release)),
      })),
  );
  const published = await allEnded(
    found.map(async ({ component, seen }) => ({
      component,
      version: await publishAndPutBack(clients, target, component.functionName, release, store, seen),
    })),
  );
  await Promise.all(published.map(({ component, version }) => starts(clients, component, version.version)));
  if (store) await named(clients, release, published);
  return found.flatMap(({ undone }) => undone);
}

interface Published {
  readonly component: Component;
  readonly version: Made;
}

/** A release that the stack does not have, and that no version was made for, is found by what an alias says of it. */
async function named(
  clients: FencedClients & Proving,
  { digest }: Release,
  published: readonly Published[],
): Promise<void> {
  const last = published.at(-1)?.component;
  if (!last || clients.deployed === digest || published.some(({ version }) => version.claim === digest)) return;
  await noteReleases(clients, last, (releases) => {
    const [main, ...others] = releases;
    if (releases.includes(digest)) return releases;
    return main === undefined ? [digest] : [main, digest, ...others];
  });
}

/**
 * Takes away a limit of its concurrency, and puts $LATEST back to what the stack's release declares. Where the stack has another release, $LATEST is
 * that one's. `seen`: what the function has, where that was not changed by it.
 */
async function undo(
  clients: FencedClients & Proving,
  { deployed }: Target,
  name: string,
  release: Release,
): Promise<{ readonly undone: readonly string[]; readonly seen?: FunctionVersions }> {
  const [freed, seen] = await Promise.all([
    freeConcurrency(clients, name),
    versionsOf(clients, name, [release.digest]),
  ]);
  if (deployed !== release.digest || seen.latest?.releases.includes(release.digest)) return { undone: freed, seen };
  const found = await readyFunction(clients.lambda, name, clients.everyMs);
  const { releases } = await versionIn(found, name, clients, [release.digest]);
  if (releases.includes(release.digest)) return { undone: freed };
  return { undone: [...freed, ...(await putBack(clients, name, release))] };
}

/**
 * As `publish`, but where the stack has another release, $LATEST becomes this one for as long as that takes, and is put back afterwards: a version is
 * made of nothing else. Nothing that serves is changed by it. Where it was cut off, the next call puts it back; where the stack's release cannot be had
 * from the store, the next promotion does.
 */
async function publishAndPutBack(
  clients: FencedClients & Proving,
  { deployed }: Target,
  name: string,
  release: Release,
  store: Releases | null,
  seen: FunctionVersions | undefined,
): Promise<Made> {
  if (store === null || deployed === release.digest) return publish(clients, name, release, seen);
  const known = seen ?? (await versionsOf(clients, name, [release.digest]));
  const isThere = versionOf(known, release.digest) !== null;
  const isReplaced = !isThere || isLeft(known, release.digest, deployed);
  const owner = isReplaced ? await ownerIn(clients, store, { name, deployed }) : null;
  try {
    if (!isThere) await putBack(clients, name, release);
    return await publish(clients, name, release, isThere ? known : undefined);
  } finally {
    if (owner) await putBack(clients, name, owner);
  }
}

/** Whether $LATEST is a release that the stack does not have: whoever made it so was cut off. */
const isLeft = ({ latest }: FunctionVersions, release: Digest, deployed: Target['deployed']): boolean =>
  latest?.releases.includes(release) === true && !latest.releases.some((one) => one === deployed);

/** As `Promise.all`, but nothing goes on after it: a function's $LATEST is put back by then. */
async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** The release that a stack has, whose bytes of a function's code are those that were cut; null: the store has it not, or not so. */
async function ownerIn(
  clients: Proving,
  store: Releases,
  { name, deployed }: { readonly name: string; readonly deployed: Target['deployed'] },
): Promise<Release | null> {
  const digest = Digest.safeParse(deployed);
  if (!digest.success) return null;
  try {
    const owner = await store.get(digest.data);
    const code = await clients.code(name, owner.digest);
    if (code) await provenFile(owner, code);
    return code && owner;
  } catch (error) {
    if (error instanceof SoundBiteError && notToBeHad.has(error.code)) return null;
    throw error;
  }
}

const notToBeHad: ReadonlySet<string> = new Set(['release-unknown', 'release-altered', 'code-altered']);

/**
 * Tries that a version's code can be loaded: by its health, or an empty batch. Of a component that declares neither, only that Lambda calls the version active:
 * the release's smoke tries it. Error: `version-unhealthy`.
 */
async function starts(clients: Clients & Proving, component: Component, version: string): Promise<void> {
  const { health, functionName } = component;
  if (health !== null) return healthAnswers(clients, component, version, health);
  const event = await harmlessEvent(clients, component);
  if (event === null) {
    await activeVersion(clients.lambda, functionName, version, clients.everyMs);
    return;
  }
  await invokeVersion(clients, functionName, version, event, 30_000).catch((error: unknown) => {
    // Only the function's own failure is the release's fault; an account that is away or refuses is not.
    if (!(error instanceof SoundBiteError) || rowOfError(error).verdict !== 'release') throw error;
    throw unhealthy(functionName, error.message, error);
  });
}

async function healthAnswers(
  clients: Clients & Proving,
  component: Component,
  version: string,
  path: string,
): Promise<void> {
  const { functionName } = component;
  const { status, body } = await invokeApi(clients, component, version, { method: 'GET', path });
  if (status >= 200 && status < 300) return;
  throw unhealthy(functionName, `GET ${path} answered ${status}: ${Buffer.from(body).toString('utf8').slice(0, 1000)}`);
}

const unhealthy = (functionName: string, why: string, cause?: unknown) =>
  new SoundBiteError('version-unhealthy', `the new version of ${functionName} does not start: ${why}`, {
    hint: 'fix the service and cut a new release',
    cause,
  });
