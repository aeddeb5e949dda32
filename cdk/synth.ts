import { join, resolve } from 'node:path';
import { toErrorDocument } from '@soundbite/model';
import type { AppOf } from './lib/app.ts';
import { contextFrom } from './lib/context.ts';

/** `node cdk/synth.ts <outDir>`: the assemblies of all declared environments, each into `<outDir>/<environment>/`. */
async function main(outDir: string | undefined): Promise<void> {
  if (!outDir) throw new Error('usage: node cdk/synth.ts <outDir>');
  const context = contextFrom(process.env);
  for (const { name } of context.declaration.environments) {
    const { app } = (await import(`./bin/${name}.ts`)) as { readonly app: AppOf };
    app(context, join(resolve(outDir), name)).synth();
  }
}

try {
  await main(process.argv[2]);
} catch (error) {
  console.error(JSON.stringify({ error: toErrorDocument(error) }));
  process.exitCode = 1;
}
