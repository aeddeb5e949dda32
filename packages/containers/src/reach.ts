import { hostname, networkInterfaces } from 'node:os';
import { SoundBiteError } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';
import { unlessMissing } from './trouble.ts';

/**
 * How a home and its containers reach each other. `loopback`: it is on the engine's machine, where their ports are published on 127.0.0.1. `network`: it runs in a container
 * itself (`container`, by its id), which is in their networks; `project` is the Compose project that this one belongs to.
 */
export type Reach =
  | { readonly by: 'loopback' }
  | { readonly by: 'network'; readonly container: string; readonly project: string | null };

export const byLoopback: Reach = { by: 'loopback' };

/** What the engine tells of the container that has our host name. */
export interface OwnContainer {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string; readonly NetworkID: string }>>;
  };
}

/**
 * The reach of a home that is told to reach containers by their network (SOUNDBITE_REACH=network). `here`: the addresses of this machine, which for a container are those that
 * the engine gave it: another container of the same name, or one on another engine, is not the one that this runs in. Error: `reach-unknown`.
 */
export function reachByNetwork(found: OwnContainer | null, name: string, here: readonly string[]): Reach {
  const given = Object.values(found?.NetworkSettings.Networks ?? {}).map(({ IPAddress }) => IPAddress);
  if (found !== null && given.some((address) => address !== '' && here.includes(address)))
    return {
      ...{ by: 'network', container: found.Id },
      project: found.Config.Labels?.['com.docker.compose.project'] ?? null,
    };
  const why = found === null ? `the engine has no container ${name}` : `the engine's container ${name} is another one`;
  throw new SoundBiteError(
    'reach-unknown',
    `SOUNDBITE_REACH says that this runs in a container of the engine, but ${why}`,
  );
}

export const ownContainer = (calls: EngineCalls, name: string): Promise<OwnContainer | null> =>
  unlessMissing(calls.json<OwnContainer>('GET', `/containers/${encodeURIComponent(name)}/json`));

/** The addresses of this machine or container, without loopback. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((one) => one ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);

/** `said` is SOUNDBITE_REACH. The engine is asked for a home in a container only. Errors: `reach-unknown`, those of the engine. */
export async function containerReach(calls: EngineCalls, said: string | undefined): Promise<Reach> {
  if (said !== 'network') return byLoopback;
  // By default an engine calls a container's host by the beginning of its id.
  const name = hostname();
  return reachByNetwork(await ownContainer(calls, name), name, ownAddresses());
}

/**
 * By these Compose takes a container for one of its project that no service of the file is: `down --remove-orphans` removes it. 1.29 goes by project, oneoff and service, v2 wants a
 * config-hash besides.
 */
export const projectLabels = (reach: Reach, service: string, digest: string): Readonly<Record<string, string>> =>
  reach.by === 'loopback' || reach.project === null
    ? {}
    : {
        'com.docker.compose.project': reach.project,
        'com.docker.compose.service': service,
        'com.docker.compose.oneoff': 'False',
        'com.docker.compose.container-number': '1',
        'com.docker.compose.config-hash': digest.replace('sha256:', ''),
      };

/**
 * The same for networks and volumes of its environments: `docker compose -p <project> down --volumes`, asked without the file, goes by them, and so can whoever removes what is left by
 * hand. With the file Compose looks at none that the file does not name.
 */
export const projectPartLabels = (
  reach: Reach,
  kind: 'network' | 'volume',
  name: string,
): Readonly<Record<string, string>> =>
  reach.by === 'loopback' || reach.project === null
    ? {}
    : { 'com.docker.compose.project': reach.project, [`com.docker.compose.${kind}`]: name };
