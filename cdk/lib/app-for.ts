import { existsSync } from 'node:fs';
import { type AppOf, dataOnlyApp, deployedApp } from './app.ts';
import type { DeclaredEnvironment } from './context.ts';
import { SynthesisError } from './error.ts';

/** The apps of environments that bring none of their own. */
const byRuntime: Readonly<Record<DeclaredEnvironment['runtime'], (name: string) => AppOf>> = {
  process: dataOnlyApp,
  compose: dataOnlyApp,
  aws: deployedApp,
};

/**
 * The app of a declared environment: the one that `cdk/bin/<name>.ts` exports, if there is such a file, else what its runtime needs. In containers it is always that.
 * Error: `synthesis-failed` (a file without an app).
 */
export async function appFor({ name, runtime }: Pick<DeclaredEnvironment, 'name' | 'runtime'>): Promise<AppOf> {
  const file = new URL(`../bin/${name}.ts`, import.meta.url);
  // Containers may take the place of either of the others for a while (`up --runtime compose`): what is delivered beside them is their data.
  if (!existsSync(file) || runtime === 'compose') return byRuntime[runtime](name);
  const { app } = (await import(file.href)) as { readonly app?: AppOf };
  if (typeof app === 'function') return app;
  throw new SynthesisError('synthesis-failed', `cdk/bin/${name}.ts exports no app`, {
    hint: `export one, as cdk/bin/staging.ts does, or remove the file: ${name} then has the app of its runtime`,
  });
}
