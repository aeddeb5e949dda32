import {
  type Containers,
  type Environment,
  processesOf,
  type RelayTarget,
  type Release,
  type RunningProcess,
  type Target,
} from '@soundbite/model';
import { type CodeFiles, codeFilesDigest } from '../process/code-files.ts';
import type { HeldVersions, Installed } from '../versions/held.ts';
import type { VersionParts, WantedComponent } from '../versions/parts.ts';
import { imageOrderOf } from './images.ts';
import { asRunningProcess } from './keeper.ts';
import { containerSpec, loopbackPort } from './spec.ts';

/** What versions that are containers are made with. */
export interface ContainerOptions {
  readonly containers: Containers;
  readonly store: HeldVersions;
  readonly codeFiles: (release: Installed['release']) => Promise<CodeFiles>;
  readonly credentialsEnv: (environment: Environment, identity: string) => Promise<Readonly<Record<string, string>>>;
  /** How long a container may take to be healthy, in ms; 30,000 by default. */
  readonly startWithinMs?: number;
}

/** How a version that is containers is made ready and started. */
export const asContainers = (options: ContainerOptions): Pick<VersionParts, 'ready' | 'start'> => ({
  ready: (target, release) => ready(options, target, release),
  start: (wanted) => start(options, wanted),
});

/** An image that was proven is known by its content from then on; whatever has its name by now. */
async function ready(
  { containers, store }: ContainerOptions,
  { environment: { name: environment } }: Target,
  release: Release,
): ReturnType<VersionParts['ready']> {
  const order = await imageOrderOf(release, environment);
  const before = await store.find(environment, release.digest);
  const named = await containers.namedImage(order);
  if (before?.image !== undefined && (await containers.hasImage(before.image))) {
    if (named.id === before.image) return { installed: before, changed: [] };
    await containers.nameImage(before.image, order);
    return { installed: before, changed: [wasOther(named)] };
  }
  const { image, putRight } = await containers.makeImage(order);
  const installed = await store.hold(environment, release.digest, processesOf(release.manifest), image.id);
  return { installed, changed: putRight };
}

const wasOther = ({ tag, id }: { readonly tag: string; readonly id: string | null }) =>
  `${tag} was ${id === null ? 'missing' : `another image (${id})`}; it is the release's again`;

async function start(
  { containers, credentialsEnv, codeFiles, startWithinMs }: ContainerOptions,
  wanted: WantedComponent,
): Promise<RunningProcess> {
  const { environment } = wanted.target;
  const { release, image = '' } = wanted.installed;
  const network = await containers.network(environment.name);
  // The same for all its components, also for those without a role.
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI } = await credentialsEnv(environment, '');
  const targets = targetsIn(wanted.env, AWS_CONTAINER_CREDENTIALS_FULL_URI);
  const ports = Object.fromEntries(Object.entries(targets).map(([target, port]) => [port, target as RelayTarget]));
  const relay = Object.keys(targets).length === 0 ? null : await containers.relay(environment.name, network, targets);
  const codeDigest = codeFilesDigest(await codeFiles(release));
  const spec = containerSpec(wanted, {
    image,
    network: network.name,
    codeDigest,
    relay,
    ports,
    startWithinMs,
  });
  return asRunningProcess(await containers.ensure(spec));
}

function targetsIn(env: WantedComponent['env'], credentials: string | undefined): Partial<Record<RelayTarget, number>> {
  const found = { account: loopbackPort(env.AWS_ENDPOINT_URL), credentials: loopbackPort(credentials) };
  return Object.fromEntries(Object.entries(found).filter(([, port]) => port !== null));
}
