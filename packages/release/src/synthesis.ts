import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, SoundBiteError, toldToConstructs } from '@soundbite/model';
import { finishAssets } from './assembly-assets.ts';
import { plainEnvironment, runNode } from './children.ts';
import type { UsedModule } from './modules.ts';
import { refuseUndeliverable } from './undeliverable.ts';

export interface Synthesis {
  readonly source: string;
  /** What the constructs are told; in this order. */
  readonly environments: readonly Environment[];
  /** Where the assemblies go: `<outDir>/<environment>/`. */
  readonly outDir: string;
  readonly serviceZip: string;
  /** Hears of every module that was loaded over a package's border. */
  readonly onUse?: (module: UsedModule) => void;
}

/**
 * Synthesises all environments in one child process, then makes the assemblies the same wherever that was.
 * Answers the environments' names. Errors: `synthesis-failed`, `assembly-unexpected`, `assembly-undeliverable`.
 */
export async function synthesise(paths: Synthesis, signal?: AbortSignal): Promise<string[]> {
  const list = `${paths.outDir}.modules`;
  const declared = `${paths.outDir}.environments`;
  await writeFile(declared, toldToConstructs(paths.environments));
  await runNode({
    name: 'synthesis',
    args: [
      // A module is where it was found, also when its node_modules is a link: so it can be held against the lockfile.
      ...['--preserve-symlinks', '--preserve-symlinks-main'],
      ...['--import', new URL('./source-packages.ts', import.meta.url).href],
      join(paths.source, 'cdk', 'synth.ts'),
      paths.outDir,
    ],
    cwd: paths.source,
    env: {
      ...plainEnvironment(),
      SOUNDBITE_ENVIRONMENTS: declared,
      SOUNDBITE_SERVICE_ZIP: paths.serviceZip,
      SOUNDBITE_SOURCE: paths.source,
      SOUNDBITE_MODULES: list,
      // CDK's own validation of templates takes as long as the synthesis; the repository's tests run it, with cdk-nag.
      CDK_VALIDATION: 'false',
    },
    ...(signal ? { signal } : {}),
  });
  for (const module of JSON.parse(await readFile(list, 'utf8')) as UsedModule[]) paths.onUse?.(module);
  await Promise.all([list, declared].map((file) => rm(file)));
  const environments = (await readdir(paths.outDir)).sort();
  for (const environment of environments) {
    const assembly = join(paths.outDir, environment);
    await refuseUndeliverable(assembly, environment);
    await settle(assembly, paths);
  }
  return environments;
}

/** Takes out of an assembly what names this machine, and makes its assets finished files. */
async function settle(assembly: string, { serviceZip, source }: Synthesis): Promise<void> {
  await rm(join(assembly, 'validation-report.json'), { force: true });
  for (const name of await readdir(assembly))
    if (name.endsWith('.metadata.json')) await rewrite(join(assembly, name), withoutTraces);
  await finishAssets(assembly, serviceZip);
  await refusePaths(assembly, [source, fileURLToPath(new URL('../../..', import.meta.url))]);
}

async function rewrite(file: string, change: (value: unknown) => unknown): Promise<void> {
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8'))), null, 1));
}

/** Stack traces hold absolute paths; the file itself must be there. */
function withoutTraces(metadata: unknown): unknown {
  const entries = Object.entries(metadata as Record<string, { readonly type: string }[]>);
  return Object.fromEntries(
    entries
      .map(
        ([path, list]) =>
          [path, list.filter(({ type }) => type !== 'aws:cdk:creationStack').map(withoutTrace)] as const,
      )
      .filter(([, list]) => list.length > 0),
  );
}

function withoutTrace(entry: { readonly type: string }): unknown {
  const { trace: _trace, ...rest } = entry as { readonly trace?: unknown };
  return rest;
}

/** A template that names a place of this machine would be another one elsewhere. Errors: `assembly-unexpected`. */
export async function refusePaths(assembly: string, places: readonly string[]): Promise<void> {
  for (const name of await readdir(assembly)) {
    const text = await readFile(join(assembly, name), 'utf8');
    const found = places.find((place) => text.includes(place));
    if (found) {
      throw new SoundBiteError('assembly-unexpected', `${name} names ${found}: it would differ on every machine`, {
        hint: 'do not use absolute paths in a template',
      });
    }
  }
}
