import { createServer } from 'node:net';
import { type ContainerNetwork, SoundBiteError } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';
import { hostByName, installationLabel, nameOnEngine } from './names.ts';
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

/** A bridge of its own for each environment, in which no container reaches another: what they need of this machine comes by the relay. */
export async function ensureNetwork(
  calls: EngineCalls,
  installation: string,
  environment: string,
): Promise<ContainerNetwork> {
  const name = nameOnEngine(installation, environment);
  const found = (await inspect(calls, installation, name)) ?? (await made(calls, installation, name));
  if (found?.Labels?.[installationLabel] !== installation)
    throw new SoundBiteError(
      'container-name-taken',
      `a network that is not of this installation has the name ${name}; it is left alone`,
      { hint: `remove it if it is yours: docker network rm ${name}` },
    );
  const [config] = found.IPAM.Config ?? [];
  const gateway = config?.Gateway?.replace(/\/\d+$/, '') ?? null;
  // By its id, which no other one has.
  return {
    name: found.Id,
    subnet: config?.Subnet ?? '',
    gateway: gateway !== null && (await isHere(gateway)) ? gateway : null,
  };
}

async function made(calls: EngineCalls, installation: string, name: string): Promise<InspectedNetwork | null> {
  try {
    await calls.json('POST', '/networks/create', {
      json: {
        ...{ Name: name, CheckDuplicate: true, Driver: 'bridge', Labels: { [installationLabel]: installation } },
        Options: { 'com.docker.network.bridge.enable_icc': 'false' },
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

/** Where containers of a network find this machine. */
export const gatewayHost = ({ gateway }: ContainerNetwork): string => gateway ?? hostByName;

/** What somebody else's containers use stays. */
export async function removeNetwork(calls: EngineCalls, installation: string, environment: string): Promise<void> {
  const name = nameOnEngine(installation, environment);
  const found = await inspect(calls, installation, name);
  if (found?.Labels?.[installationLabel] !== installation) return;
  await unlessMissing(calls.json('DELETE', `/networks/${found.Id}`)).catch((error: unknown) => {
    if (!(error instanceof EngineRefusal) || error.status !== 403) throw error;
  });
}
