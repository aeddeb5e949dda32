import { join } from 'node:path';
import { type Containers, type Digest, type Runtime, SoundBiteError } from '@soundbite/model';
import { keeperOfBoth, logReader } from '../compose/keeper.ts';
import { containerName } from '../compose/spec.ts';
import { behindEdge } from '../here.ts';
import type { HeldVersions, Installed } from '../versions/held.ts';
import { processLimits } from '../versions/limits.ts';
import { processName } from '../versions/names.ts';
import type { Change, VersionParts, WantedComponent } from '../versions/parts.ts';
import { versionsRuntime } from '../versions/runtime.ts';
import { type CodeFiles, codeComparison, codeFilesDigest, codeFilesOf } from './code-files.ts';
import { installedStore } from './installed.ts';
import type { ProcessRuntimeOptions } from './parts.ts';
import { versionSpec } from './specs.ts';

/** Node processes on this machine, kept alive by the host. */
export function processRuntime(options: ProcessRuntimeOptions): Runtime {
  return versionsRuntime('process', processParts(options, false), behindEdge(options));
}

/** `usesEngine`: the environment's runtime is the engine's; there are containers in others only where it was that before. */
export function processParts(options: ProcessRuntimeOptions, usesEngine: boolean) {
  const { supervisor, edge, releases, home, nodePath, credentialsEnv, containers } = options;
  const codeFiles = codeFilesOf(releases);
  const compareCode = codeComparison();
  const isAsReleased = async (directory: string, release: Digest) =>
    (await compareCode(directory, await codeFiles(release))).length === 0;
  const store = installedStore(join(home, 'versions'), isAsReleased);
  return {
    ...{ edge, store, credentialsEnv, codeFiles, held: store as HeldVersions },
    supervisor: containers ? keeperOfBoth(supervisor, containers, store, usesEngine) : supervisor,
    async ready({ environment: { name } }, release) {
      const before = await store.find(name, release.digest);
      // Of the time before the environment's runtime was this one.
      if (before?.image !== undefined && containers) await stopContainers(containers, name, before);
      return store.install(name, release);
    },
    async start(wanted) {
      const { release } = wanted.installed;
      const files = await codeFiles(release);
      return supervisor.ensure(specOf(wanted, { nodePath, code: store.codeOf(release), files }));
    },
    async changesOf({ name }, { release, image }) {
      if (image === undefined) return changesOf(store.codeOf(release), () => codeFiles(release), compareCode);
      return containers ? imageChanges(containers, name, { release, image }) : [];
    },
    ...(containers ? { readLog: logReader(containers) } : {}),
  } satisfies VersionParts & { readonly codeFiles: typeof codeFiles; readonly held: HeldVersions };
}

async function stopContainers(containers: Containers, environment: string, { release, processes }: Installed) {
  const names = processes.components.map(({ name }) => containerName(processName(environment, name, release)));
  await Promise.all(names.map((name) => containers.stop(name)));
}

/** What has the name of a release's image, by which people start it, is the image that was proven. */
async function imageChanges(
  containers: Containers,
  environment: string,
  { release, image }: { readonly release: Digest; readonly image: string },
): Promise<readonly Change[]> {
  const { tag, id } = await containers.namedImage(release, environment);
  if (id === image) return [];
  return [{ file: tag, what: id === null ? 'is missing' : 'is not what was released' }];
}

const specOf = (
  { target, installed: { release }, component, settings, env }: WantedComponent,
  { nodePath, code, files }: { readonly nodePath: string; readonly code: string; readonly files: CodeFiles },
) =>
  versionSpec({
    environment: target.environment.name,
    ...{ component, release, nodePath, code, env },
    codeDigest: codeFilesDigest(files),
    ...processLimits(settings, component),
  });

/** How the code of a version on this machine differs from its release, or why that cannot be told. */
async function changesOf(
  code: string,
  released: () => Promise<CodeFiles>,
  compare: ReturnType<typeof codeComparison>,
): Promise<readonly Change[]> {
  try {
    return await compare(code, await released());
  } catch (error) {
    if (error instanceof SoundBiteError) return [{ file: code, what: `cannot be proven: ${error.message}` }];
    throw error;
  }
}
