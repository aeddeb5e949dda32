import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SoundBiteError } from '@soundbite/model';
import { ownInstallation } from '@soundbite/model/programs.ts';
import { runApp, type Synthesis } from './app.ts';
import { finishAssets } from './assembly-assets.ts';
import { deliverStacks } from './delivered-stack.ts';
import { readDeliverable } from './undeliverable.ts';

/**
 * Runs the service's app for all environments, makes the assemblies the same wherever that was, and delivers their stacks with what a promotion needs.
 * Errors: `synthesis-failed`, `assembly-missing`, `assembly-unexpected`, `assembly-undeliverable`, `declaration-invalid` (a component that is not there).
 */
export async function synthesise(synthesis: Synthesis, signal?: AbortSignal): Promise<void> {
  await runApp(synthesis, signal);
  for (const environment of synthesis.environments) {
    const directory = join(synthesis.outDir, environment.name);
    if (!(await stat(directory).catch(() => null))?.isDirectory()) throw nothingFor(environment.name);
    const assembly = await readDeliverable(directory, environment.name, synthesis.service.service);
    await settle(directory, synthesis);
    await deliverStacks({ directory, assembly, environment, ...synthesis.service });
    await refusePaths(directory, [synthesis.source, ownInstallation]);
  }
}

const nothingFor = (name: string) =>
  new SoundBiteError('assembly-missing', `the app made no assembly for ${name}`, {
    hint: 'the app writes its assembly to CDK_OUTDIR; see `app` in docs/reference/service.md',
  });

/** Takes out of an assembly what names this machine, and makes its assets finished files. */
async function settle(assembly: string, { serviceZip }: Synthesis): Promise<void> {
  for (const name of ['validation-report.json', 'tree.json']) await rm(join(assembly, name), { force: true });
  for (const name of await readdir(assembly))
    if (name.endsWith('.metadata.json')) await rewrite(join(assembly, name), withoutTraces);
  await finishAssets(assembly, serviceZip);
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
