// JavaScript, so that a start does not wait for Node's TypeScript: everything behind it comes stripped out of the cache.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from './cache-directory.js';

// The npm package has this file as a bundle in `dist`.
const isPackaged = import.meta.url.endsWith('.mjs');
const root = fileURLToPath(new URL(isPackaged ? '..' : '../../..', import.meta.url)).replace(/\/$/, '');
// The second start is twice as quick; a folder that cannot be written only means a slower start.
enableCompileCache(isPackaged ? `${cacheDirectory(process.env)}/compiled` : `${root}/node_modules/.cache/node-compile`);

// A terminal that is closed ends nobody's work: what has no end of its own listens to it (interrupt.ts).
process.on('SIGHUP', () => undefined);

const { runCommandLine } = await import('./run.ts');
// All that was said has been read by now. Work whose result nobody awaits any more, a retry of a request, must not keep the command.
process.exit(await runCommandLine(process.argv.slice(2), root, process));
