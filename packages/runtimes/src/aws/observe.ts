import {
  type CloudAccess,
  type Digest,
  type Drift,
  type Edge,
  type Looking,
  type Observation,
  type PinnedResponse,
  shortDigest,
  type Target,
} from '@soundbite/model';
import { attributed, shareAt } from './attributed.ts';
import type { Clients } from './clients.ts';
import { type Component, componentsOf, httpAmong, httpComponent, isOfContract } from './components.ts';
import { doorDrift } from './doors.ts';
import { type Member, membersNow } from './found.ts';
import { functionUrlDrift } from './function-url.ts';
import { httpApiDrift } from './http-api.ts';
import { invokeApi, provenAnswer } from './invoke.ts';
import { feedings } from './mapping.ts';
import type { Proving } from './proof.ts';
import type { VersionMemory } from './remembered.ts';
import { restApiDrift } from './rest-api.ts';
import { readRoute } from './route.ts';
import type { VersionNames } from './version-names.ts';
import { type Version, versionOf } from './versions.ts';

/** One component, and where its alias sends what comes. */
interface Seen extends Member {
  /** It is fed by each of its queues. */
  readonly isFed: boolean;
}

/** Earlier looks, for polling callers. */
export interface Memory {
  readonly versions: VersionMemory;
  readonly accounts: { keep(target: Target, seen: AccountLook): void };
  readonly names: Pick<VersionNames, 'keep'>;
}

/** The part of an environment that its account holds. */
export interface AccountLook {
  readonly access: CloudAccess;
  readonly seen: readonly Seen[];
  /** Those in question, what stands in the traffic first. */
  readonly releases: readonly Digest[];
  readonly drift: readonly Drift[];
}

/** What runs on Lambda, read from the account: where the aliases point, which releases have versions, whether the live ones answer, and what belongs to no release. */
export async function observeVersions(
  clients: Clients & Proving,
  edge: Edge,
  target: Target,
  memory: Memory,
  only?: Looking,
): Promise<Observation> {
  const isDear = only === 'often' && clients.access.kind === 'real';
  const [look, route] = await Promise.all([
    lookAtAccount(clients, target, only, isDear ? memory.versions : null),
    readRoute(clients, edge, target),
  ]);
  if (only === 'often' && !isDear) memory.accounts.keep(target, look);
  // Polling callers read /ready by themselves, and callers that only need the ready versions must not wait for the live one: it may hang.
  const asks =
    only === 'often' || only === 'versions'
      ? answersUnasked
      : (component: Component, version: Version) => answers(clients, component, version);
  const told = await observationOf(look, route, asks);
  const serving = told.versions.filter(({ share }) => share > 0).map(({ release }) => release);
  memory.names.keep(target, look.seen, serving);
  const path = readyPath(target);
  if (!isDear || path === null) return told;
  return { ...told, ready: await readiness(clients, httpOf(look), { isEmpty: isEmptied(look, route), path, serving }) };
}

/** The view of polling callers: the account from an earlier look, and the edge's route now. */
export async function observedAgain(seen: AccountLook, edge: Edge, target: Target): Promise<Observation> {
  return observationOf(seen, await readRoute(seen, edge, target), answersUnasked);
}

/** Looks at the account; in the fewest calls where a `memory` of versions is given, and with `versions` or `serving` at these and what leads to them only. */
export async function lookAtAccount(
  clients: Clients & Proving,
  target: Target,
  only: Looking | undefined,
  memory: VersionMemory | null = null,
): Promise<AccountLook> {
  const components = componentsOf(target);
  const isShort = memory !== null || only === 'versions' || only === 'serving';
  const [{ seen, releases }, fed, drift] = await Promise.all([
    membersNow(clients, memory, components),
    Promise.all(components.map((component) => feedings(clients, target, component))),
    isShort ? [] : Promise.all(components.map((component) => wayDrift(clients, target, component))),
  ]);
  const isFed = ({ component }: Member) => fed[components.indexOf(component)]?.every((one) => one.isFed) ?? true;
  return {
    access: clients.access,
    releases,
    seen: seen.map((one) => ({ ...one, isFed: isFed(one) })),
    drift: [...drift.flat(), ...fed.flat().flatMap((one) => one.drift)],
  };
}

