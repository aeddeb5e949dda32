import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { programFile } from '@soundbite/model/programs.ts';
import type { HostClient } from './client.ts';
import { answers, healthOf, hostClient } from './client.ts';
import { writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import { homeAt, makeHome } from './home.ts';
import type { HostFile } from './host-file.ts';
import { hostVersion, identityOf, livingHost } from './host-file.ts';
import { isAlive, signal } from './identity.ts';
import { openLogFile, rotate, tail } from './logs.ts';

const answerWithinMs = 3_000;
const startWithinMs = 20_000;
const leaveWithinMs = 3_000;

/** The host of a home, if it lives, answers, and does not go down. */
export async function connectHost(path: string): Promise<HostClient | null> {
  if (!existsSync(path)) return null;
  const home = homeAt(path);
  const file = livingHost(home);
  return file !== null && (await healthOf(file, answerWithinMs)) === 'serves' ? hostClient(home, file) : null;
}

/**
 * The host of a home: the one that lives if it runs this code on this node, else a new one, which adopts the old one's processes.
 * It outlives the caller. Errors: `host-down` with the end of its log.
 */
export async function startHost(path: string, options: { readonly node: string }): Promise<HostClient> {
  const home = makeHome(path);
  const file = livingHost(home);
  if (file !== null) {
    const health = await healthOf(file, answerWithinMs);
    if (health === 'serves' && file.version === hostVersion(options.node)) return hostClient(home, file);
    if (health === 'leaving') await untilGone(file);
    else await replace(file);
  }
  // A full disk is reported here, by its name, because a host could not even write why it ends.
  writeWhole(join(home.path, 'started'), new Date().toISOString());
  return hostClient(home, await launch(home, options.node));
}

/** Waits for a host that goes down, however long its processes take to end: what it ends must not be started beside that. */
async function untilGone(file: HostFile): Promise<void> {
  while (isAlive(identityOf(file))) await delay(10);
}

/** Asks the old host to leave its processes to the next; ends it when it hangs. */
async function replace(file: HostFile): Promise<void> {
  const identity = identityOf(file);
  signal(identity, 'SIGTERM');
  const end = performance.now() + leaveWithinMs;
  while (isAlive(identity)) {
    if (performance.now() > end) signal(identity, 'SIGKILL');
    await delay(10);
  }
}

/**
 * Starts hosts until one answers: the one just started, or the winner of several that were started at once. It never leaves before its own
 * has won or ended, since a loser that came late would take the lock of a home that was taken down meanwhile.
 */
async function launch(home: HomePaths, node: string): Promise<HostFile> {
  const log = join(home.logs, 'host.log');
  rotate(log);
  await compileFirst(compiledIn(home), node);
  const end = performance.now() + startWithinMs;
  for (;;) {
    const mine = spawnHost(home, node, log);
    for (; mine.status === undefined; await delay(5)) {
      const file = livingHost(home);
      if (file !== null && file.pid === mine.pid && (await answers(file, answerWithinMs))) return file;
      if (performance.now() > end) throw notStarted(home, log, 'it does not answer');
    }
    if (mine.status !== 0) throw notStarted(home, log, `it ended with ${mine.status}`);
    // Another one has the lock: it answers, or is about to, or is on its way out since its home was removed.
    const winner = livingHost(home);
    if (winner !== null && (await answers(winner, answerWithinMs))) return winner;
    if (performance.now() > end) throw notStarted(home, log, 'another host holds its lock and does not answer');
    await delay(100);
  }
}

function notStarted(home: HomePaths, log: string, why: string): SoundBiteError {
  const message = `the host of ${home.path} does not start within ${startWithinMs / 1000} s: ${why}\n${tail(log, 15)}`;
  return new SoundBiteError('host-down', message, { hint: `read ${log}` });
}

interface Launched {
  readonly pid: number | undefined;
  /** How it ended, if it did. */
  status?: number | string;
}

/** Leaves a host behind. */
function spawnHost(home: HomePaths, node: string, log: string): Launched {
  const fd = openLogFile(log);
  const child = spawn(node, [...nodeOptions, main, home.path], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', fd, fd],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiledIn(home) },
  });
  closeSync(fd);
  const launched: Launched = { pid: child.pid };
  child.once('error', (error) => {
    launched.status = error.message;
  });
  child.once('exit', (code, signal) => {
    launched.status = code ?? signal ?? 'an unknown status';
  });
  child.unref();
  return launched;
}

const main = programFile('packages/processes/src/serve-main.ts');
const compiledIn = (home: HomePaths) => join(home.path, 'compiled');

/**
 * Stripping types takes 12 MB for the life of the process that does it. So a first process does it, once for each version of the code,
 * and the host finds its code stripped and compiled.
 */
async function compileFirst(directory: string, node: string): Promise<void> {
  const done = join(directory, hostVersion(node));
  if (existsSync(done)) return;
  const child = spawn(node, [main], { cwd: '/', stdio: 'ignore', env: { NODE_COMPILE_CACHE: directory } });
  const [code] = await once(child, 'exit');
  if (code === 0) writeFileSync(done, '');
}

/** Small heap, one thread for files: the host does little and lives long. */
const nodeOptions = ['--max-old-space-size=64', '--max-semi-space-size=1', '--v8-pool-size=1'];
