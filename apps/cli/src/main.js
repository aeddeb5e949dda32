// JavaScript, so that a start does not wait for Node's TypeScript: everything behind it comes stripped out of the cache.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
// The second start is twice as quick; a folder that cannot be written only means a slower start.
enableCompileCache(`${root}/node_modules/.cache/node-compile`);

// A terminal that is closed ends nobody's work: what has no end of its own listens to it (interrupt.ts).
process.on('SIGHUP', () => undefined);

const { runCommandLine } = await import('./run.ts');
process.exitCode = await runCommandLine(process.argv.slice(2), root.replace(/\/$/, ''), process);
