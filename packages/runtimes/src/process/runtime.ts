import { join } from 'node:path';
import { type Containers, type Digest, type Runtime, releasedService, SoundBiteError } from '@soundbite/model';
import { asContainers } from '../compose/containers.ts';
import { keeperOfBoth, logReader } from '../compose/keeper.ts';
import { withoutLeftovers } from '../compose/leftovers.ts';
import { containerName } from '../compose/spec.ts';
import { behindEdge } from '../here.ts';
import { processLimits } from '../versions/limits.ts';
import type { Change, VersionParts, WantedComponent } from '../versions/parts.ts';
import { versionsRuntime } from '../versions/runtime.ts';
import { type CodeFiles, codeComparison, codeFilesDigest, codeFilesOf } from './code-files.ts';
import { installedStore } from './installed.ts';
import type { ProcessRuntimeOptions } from './parts.ts';
import { versionSpec } from './specs.ts';

/** Node processes on this machine, kept alive by the host. */
export function processRuntime(options: ProcessRuntimeOptions): Runtime {
  const parts = versionParts(options, 'process');
  return withoutLeftovers(versionsRuntime('process', parts, behindEdge(options)), { ...options, store: parts.store });
}

/** A version that an environment holds stays what it was installed as, whatever the environment's runtime is by now; a new one is `kind`. */
export function versionParts(options: ProcessRuntimeOptions, kind: 'process' | 'compose'): VersionParts {
  const { supervisor, edge, releases, home, nodePath, credentialsEnv, containers } = options;
  const codeFiles = codeFilesOf(releases);
  const compareCode = codeComparison();
  const isAsReleased = async (directory: string, release: Digest) =>
    (await compareCode(directory, await codeFiles(release))).length === 0;
  const store = installedStore(join(home, 'versions'), isAsReleased);
  const processes: Pick<VersionParts, 'ready' | 'start'> = {
    ready: ({ environment: { name } }, release) => store.install(name, release),
    async start(wanted) {
      const { release } = wanted.installed;
      const files = await codeFiles(release);
      return supervisor.ensure(specOf(wanted, { nodePath, code: store.codeOf(release), files }));
    },
  };
  const common = { edge, store, credentialsEnv };
  const processChanges = (release: Digest) => changesOf(store.codeOf(release), () => codeFiles(release), compareCode);
  if (!containers)
    return { ...common, ...processes, supervisor, changesOf: (_, { release }) => processChanges(release) };
  const contained = asContainers({ ...options, containers, store, codeFiles });
  return {
    ...common,
    supervisor: keeperOfBoth(supervisor, containers, store, kind === 'compose'),
    async ready(target, release) {
      const before = await store.find(target.environment.name, release.digest);
      const isContained = before === null ? kind === 'compose' : before.image !== undefined;
      return (isContained ? contained : processes).ready(target, release);
    },
    start: (wanted) => (wanted.installed.image === undefined ? processes : contained).start(wanted),
    async changesOf({ name }, { release, image }) {
      if (image === undefined) return processChanges(release);
      return imageChanges(options, containers, { release, image, environment: name });
    },
    readLog: logReader(containers),
    memoryOf: (process) => containers.memory(containerName(process)),
  };
}

/** What has the name of a release's image, by which people start it, is the image that was proven. */
async function imageChanges(
  { releases }: Pick<ProcessRuntimeOptions, 'releases'>,
  containers: Containers,
  { release, image, environment }: { readonly release: Digest; readonly image: string; readonly environment: string },
): Promise<readonly Change[]> {
  const { manifest } = await releases.get(release);
  const { tag, id } = await containers.namedImage({ service: releasedService(manifest), release, environment });
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
