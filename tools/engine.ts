import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineCalls } from '../packages/containers/src/calls.ts';
import { chosenBase } from '../packages/containers/src/images/base.ts';
import { makeBaseImage } from './base-image.ts';

/** A Docker engine for the tests of containers. */
export interface TestEngine {
  /** Null: there is none; the tests of containers are skipped. */
  readonly host: string | null;
  /** Ends what was started for it, and nothing else. */
  stop(): Promise<void>;
}

const stays = async () => undefined;
/** A daemon that does not answer after this many ms is taken for none. */
const startsWithinMs = 60_000;
/** Containers are ended first; after this many ms it is killed. */
const endsWithinMs = 30_000;

/**
 * The engine that answers here, else one of our own where it may be started (`mayStart`, as root, with Debian's dockerd). Each with a base for images: the one that is
 * chosen, else one made from the Node that runs this.
 */
export async function engineForTests(mayStart: boolean, say: (line: string) => void): Promise<TestEngine> {
  const { host } = engineCalls();
  const engine = (await answers(host)) ? { host, stop: stays } : mayStart ? await ownEngine(say) : noEngine;
  if (engine.host === null) return engine;
  try {
    const calls = engineCalls(engine.host);
    if ((await chosenBase(calls)) === null) say(await makeBaseImage(calls));
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

const noEngine: TestEngine = { host: null, stop: stays };

const answers = (host: string): Promise<boolean> =>
  engineCalls(host)
    .json('GET', '/info')
    .then(
      () => true,
      () => false,
    );

/** A dockerd whose data, socket and pid are in a directory of its own, which goes with it. */
async function ownEngine(say: (line: string) => void): Promise<TestEngine> {
  const program = process.getuid?.() === 0 ? daemonProgram(say) : undefined;
  if (program === undefined) return noEngine;
  const directory = mkdtempSync('/var/tmp/soundbite-engine-');
  const host = `unix://${join(directory, 'docker.sock')}`;
  const log = join(directory, 'log');
  const file = openSync(log, 'a');
  const places = { 'data-root': 'data', 'exec-root': 'exec', pidfile: 'pid' };
  const options = Object.entries(places).map(([option, name]) => `--${option}=${join(directory, name)}`);
  // Its own session: a terminal's Ctrl-C must not end it before the tests that use it.
  const daemon = spawn(program, [`--host=${host}`, ...options], { stdio: ['ignore', file, file], detached: true });
  closeSync(file);
  const ended = once(daemon, 'close').catch(() => undefined);
  const stop = async () => {
    daemon.kill('SIGTERM');
    const late = setTimeout(() => daemon.kill('SIGKILL'), endsWithinMs);
    await ended;
    clearTimeout(late);
    rmSync(directory, { recursive: true, force: true });
  };
  if (await begins(host, ended)) return { host, stop };
  say(`dockerd does not start; its log ends:\n${readFileSync(log, 'utf8').split('\n').slice(-5).join('\n')}`);
  await stop();
  return noEngine;
}

/** Debian's, which is installed where it is not there; undefined: it is not to be had. */
function daemonProgram(say: (line: string) => void): string | undefined {
  const found = () => ['/usr/sbin/dockerd', '/usr/bin/dockerd'].find((file) => existsSync(file));
  if (found() !== undefined || !existsSync('/usr/bin/apt-get')) return found();
  say('installing docker.io for the tests of containers (apt-get)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'docker.io'],
  ])
    spawnSync('apt-get', words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return found();
}

async function begins(host: string, ended: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  for (const until = Date.now() + startsWithinMs; Date.now() < until && !isOver; await sleep(100))
    if (await answers(host)) return true;
  return false;
}
