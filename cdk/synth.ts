import { join } from 'node:path';
import { appFor } from './lib/app-for.ts';
import { contextFrom, environmentOf } from './lib/context.ts';
import { SynthesisError } from './lib/error.ts';

/** `CDK_OUTDIR=<directory> node cdk/synth.ts <environment>...`: an assembly of each environment, into `<directory>/<environment>/`. */
async function main(names: readonly string[]): Promise<void> {
  const { CDK_OUTDIR: outDir } = process.env;
  if (!outDir || names.length === 0)
    throw new Error('usage: CDK_OUTDIR=<directory> node cdk/synth.ts <environment>...');
  const context = contextFrom(process.env);
  for (const name of names) {
    const app = await appFor(environmentOf(context, name));
    app(context, join(outDir, name)).synth();
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
  await main(process.argv.slice(2));
} catch (error) {
  console.error(JSON.stringify({ error: documentOf(error) }));
  process.exitCode = 1;
}
