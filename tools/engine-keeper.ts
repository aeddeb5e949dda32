import { spawn } from 'node:child_process';
import { openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// engine-keeper.ts <directory> <dockerd> <option>...: keeps a daemon for the tests, whose data, socket and log are in the directory. Its standard input is its parent's life: when
// that ends, in whatever way, the daemon ends with its containers, and the directory goes.

/** Containers are ended first; after this many ms it is killed. */
const endsWithinMs = 30_000;

const [directory = '', program = '', ...options] = process.argv.slice(2);
const log = openSync(join(directory, 'log'), 'a');
const daemon = spawn(program, options, { stdio: ['ignore', log, log] });
writeFileSync(join(directory, 'daemon'), String(daemon.pid));
let isOver = false;
daemon.once('error', () => process.exit(1));
daemon.once('close', () => {
  if (isOver) rmSync(directory, { recursive: true, force: true });
  process.exit();
});
for (const event of ['end', 'error'] as const) process.stdin.on(event, end);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
process.stdin.resume();

function end(): void {
  if (isOver) return;
  isOver = true;
  daemon.kill('SIGTERM');
  setTimeout(() => daemon.kill('SIGKILL'), endsWithinMs).unref();
}
