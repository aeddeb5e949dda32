import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
// The second start is twice as quick; a folder that cannot be written only means a slower start.
enableCompileCache(`${root}/node_modules/.cache/node-compile`);

const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2), root.replace(/\/$/, ''), process);
