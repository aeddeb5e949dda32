import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Digest } from '@soundbite/model';
import { type FoundAlias, readAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import type { Component } from './components.ts';
import { labelOf } from './labels.ts';
import { declares, type Proving } from './proof.ts';
import type { VersionMemory } from './remembered.ts';
import { type FunctionVersions, provenVersions, toldVersions, versionOf } from './versions.ts';

/** A component with its versions, and where its alias sends what comes. */
export interface Member {
  readonly component: Component;
  readonly versions: FunctionVersions;
  readonly alias: FoundAlias;
  /** Releases with versions of other components that have no such function. */
  readonly without: ReadonlySet<Digest>;
}

/** The components with their versions, each compared with every release that anything here names: these releases, what stands in the traffic first. */
export async function membersNow(
  clients: Clients & Proving,
  memory: VersionMemory | null,
  components: readonly Component[],
): Promise<{ readonly seen: readonly Member[]; readonly releases: readonly Digest[] }> {
  const told = await (memory ? toldOften(clients, memory, components) : toldNow(clients, components));
  const releases = releasesAt(told, clients.deployed);
  const found = await Promise.all(
    told.map(async ({ component, alias, versions }) => ({
      component,
      alias,
      versions: await provenVersions(clients, component.functionName, releases, versions),
    })),
  );
  return { seen: await withMembership(clients, found), releases };
}

/** Which releases lack which component, as far as they have a version of any. */
async function withMembership(clients: Proving, found: readonly Omit<Member, 'without'>[]): Promise<Member[]> {
  const there = new Set(found.flatMap(({ versions }) => versions.published.flatMap((one) => one.releases)));
  return Promise.all(
    found.map(async (one) => {
      const missing = [...there].filter((release) => versionOf(one.versions, release) === null);
      const isOf = await Promise.all(missing.map((release) => declares(clients, one.component.functionName, release)));
      return { ...one, without: new Set(missing.filter((_, index) => !isOf[index])) };
    }),
  );
}

interface Told {
  readonly component: Component;
  readonly alias: FoundAlias;
  readonly versions: readonly FunctionConfiguration[];
}

/**
 * The releases that may be there: those that the aliases name, the one that the stack has, and those that versions name, the youngest first. The alias of
 * the last component says which of those with the same functions has the traffic.
 */
function releasesAt(told: readonly Told[], deployed: Digest | null): readonly Digest[] {
  const noted = told.toReversed().flatMap(({ alias }) => alias.releases);
  const labels = told.toReversed().flatMap(({ versions }) => versions.toReversed().map(labelOf));
  return [...new Set([...noted, deployed, ...labels])].filter((release) => release !== null);
}

const toldNow = (clients: Clients, components: readonly Component[]): Promise<readonly Told[]> =>
  Promise.all(
    components.map(async (component) => {
      const { functionName } = component;
      const [versions, alias] = await Promise.all([toldVersions(clients, functionName), readAlias(clients, component)]);
      return { component, versions, alias };
    }),
  );

async function toldOften(
  clients: Clients,
  memory: VersionMemory,
  components: readonly Component[],
): Promise<readonly Told[]> {
  const functions = await Promise.all(
    components.map(async (component) => ({
      component,
      name: component.functionName,
      alias: await readAlias(clients, component),
    })),
  );
  const versions = await memory.of(clients, functions);
  return functions.flatMap((one, i) => (versions[i] ? [{ ...one, versions: versions[i] }] : []));
}
