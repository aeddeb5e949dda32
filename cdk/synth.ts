import { join, resolve } from 'node:path';
import { appFor } from './lib/app-for.ts';
import { contextFrom } from './lib/context.ts';
import { SynthesisError } from './lib/error.ts';

/** `node cdk/synth.ts <outDir>`: the assemblies of all declared environments, each into `<outDir>/<environment>/`. */
async function main(outDir: string | undefined): Promise<void> {
  if (!outDir) throw new Error('usage: node cdk/synth.ts <outDir>');
  const context = contextFrom(process.env);
  for (const environment of context.environments) {
    const app = await appFor(environment);
    app(context, join(resolve(outDir), environment.name)).synth();
  }
}

/** The last line on standard error, for the cut to raise again. What nobody foresaw shows where it happened. */
function documentOf(error: unknown): Pick<SynthesisError, 'code' | 'message' | 'hint'> {
  if (error instanceof SynthesisError) return { code: error.code, message: error.message, hint: error.hint };
  const place = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = place.split('\n').slice(0, 8).join('\n');
  return { code: 'synthesis-failed', message, hint: 'fix the code at the place named' };
}

try {
  await main(process.argv[2]);
} catch (error) {
  console.error(JSON.stringify({ error: documentOf(error) }));
  process.exitCode = 1;
}
