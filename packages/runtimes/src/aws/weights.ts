import { type Digest, type Edge, SoundBiteError, type Target, type VersionShare } from '@soundbite/model';
import { unlessGone } from '../infrastructure/gone.ts';
import { type AliasTarget, pointAlias } from './alias.ts';
import { setCallers } from './callers.ts';
import type { Clients } from './clients.ts';
import { type Aliased, type Component, componentsOf } from './components.ts';
import type { FencedClients } from './fence.ts';
import { harmlessEvent } from './harmless.ts';
import { leadToAlias } from './http-api.ts';
import { namedRelease } from './labels.ts';
import { setMappings } from './mapping.ts';
import { declares, type Proving } from './proof.ts';
import { leadRestApi } from './rest-api.ts';
import { routeEdge } from './route.ts';
import { settled } from './settle.ts';
import { knownVersion, versionOf, versionsOf } from './versions.ts';

/** A move of traffic. */
interface Shift {
  readonly clients: FencedClients & Proving;
  readonly edge: Edge;
  readonly target: Target;
  /** How long it may take until only the wanted versions answer, in ms. */
  readonly settlesWithinMs: number;
}

/** A component, and what its alias is to point at. */
interface Move {
  readonly component: Component;
  readonly wanted: AliasTarget;
}

/**
 * Moves the aliases of all components: in their order when going forward, the reverse when going back. A mapping feeds its component, and rules and topics call it,
 * from the first weights on. Without any weights the environment is empty: the edge says so, mappings rest, the aliases stand on the static version;
 * from a function that somebody deleted there is no traffic to take.
 * Returns when only the wanted versions answer (`alias-unsettled` after so many ms).
 */
export async function shift(
  moving: Shift,
  weights: readonly VersionShare[],
  direction: 'forward' | 'back',
): Promise<void> {
  const { clients, edge, target } = moving;
  const components = componentsOf(target);
  const main = mainOf(weights);
  if (!main) return empty(moving, components);
  const moves = noted(
    await Promise.all(
      components.map(async (component) => ({
        component,
        ...(await aliasTarget(clients, component, weights)),
      })),
    ),
  );
  const feed = async (component: Component) => {
    const serves = moves.some((move) => move.component === component && move.wanted.serves);
    await setMappings(clients, target, component, serves);
    await setCallers(clients, component, serves);
  };
  await (direction === 'forward' ? moveForward(moving, moves, feed) : moveBack(moving, moves, feed));
  await routeEdge(clients, edge, target, main.release);
}

async function empty(moving: Shift, components: readonly Component[]): Promise<void> {
  const { clients, edge, target } = moving;
  await routeEdge(clients, edge, target, null);
  for (const component of components) {
    await unlessGone(setMappings(clients, target, component, false));
    await unlessGone(setCallers(clients, component, false));
  }
  const waits: ((() => Promise<void>) | null)[] = [];
  for (const component of components.toReversed())
    waits.push(await unlessGone(point(moving, { component, wanted: { version: component.first } })));
  await Promise.all(waits.map((isSettled) => isSettled?.()));
}

type Feed = (component: Component) => Promise<void>;

/** One after the other: each answers as the new version, and takes its messages, before the next one may send it some. */
async function moveForward(moving: Shift, moves: readonly Move[], feed: Feed): Promise<void> {
  for (const move of moves) {
    const isSettled = await point(moving, move);
    await isSettled();
    await feed(move.component);
  }
}

/** All move at once before it is waited for that they answer, since what is left is to be left soon. */
async function moveBack(moving: Shift, moves: readonly Move[], feed: Feed): Promise<void> {
  const waits: (() => Promise<void>)[] = [];
  for (const move of moves.toReversed()) waits.push(await point(moving, move));
  for (const { component } of moves) await feed(component);
  await Promise.all(waits.map((isSettled) => isSettled()));
}

/** Points a component's alias; gives what waits until only the wanted versions answer. */
async function point({ clients, settlesWithinMs }: Shift, { component, wanted }: Move): Promise<() => Promise<void>> {
  const { arn } = await pointAlias(clients, component, wanted);
  await leadToAlias(clients, component, arn);
  await leadRestApi(clients, component, arn);
  const event = await harmlessEvent(clients, component);
  return () => settled(clients, component, wanted, event, settlesWithinMs);
}

/** The share that is not a part: the largest, the last of equals. */
function mainOf(weights: readonly VersionShare[]): VersionShare | null {
  const taking = weights.filter((weight) => weight.share > 0);
  if (taking.length > 2)
    throw new SoundBiteError('weights-too-many', `an alias supports two versions, not ${taking.length}`, {
      hint: 'give traffic to at most two releases',
    });
  return taking.reduce<VersionShare | null>(
    (best, weight) => (best && best.share > weight.share ? best : weight),
    null,
  );
}

interface Aim {
  readonly wanted: AliasTarget;
  /** Releases that its versions do not name by themselves, the main one first. */
  readonly unnamed: readonly Digest[];
}

/** Of the releases that have such a component; where none has it, it rests. */
async function aliasTarget(
  clients: Clients & Proving,
  { functionName, first }: Aliased,
  given: readonly VersionShare[],
): Promise<Aim> {
  const asked = given.map(({ release }) => release);
  const versions = await versionsOf(clients, functionName, asked);
  const isOf = await Promise.all(
    asked.map(
      async (release) => versionOf(versions, release) !== null || (await declares(clients, functionName, release)),
    ),
  );
  const weights = given.filter((_, index) => isOf[index]);
  const main = mainOf(weights);
  if (!main) return { wanted: { version: first }, unnamed: [] };
  const { version, told } = knownVersion(versions, main.release, functionName);
  const second = weights.find((weight) => weight !== main && weight.share > 0);
  const other = second && { ...knownVersion(versions, second.release, functionName), share: second.share };
  const unnamed = [main, second].flatMap((one) => one?.release ?? []);
  return {
    wanted: {
      version,
      serves: true,
      // Both may be one version.
      ...(other && other.version !== version ? { other: { version: other.version, share: other.share } } : {}),
    },
    unnamed: namedRelease(told) === null ? unnamed : [],
  };
}

/** The last component that has the traffic says whose it is: it moves last when going forward. */
function noted(moves: readonly (Aim & Pick<Move, 'component'>)[]): readonly Move[] {
  const last = moves.findLast(({ wanted }) => wanted.serves);
  return moves.map(({ component, wanted, unnamed }) => ({
    component,
    wanted: component === last?.component && unnamed.length > 0 ? { ...wanted, releases: unnamed } : wanted,
  }));
}
