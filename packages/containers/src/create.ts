import { type ContainerSpec, canonicalJson, digestOf } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';
import {
  healthLabel,
  hostByName,
  innerPort,
  installationLabel,
  nameInNetwork,
  nameOnEngine,
  secretsDirectory,
  serviceUser,
  specLabel,
} from './names.ts';
import { projectLabels, projectPartLabels, type Reach } from './reach.ts';
import { entriesOfTar, tarOf } from './tar.ts';
import { unlessMissing } from './trouble.ts';

/** Names what a container is made from. What is amended is not part of it, nor the port, which is kept. */
export function containerDigest(
  { port: _, secrets, ...spec }: ContainerSpec,
  amendable: readonly string[],
  reach: Reach,
): string {
  const told = Object.entries(secrets).filter(([name]) => !amendable.includes(name));
  const way = reach.by === 'loopback' ? {} : { project: reach.project, by: reach.by };
  return digestOf(canonicalJson({ ...spec, ...way, secrets: Object.fromEntries(told) }));
}

/** The body of the engine's call that makes a container: nothing of it is secret. `port` on 127.0.0.1; null: it is reached by its network. */
export function containerBody(
  spec: ContainerSpec,
  installation: string,
  reach: Reach,
  port: number | null,
  digest: string,
) {
  const [program = '', ...args] = spec.command;
  const inside = `${innerPort}/tcp`;
  const memory = spec.memoryMiB * 2 ** 20;
  const reserved = Math.floor((spec.reservedMiB ?? spec.memoryMiB / 2) * 2 ** 20);
  const user = `${serviceUser}:${serviceUser}`;
  const volume = nameOnEngine(installation, spec.name);
  return {
    ...{ Image: spec.image, Entrypoint: [program], Cmd: args, WorkingDir: '/app', User: user },
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: {
      ...spec.labels,
      ...projectLabels(reach, spec.name, digest),
      ...{ [installationLabel]: installation, [specLabel]: digest, [healthLabel]: spec.health.path },
    },
    NetworkingConfig: {
      EndpointsConfig: { [spec.network]: { Aliases: [nameInNetwork(nameOnEngine(installation, spec.name))] } },
    },
    ExposedPorts: { [inside]: {} },
    ...{ StopSignal: 'SIGTERM', StopTimeout: Math.ceil(spec.stopWithinMs / 1000) },
    HostConfig: {
      NetworkMode: spec.network,
      ...(port === null ? {} : { PortBindings: { [inside]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] } }),
      ...(spec.forwards?.relay.host === hostByName ? { ExtraHosts: [`${hostByName}:host-gateway`] } : {}),
      // Until it was healthy once: then the engine starts it whenever it ends.
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 1 },
      ...{ Init: true, ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], PidsLimit: 256 },
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m' },
      // Without a swap of its own: what needs more than its limit is killed, and that is told.
      ...{ Memory: memory, MemorySwap: memory, MemoryReservation: reserved },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } },
      Mounts: [
        {
          ...{ Type: 'volume', Source: volume, Target: secretsDirectory },
          VolumeOptions: {
            Labels: { ...projectPartLabels(reach, 'volume', volume), [installationLabel]: installation },
          },
        },
      ],
    },
  };
}

/** Lays the secrets of a container into its own volume, where its user alone reads them; whole or not at all for who reads meanwhile. */
export async function putSecrets(calls: EngineCalls, id: string, text: string): Promise<void> {
  const owner = { uid: serviceUser, gid: serviceUser, mtime: Math.floor(Date.now() / 1000) };
  const bytes = await tarOf([{ path: 'env.json', bytes: Buffer.from(text), mode: 0o400, ...owner }]);
  await calls.bytes('PUT', `/containers/${id}/archive`, { query: { path: secretsDirectory }, bytes });
}

/** The secrets that it has now; null: none that can be read. */
export async function secretsOf(calls: EngineCalls, id: string): Promise<string | null> {
  const query = { path: `${secretsDirectory}/env.json` };
  const tar = await unlessMissing(calls.bytes('GET', `/containers/${id}/archive`, { query }));
  const bytes = tar === null ? null : (await entriesOfTar(tar))[0]?.bytes;
  return bytes ? Buffer.from(bytes).toString('utf8') : null;
}
