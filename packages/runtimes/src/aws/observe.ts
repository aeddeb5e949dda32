import {
  type CloudAccess,
  type Digest,
  type Drift,
  type Edge,
  type Looking,
  type Observation,
  type PinnedResponse,
  shortDigest,
  stackOutputs,
  type Target,
} from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { type AliasTarget, readAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import { doorDrift } from './doors.ts';
import { httpApiDrift } from './http-api.ts';
import { invokeApi } from './invoke.ts';
import { feeding } from './mapping.ts';
import type { Proving } from './proof.ts';
import type { VersionMemory } from './remembered.ts';
import { readRoute } from './route.ts';
import { type FunctionVersions, staticVersion, type Version, versionOf, versionsOf } from './versions.ts';

/** One function, and where its alias sends what comes. */
interface Seen {
  readonly name: string;
  readonly versions: FunctionVersions;
  readonly alias: AliasTarget;
}

/** Earlier looks, for polling callers. */
export interface Memory {
  readonly versions: VersionMemory;
  readonly accounts: { keep(target: Target, seen: AccountLook): void };
}

/** The part of an environment that its account holds. */
export interface AccountLook {
  readonly access: CloudAccess;
  readonly api: Seen;
  readonly worker: Seen;
  readonly isFed: boolean;
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
  const [seen, route] = await Promise.all([
    lookAtAccount(clients, target, only, isDear ? memory.versions : null),
    readRoute(clients, edge, target),
  ]);
  if (only === 'often' && !isDear) memory.accounts.keep(target, seen);
  // Polling callers read /ready by themselves, and callers that only need the ready versions must not wait for the live one: it may hang.
  const asks =
    only === 'often' || only === 'versions'
      ? answersUnasked
      : (version: Version) => answers(clients, seen.api.name, version);
  const told = await observationOf(seen, route, asks);
  return isDear ? { ...told, ready: await readiness(clients, seen.api, isEmptied(seen, route)) } : told;
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
  const names = [outputOf(target, stackOutputs.apiFunction), outputOf(target, stackOutputs.workerFunction)];
  const isShort = memory !== null || only === 'versions' || only === 'serving';
  const [[api, worker], doors, { isFed, drift: ofQueue }, ofApi] = await Promise.all([
    memory ? seenOften(clients, memory, names) : seenNow(clients, names),
    isShort ? [] : Promise.all(names.map((name) => doorDrift(clients, target, name))),
    feeding(clients, target),
    isShort ? [] : httpApiDrift(clients, target),
  ]);
  if (!api || !worker) throw new TypeError('two functions are looked at');
  return { access: clients.access, api, worker, isFed, drift: [...doors.flat(), ...ofApi, ...ofQueue] };
}

/** Whether nothing is there that no release made, and the queue is fed. */
export const isAsReleased = ({ api, worker, isFed, drift }: AccountLook): boolean =>
  isFed && drift.length === 0 && [api, worker].every((one) => driftOf(one, false).length === 0);

type Route = Awaited<ReturnType<typeof readRoute>>;

const answersUnasked = async (): Promise<string[]> => [];

const isEmptied = ({ api, isFed }: AccountLook, route: Route): boolean =>
  route.isEmpty ?? (!isFed && api.alias.version === staticVersion);

/** `answersOf`: what is wrong with the answers of a version that takes traffic. */
async function observationOf(
  seen: AccountLook,
  route: Route,
  answersOf: (version: Version) => Promise<string[]>,
): Promise<Observation> {
  const { api, worker, isFed, drift } = seen;
  const isEmpty = isEmptied(seen, route);
  const releases = new Set([...api.versions.published, ...worker.versions.published].map(({ release }) => release));
  const versions = [...releases]
    .filter((release) => release !== null)
    .map(async (release) => {
      const share = isEmpty ? 0 : shareOf(api, release);
      const workerShare = isEmpty ? 0 : shareOf(worker, release);
      const version = versionOf(api.versions, release);
      const problems = [
        ...(version ? [] : ['the API has no version of it']),
        ...(versionOf(worker.versions, release) ? [] : ['the worker has no version of it']),
        ...(share === workerShare ? [] : [`the API has ${share} of the traffic, the worker ${workerShare}`]),
        ...(share > 0 && !isFed ? ["the worker's mapping does not feed it"] : []),
        ...(share > 0 && route.problem ? [route.problem] : []),
        ...(version?.state === 'Failed' ? ['its API version is in state Failed'] : []),
        ...(version && share > 0 ? await answersOf(version) : []),
      ];
      return {
        release,
        share,
        healthy: problems.length === 0,
        detail: problems.join('; ') || describe(share, version),
      };
    });
  return {
    versions: await Promise.all(versions),
    restarts: 0,
    drift: [...[api, worker].flatMap((one) => driftOf(one, isEmpty)), ...drift],
  };
}

const seenNow = (clients: Clients & Proving, names: readonly string[]): Promise<Seen[]> =>
  Promise.all(
    names.map(async (name) => {
      const [versions, alias] = await Promise.all([versionsOf(clients, name), readAlias(clients, name)]);
      return { name, versions, alias };
    }),
  );

async function seenOften(clients: Clients & Proving, memory: VersionMemory, names: readonly string[]): Promise<Seen[]> {
  const functions = await Promise.all(names.map(async (name) => ({ name, alias: await readAlias(clients, name) })));
  const versions = await memory.of(clients, functions);
  return functions.flatMap((one, i) => (versions[i] ? [{ ...one, versions: versions[i] }] : []));
}

const describe = (share: number, version: Version | null) =>
  share > 0 ? `version ${version?.version} takes ${percent(share)}` : `version ${version?.version} is ready`;

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** The share of an alias's traffic that reaches a version. */
const shareAt = ({ version, other }: AliasTarget, name: string): number =>
  (version === name ? 1 - (other?.share ?? 0) : 0) + (other?.version === name ? other.share : 0);

/** The share of an alias's traffic that reaches a release, over all its versions. */
const shareOf = ({ versions, alias }: Seen, wanted: Digest): number =>
  versions.published.reduce((sum, { version, release }) => sum + (release === wanted ? shareAt(alias, version) : 0), 0);

/** What belongs to no release in a function. The template's static version, and possible releases of another machine, do not count before they have traffic. */
function driftOf({ name, versions, alias }: Seen, isEmpty: boolean): Drift[] {
  const strange = versions.published.flatMap((one): Drift[] => {
    const share = isEmpty ? 0 : shareAt(alias, one.version);
    const isNobodys = one.version === staticVersion || one.isElsewhere;
    if (one.release || (isNobodys && share === 0)) return [];
    const takes = share > 0 ? `takes ${percent(share)} of the traffic` : 'takes no traffic';
    return [{ where: `${name}:${one.version}`, detail: `${takes}, and ${claimed(one)}`, inTraffic: share > 0 }];
  });
  const { latest } = versions;
  if (!latest) return strange;
  const share = isEmpty ? 0 : shareAt(alias, latest.version);
  const where = `${name}:${latest.version}`;
  // Whatever it is now: whoever changes the function changes it.
  const what = latest.release ? 'is not a version of a release' : claimed(latest);
  if (share > 0)
    return [...strange, { where, detail: `takes ${percent(share)} of the traffic, and ${what}`, inTraffic: true }];
  if (latest.release || latest.isElsewhere) return strange;
  return [...strange, { where, detail: `takes no traffic, and ${what}`, inTraffic: false }];
}

const claimed = ({ claim, doubts }: Version) =>
  `${claim ? `is not the ${shortDigest(claim)} that it claims to be` : 'is not a release'}: ${doubts.join(', ')}`;

/** How long an answer to /ready may take, in ms: a cold function with cold dependencies included. */
const readyWithinMs = 10_000;

/** The answer of /ready of the release with all traffic; null: none has it. */
async function readiness(clients: Clients, api: Seen, isEmpty: boolean): Promise<PinnedResponse | Error | null> {
  const { version, other } = api.alias;
  const serving = api.versions.published.find((one) => one.version === version);
  if (isEmpty || other || !serving?.release) return null;
  return invokeApi(clients, api.name, version, { method: 'GET', path: '/ready' }, readyWithinMs).catch(
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

async function answers(clients: Clients, functionName: string, { version }: Version): Promise<string[]> {
  const { status, body } = await invokeApi(clients, functionName, version, { method: 'GET', path: '/health' }, 15_000);
  return status < 300 ? [] : [`GET /health answers ${status}: ${Buffer.from(body).toString('utf8').slice(0, 300)}`];
}
