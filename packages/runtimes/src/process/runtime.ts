import { join } from 'node:path';
import { type Digest, type Runtime, SoundBiteError } from '@soundbite/model';
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
  return versionsRuntime('process', partsOf(options), behindEdge(options));
}

function partsOf({ supervisor, edge, releases, home, nodePath, credentialsEnv }: ProcessRuntimeOptions): VersionParts {
  const codeFiles = codeFilesOf(releases);
  const compareCode = codeComparison();
  const isAsReleased = async (directory: string, release: Digest) =>
    (await compareCode(directory, await codeFiles(release))).length === 0;
  const store = installedStore(join(home, 'versions'), isAsReleased);
  return {
    ...{ supervisor, edge, store, credentialsEnv },
    ready: ({ environment: { name } }, release) => store.install(name, release),
    async start(wanted) {
      const { release } = wanted.installed;
      const files = await codeFiles(release);
      return supervisor.ensure(specOf(wanted, { nodePath, code: store.codeOf(release), files }));
    },
    changesOf: (_, { release }) => changesOf(store.codeOf(release), () => codeFiles(release), compareCode),
  };
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
