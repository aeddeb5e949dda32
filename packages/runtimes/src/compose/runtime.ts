import {
  type ContainerSpec,
  type Containers,
  type Environment,
  processesOf,
  type RelayTarget,
  type Release,
  type RunningProcess,
  type Runtime,
  type Target,
} from '@soundbite/model';
import { provenBundle } from '../bundle.ts';
import { behindEdge } from '../here.ts';
import { type CodeFiles, codeFilesDigest } from '../process/code-files.ts';
import type { ProcessRuntimeOptions } from '../process/parts.ts';
import { processParts } from '../process/runtime.ts';
import { unzip } from '../process/unzip.ts';
import type { Installed } from '../versions/held.ts';
import { processName } from '../versions/names.ts';
import type { VersionParts, WantedComponent } from '../versions/parts.ts';
import { versionsRuntime } from '../versions/runtime.ts';
import { asRunningProcess } from './keeper.ts';
import { containerLabels, containerName, containerSpec, isOfReleases, loopbackPort } from './spec.ts';

export type ComposeRuntimeOptions = ProcessRuntimeOptions & {
  readonly containers: Containers;
  /** How long a container may take to be healthy, in ms; 30,000 by default. */
  readonly startWithinMs?: number;
};

/** Containers of a Docker engine, each component one, behind the same edge as processes: see docs/decisions/0087. */
export function composeRuntime(options: ComposeRuntimeOptions): Runtime {
  const { containers, supervisor } = options;
  const standing = behindEdge(options);
  const parts = composeParts(options);
  const runtime = versionsRuntime('compose', parts, standing);
  return {
    ...runtime,
    async retire(target, keep, fence) {
      const removed = await runtime.retire(target, keep, fence);
      return [...removed, ...(await sweep(options, parts, target.environment))];
    },
    async takeDown(place, outputs, fence) {
      await runtime.takeDown(place, outputs, fence);
      await sweep(options, parts, place.environment);
      await supervisor.stop(`relay-${place.environment.name}`);
      await containers.removeNetwork(place.environment.name);
    },
  };
}

function composeParts(options: ComposeRuntimeOptions): VersionParts {
  const common = processParts(options, true);
  return {
    ...common,
    ready: (target, release) => ready(options, common.held, target, release),
    start: (wanted) => start(options, common.codeFiles, wanted),
  };
}

type Held = ReturnType<typeof processParts>['held'];

/** An image that was proven is known by its content from then on; whatever has its name by now. */
async function ready(
  { containers }: ComposeRuntimeOptions,
  held: Held,
  { environment: { name: environment } }: Target,
  release: Release,
): ReturnType<VersionParts['ready']> {
  const files = await unzip(await provenBundle(release));
  const before = await held.find(environment, release.digest);
  const named = await containers.namedImage(release.digest, environment);
  if (before?.image !== undefined && (await containers.hasImage(before.image))) {
    if (named.id === before.image) return { installed: before, changed: [] };
    await containers.nameImage(before.image, release.digest, environment);
    return { installed: before, changed: [wasOther(named)] };
  }
  const { commit, committedAt } = release.provenance;
  const order = { release: release.digest, environment, files, commit, committedAt };
  const { image, putRight } = await containers.makeImage(order);
  const installed = await held.hold(environment, release.digest, processesOf(release.manifest), image.id);
  return { installed, changed: putRight };
}

const wasOther = ({ tag, id }: { readonly tag: string; readonly id: string | null }) =>
  `${tag} was ${id === null ? 'missing' : `another image (${id})`}; it is the release's again`;

async function start(
  { containers, credentialsEnv, supervisor, startWithinMs }: ComposeRuntimeOptions,
  codeFiles: (release: Installed['release']) => Promise<CodeFiles>,
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
  // Of the time before the environment's runtime was this one.
  await supervisor.stop(processName(environment.name, wanted.component.name, release));
  const codeDigest = codeFilesDigest(await codeFiles(release));
  const spec: ContainerSpec = containerSpec(wanted, {
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

/** Containers of an environment that belong to no version that it holds: what a removal left that was interrupted. Says which. */
async function sweep(
  { containers }: ComposeRuntimeOptions,
  { store }: VersionParts,
  { name }: Environment,
): Promise<string[]> {
  const [found, held] = await Promise.all([containers.list({ [containerLabels.environment]: name }), store.list(name)]);
  const releases = held.filter(({ image }) => image !== undefined).map(({ release }) => release);
  const lost = found.filter((one) => !isOfReleases(one.name, releases));
  await Promise.all(lost.map((one) => containers.stop(containerName(one.name))));
  return lost.map((one) => `container ${one.name}`);
}
