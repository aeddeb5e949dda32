import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { HostClient } from './client.ts';
import { answers, hostClient } from './client.ts';
import type { Home } from './home.ts';
import { homeAt, makeHome } from './home.ts';
import type { HostFile } from './host-file.ts';
import { hostVersion, identityOf, livingHost } from './host-file.ts';
import { isAlive, signal } from './identity.ts';
import { openLog, rotate, tail } from './logs.ts';

const answerWithinMs = 3_000;
const startWithinMs = 15_000;
const leaveWithinMs = 3_000;

/** The host of a home, if it lives and answers. */
export async function connectHost(path: string): Promise<HostClient | null> {
  if (!existsSync(path)) return null;
  const home = homeAt(path);
  const file = livingHost(home);
  return file !== null && (await answers(file, answerWithinMs)) ? hostClient(home, file) : null;
}

/**
 * The host of a home: the one that lives if it runs this code on this node, else a new one, which adopts the old one's processes.
 * It outlives the caller. Errors: `host-down` with the end of its log.
 */
export async function startHost(path: string, options: { readonly node: string }): Promise<HostClient> {
  const home = makeHome(path);
  const file = livingHost(home);
  if (file !== null) {
    const fits = file.version === hostVersion(options.node) && (await answers(file, answerWithinMs));
    if (fits) return hostClient(home, file);
    await replace(file);
  }
  return hostClient(home, await launch(home, options.node));
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

async function launch(home: Home, node: string): Promise<HostFile> {
  const log = join(home.logs, 'host.log');
  rotate(log);
  const fd = openLog(log);
  const compiled = join(home.path, 'compiled');
  const main = join(import.meta.dirname, 'serve-main.ts');
  await compileFirst(compiled, node, main);
  const child = spawn(node, [...nodeOptions, main, home.path], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', fd, fd],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled },
  });
  closeSync(fd);
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(code === 0 ? '' : `it ended with ${code ?? by}`));
  });
  child.unref();
  return await answering(home, gone, log);
}

/**
 * Stripping types takes 12 MB for the life of the process that does it. So a first process does it, once for each version of the code,
 * and the host finds its code stripped and compiled.
 */
async function compileFirst(directory: string, node: string, main: string): Promise<void> {
  const done = join(directory, hostVersion(node));
  if (existsSync(done)) return;
  const child = spawn(node, [main], { cwd: '/', stdio: 'ignore', env: { NODE_COMPILE_CACHE: directory } });
  const [code] = await once(child, 'exit');
  if (code === 0) writeFileSync(done, '');
}

/** Small heap, one thread for files: the host does little and lives long. */
const nodeOptions = ['--max-old-space-size=64', '--max-semi-space-size=1', '--v8-pool-size=1'];

/** Waits for a host that answers: the one just started, or the winner when two were started at once (the loser ends with 0). */
async function answering(home: Home, gone: Promise<string>, log: string): Promise<HostFile> {
  let failure = '';
  void gone.then((why) => {
    failure = why;
  });
  const end = performance.now() + startWithinMs;
  while (failure === '' && performance.now() < end) {
    const file = livingHost(home);
    if (file !== null && (await answers(file, answerWithinMs))) return file;
    await delay(5);
  }
  const why = failure === '' ? `it does not answer within ${startWithinMs} ms` : failure;
  throw new SoundBiteError('host-down', `the host of ${home.path} does not start: ${why}\n${tail(log, 15)}`, {
    mend: `read ${log}`,
  });
}