/** What differs on the way to a component, besides its queues. */
async function wayDrift(clients: Clients & Proving, target: Target, component: Component): Promise<Drift[]> {
  const drift = await Promise.all([
    doorDrift(clients, target, component),
    httpApiDrift(clients, target, component),
    restApiDrift(clients, target, component),
    functionUrlDrift(clients, target, component),
  ]);
  return drift.flat();
}

/** Whether nothing is there that no release made, and each queue is fed. */
export const isAsReleased = ({ seen, drift }: AccountLook): boolean =>
  drift.length === 0 && seen.every((one) => one.isFed && driftOf(one, false).length === 0);

/** What users reach, if anything speaks HTTP. */
function httpOf({ seen }: AccountLook): Seen | undefined {
  const reached = httpAmong(seen.map(({ component }) => component));
  return seen.find(({ component }) => component.name === reached?.name);
}

type Route = Awaited<ReturnType<typeof readRoute>>;

/** What is wrong with the answers of a version that takes traffic. */
type AnswersOf = (component: Component, version: Version) => Promise<string[]>;

const answersUnasked: AnswersOf = async () => [];

/** Without a route that says it: nothing is fed, and no alias has left the static version or serves there. */
const isEmptied = ({ seen }: AccountLook, route: Route): boolean => {
  const isFedByQueue = seen.some(({ component, isFed }) => isFed && component.queues.length > 0);
  return route.isEmpty ?? (!isFedByQueue && seen.every(isAtRest));
};

/** A component with a queue rests when its mapping does. */
const isAtRest = ({ component, alias }: Seen): boolean =>
  component.queues.length > 0 || (alias.version === component.first && !alias.serves);

async function observationOf(look: AccountLook, route: Route, answersOf: AnswersOf): Promise<Observation> {
  const isEmpty = isEmptied(look, route);
  const published = look.seen.flatMap(({ versions }) => versions.published);
  const releases = new Set(published.flatMap((version) => version.releases));
  const shares = attributed(
    look.seen.map((one) => ({ ...one, published: one.versions.published })),
    look.releases,
  );
  const shareOf = (one: Seen, release: Digest) => (isEmpty ? 0 : (shares[look.seen.indexOf(one)]?.get(release) ?? 0));
  return {
    versions: await Promise.all([...releases].map((release) => observed(look, { release, shareOf, route }, answersOf))),
    restarts: 0,
    drift: [...look.seen.flatMap((one) => driftOf(one, isEmpty)), ...look.drift],
  };
}

interface Asked {
  readonly release: Digest;
  /** The share of a component's traffic that is a release's. */
  readonly shareOf: (one: Seen, release: Digest) => number;
  readonly route: Route;
}

/** A release, over all components: its share is the one of what users reach, or of what comes last, and the others must have the same. */
async function observed(
  look: AccountLook,
  { release, shareOf, route }: Asked,
  answersOf: AnswersOf,
): Promise<Observation['versions'][number]> {
  const members = look.seen.filter(({ without }) => !without.has(release));
  const parts = members.map((one) => ({
    component: one.component,
    // Of a component that another release lacks this one has all.
    isShared: one.without.size === 0,
    name: one.component.name,
    version: versionOf(one.versions, release),
    share: shareOf(one, release),
  }));
  const http = httpOf(look);
  const first = parts.find(({ component }) => component === http?.component) ?? parts.at(-1);
  const share = first?.share ?? 0;
  const asked = parts.map(({ component, version }) => (version && share > 0 ? answersOf(component, version) : []));
  const shares = parts.map((part) => `the ${part.name} ${part.share}`).join(', ');
  const problems = [
    ...parts.flatMap(({ name, version }) => (version ? [] : [`the ${name} has no version of it`])),
    ...(parts.every((part) => part.share === share || !part.isShared)
      ? []
      : [`its share of the traffic differs: ${shares}`]),
    ...(share > 0 && !members.every(({ isFed }) => isFed) ? ['no queue mapping feeds it'] : []),
    ...(share > 0 && route.problem ? [route.problem] : []),
    ...parts.flatMap(({ name, version }) =>
      version?.state === 'Failed' ? [`its ${name} version is in state Failed`] : [],
    ),
    ...(await Promise.all(asked)).flat(),
  ];
  const detail = problems.join('; ') || describe(share, first?.version ?? null);
  return { release, share, healthy: problems.length === 0, detail };
}

