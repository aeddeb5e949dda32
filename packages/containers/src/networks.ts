import { createServer } from 'node:net';
import { type ContainerNetwork, SoundBiteError } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';
import { homeByName, hostByName, installationLabel, nameOnEngine } from './names.ts';
import { ownContainer, projectPartLabels, type Reach } from './reach.ts';
import { EngineRefusal, unlessMissing } from './trouble.ts';

interface InspectedNetwork {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null };
}

/** An engine may hold several networks of one name, if they were made at the same moment: the first of ours is meant, by all who look. */
async function inspect(calls: EngineCalls, installation: string, name: string): Promise<InspectedNetwork | null> {
  const query = { filters: { name: [name] } };
  const all = await calls.json<readonly (InspectedNetwork & { readonly Name: string })[]>('GET', '/networks', {
    query,
  });
  const isOurs = (one: InspectedNetwork) => one.Labels?.[installationLabel] === installation;
  const found = all.filter(({ Name }) => Name === name).sort((a, b) => (a.Id < b.Id ? -1 : 1));
  return found.find(isOurs) ?? found[0] ?? null;
}

/**
 * A bridge of its own for each environment. In it no container reaches another: what they need of this machine comes by the relay. Where the home is in a container itself, that one
 * is in it and has to reach them, which the engine allows for all or for none: there, what is loaded before a service lets in the home alone.
 */
export async function ensureNetwork(
  calls: EngineCalls,
  installation: string,
  environment: string,
  reach: Reach,
): Promise<ContainerNetwork> {
  const name = nameOnEngine(installation, environment);
  const found = (await inspect(calls, installation, name)) ?? (await made(calls, installation, name, reach));
  if (found?.Labels?.[installationLabel] !== installation)
    throw new SoundBiteError(
      'container-name-taken',
      `a network that is not of this installation has the name ${name}; it is left alone`,
      { hint: `remove it if it is yours: docker network rm ${name}` },
    );
  const [config] = found.IPAM.Config ?? [];
  const gateway = config?.Gateway?.replace(/\/\d+$/, '') ?? null;
  // By its id, which no other one has.
  const network = { name: found.Id, subnet: config?.Subnet ?? '' };
  if (reach.by === 'network') {
    await join(calls, found.Id, reach.container);
    return { ...network, gateway: null, inside: true };
  }
  return {
    ...network,
    inside: false,
    gateway: gateway !== null && (await isHere(gateway)) ? gateway : null,
  };
}

async function made(
  calls: EngineCalls,
  installation: string,
  name: string,
  reach: Reach,
): Promise<InspectedNetwork | null> {
  const labels = { ...projectPartLabels(reach, 'network', name), [installationLabel]: installation };
  try {
    await calls.json('POST', '/networks/create', {
      json: {
        ...{ Name: name, CheckDuplicate: true, Driver: 'bridge', Labels: labels },
        Options: { 'com.docker.network.bridge.enable_icc': String(reach.by === 'network') },
      },
    });
  } catch (error) {
    // Somebody was quicker.
    if (!(error instanceof EngineRefusal) || error.status !== 409) throw error;
  }
  return inspect(calls, installation, name);
}

/**
 * An engine in a machine of its own (Docker Desktop) has gateways that are not here. Tried by listening: a bridge without containers is not among Node's
 * interfaces.
 */
const isHere = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port: 0, host: address }, () => server.close(() => resolve(true)));
  });

/** The home's own container in a network, by a name that its address follows. One that is in it already stays. */
async function join(calls: EngineCalls, network: string, container: string): Promise<void> {
  const { Networks = {} } = (await ownContainer(calls, container))?.NetworkSettings ?? {};
  if (Object.values(Networks).some(({ NetworkID }) => NetworkID === network)) return;
  await calls.json('POST', `/networks/${network}/connect`, {
    json: { Container: container, EndpointConfig: { Aliases: [homeByName] } },
  });
}

/** All networks of an installation, again: a container that was made anew is in none of them. */
export async function joinAll(calls: EngineCalls, installation: string, reach: Reach): Promise<void> {
  if (reach.by === 'loopback') return;
  const query = { filters: { label: [`${installationLabel}=${installation}`] } };
  const networks = await calls.json<readonly { readonly Id: string }[]>('GET', '/networks', { query });
  for (const { Id } of networks) await join(calls, Id, reach.container);
}

/** Where containers of a network find the home: by its name where it is in the network itself, else by the gateway, if this machine holds that. */
export const gatewayHost = ({ gateway, inside }: ContainerNetwork): string =>
  inside ? homeByName : (gateway ?? hostByName);

/** What somebody else's containers use stays. */
export async function removeNetwork(
  calls: EngineCalls,
  installation: string,
  environment: string,
  reach: Reach,
): Promise<void> {
  const name = nameOnEngine(installation, environment);
  const found = await inspect(calls, installation, name);
  if (found?.Labels?.[installationLabel] !== installation) return;
  await leave(calls, found.Id, reach);
  await unlessMissing(calls.json('DELETE', `/networks/${found.Id}`)).catch((error: unknown) => {
    if (!(error instanceof EngineRefusal) || error.status !== 403) throw error;
  });
}

/** The home's own container leaves a network, which otherwise could not be removed. */
export async function leave(calls: EngineCalls, network: string, reach: Reach): Promise<void> {
  if (reach.by === 'loopback') return;
  const json = { Container: reach.container, Force: true };
  await unlessMissing(calls.json('POST', `/networks/${network}/disconnect`, { json })).catch((error: unknown) => {
    // It was not in it.
    if (!(error instanceof EngineRefusal)) throw error;
  });
}
