import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CloudAssemblyBuilder } from 'aws-cdk-lib/cx-api';
import { appFor } from '../cdk/lib/app-for.ts';
import type { DeclaredEnvironment } from '../cdk/lib/context.ts';
import { parseDeclaration, problemText, SoundBiteError, toldToConstructs } from '../packages/model/src/index.ts';
import { deliverStacks } from '../packages/release/src/delivered-stack.ts';
import { readService } from '../packages/release/src/service-file.ts';
import { readDeliverable } from '../packages/release/src/undeliverable.ts';

/**
 * What cdk.json names: the stacks of all environments from the working tree, for people who look with the CDK's own CLI (`cdk ls`, `cdk diff
 * soundbite-staging`). Each environment has an assembly of its own, with what a promotion needs, as in a release. The code of the functions is SOUNDBITE_SERVICE_ZIP or, when
 * absent, that of the release that was cut last.
 */
async function main(): Promise<void> {
  // As when a release is cut: the tests run it.
  process.env.CDK_VALIDATION ??= 'false';
  const root = resolve(import.meta.dirname, '..');
  const serviceZip =
    process.env.SOUNDBITE_SERVICE_ZIP || newestZip(process.env.SOUNDBITE_HOME || join(root, '.soundbite'));
  const environments = declaredIn(root);
  const service = await readService(root);
  const whole = new CloudAssemblyBuilder(process.env.CDK_OUTDIR);
  for (const environment of environments) {
    const app = await appFor(environment);
    const directory = whole.createNestedAssembly(environment.name, environment.name).outdir;
    app({ environments, serviceZip }, directory).synth();
    const assembly = await readDeliverable(directory, environment.name);
    const declared = { ...environment, settings: { ...environment.settings } };
    await deliverStacks({ directory, assembly, environment: declared, ...service });
  }
  whole.buildAssembly();
}

/** As a release reads it: without overrides, which concern accounts. */
function declaredIn(root: string): DeclaredEnvironment[] {
  const parsed = parseDeclaration((file) => readFileSync(join(root, file), 'utf8'));
  if (parsed.ok) return JSON.parse(toldToConstructs(parsed.declaration.environments)) as DeclaredEnvironment[];
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'), {
    hint: 'fix the lines named',
  });
}

/** The service.zip of the release that was cut last. */
function newestZip(home: string): string {
  const store = join(home, 'releases');
  const zips = releasesIn(store).map((name) => join(store, name, 'service.zip'));
  const dated = zips.map((zip) => ({ zip, at: statSync(zip, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
  const [newest] = dated.filter(({ at }) => at > 0).toSorted((a, b) => b.at - a.at);
  if (newest) return newest.zip;
  throw new SoundBiteError('release-unknown', `there is no release in ${store}, and so no code for the functions`, {
    hint: './scripts/soundbite.sh release cut',
  });
}

function releasesIn(store: string): string[] {
  try {
    return readdirSync(store);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SoundBiteError)) throw error;
  console.error(`error: ${error.message}\n    → ${error.hint}`);
  process.exitCode = 1;
}