const describe = (share: number, version: Version | null) =>
  share > 0 ? `version ${version?.version} takes ${percent(share)}` : `version ${version?.version} is ready`;

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** What belongs to no release in a function. The template's static version, and possible releases of another machine, do not count before they have traffic. */
function driftOf({ component: { functionName: name, first }, versions, alias }: Seen, isEmpty: boolean): Drift[] {
  const strange = versions.published.flatMap((one): Drift[] => {
    const share = isEmpty ? 0 : shareAt(alias, one.version);
    const isNobodys = Number(one.version) <= Number(first) || one.isElsewhere;
    if (one.releases.length > 0 || (isNobodys && share === 0)) return [];
    const takes = share > 0 ? `takes ${percent(share)} of the traffic` : 'takes no traffic';
    return [{ where: `${name}:${one.version}`, detail: `${takes}, and ${claimed(one)}`, inTraffic: share > 0 }];
  });
  const { latest } = versions;
  if (!latest) return strange;
  const share = isEmpty ? 0 : shareAt(alias, latest.version);
  const where = `${name}:${latest.version}`;
  // Whatever it is now: whoever changes the function changes it.
  const what = latest.releases.length > 0 ? 'is not a version of a release' : claimed(latest);
  if (share > 0)
    return [...strange, { where, detail: `takes ${percent(share)} of the traffic, and ${what}`, inTraffic: true }];
  if (latest.releases.length > 0 || latest.isElsewhere) return strange;
  return [...strange, { where, detail: `takes no traffic, and ${what}`, inTraffic: false }];
}

const claimed = ({ claim, doubts }: Version) =>
  `${claim ? `is not the ${shortDigest(claim)} that it claims to be` : 'is not a release'}: ${doubts.join(', ')}`;

/** How long an answer about readiness may take, in ms: a cold function with cold dependencies included. */
const readyWithinMs = 10_000;

/** What tells whether the release that users reach is ready: the health that its component declares, or /ready of the service contract; null: nothing is declared. */
function readyPath(target: Target): string | null {
  return isOfContract(target) ? '/ready' : (httpComponent(target)?.health ?? null);
}

interface Readiness {
  readonly isEmpty: boolean;
  readonly path: string;
  /** Releases with traffic: the version that is asked may be another one's, too. */
  readonly serving: readonly Digest[];
}

/** The answer about readiness of the release with all traffic; null: none has it. */
async function readiness(
  clients: Clients & Proving,
  api: Seen | undefined,
  { isEmpty, path, serving }: Readiness,
): Promise<PinnedResponse | Error | null> {
  if (!api) return null;
  const { version, other } = api.alias;
  const releases = api.versions.published.find((one) => one.version === version)?.releases ?? [];
  const [release = releases[0]] = serving.filter((one) => releases.includes(one));
  if (isEmpty || other || !release) return null;
  const asked = invokeApi(clients, api.component, version, { method: 'GET', path }, readyWithinMs);
  return asked.then(
    (answer) => provenAnswer(answer, version, release),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

async function answers(clients: Clients & Proving, component: Component, { version }: Version): Promise<string[]> {
  const { health: path } = component;
  if (path === null) return [];
  const { status, body } = await invokeApi(clients, component, version, { method: 'GET', path }, 15_000);
  return status < 300 ? [] : [`GET ${path} answers ${status}: ${Buffer.from(body).toString('utf8').slice(0, 300)}`];
}
