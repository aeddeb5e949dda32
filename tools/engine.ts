import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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

/** A dockerd whose data, socket and log are in a directory of its own, which goes with it, also when whoever started it is killed. */
async function ownEngine(say: (line: string) => void): Promise<TestEngine> {
  const program = process.getuid?.() === 0 ? daemonProgram(say) : undefined;
  if (program === undefined) return noEngine;
  const directory = mkdtempSync('/var/tmp/soundbite-engine-');
  const engine = keptEngine(directory, program);
  if (await engine.start()) return engine;
  const log = readFileSync(join(directory, 'log'), 'utf8');
  say(`dockerd does not start; its log ends:\n${log.split('\n').slice(-5).join('\n')}`);
  await engine.stop();
  return noEngine;
}

/** An engine of our own, which may be killed and started again. */
export interface KeptEngine {
  readonly host: string;
  /** False: it does not answer in time, or ended. */
  start(): Promise<boolean>;
  /** Ends the daemon and nothing else, and returns when it is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Ends it with its containers, and removes its directory. */
  stop(): Promise<void>;
}

export function keptEngine(directory: string, program: string, more: readonly string[] = []): KeptEngine {
  const host = `unix://${join(directory, 'docker.sock')}`;
  const places = { 'data-root': 'data', 'exec-root': 'exec', pidfile: 'pid' };
  const options = Object.entries(places).map(([option, name]) => `--${option}=${join(directory, name)}`);
  const keeper = fileURLToPath(new URL('engine-keeper.ts', import.meta.url));
  let kept: { readonly process: ChildProcess; readonly ended: Promise<unknown> } | null = null;
  return {
    host,
    async start() {
      const words = [keeper, directory, program, `--host=${host}`, ...options, ...more];
      // Its own session: a terminal's Ctrl-C must not end it before the tests that use it.
      const started = spawn(process.execPath, words, { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
      const ended = once(started, 'close').catch(() => undefined);
      kept = { process: started, ended };
      return begins(host, ended);
    },
    async kill(signal) {
      process.kill(Number(readFileSync(join(directory, 'daemon'), 'utf8')), signal);
      await kept?.ended;
      // Its containerd dies with it. Where nobody reaps that at once, the next daemon would take it for one that runs.
      rmSync(join(directory, 'exec/containerd/containerd.pid'), { force: true });
    },
    async stop() {
      kept?.process.stdin?.end();
      await kept?.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Debian's; undefined: it is not here. */
export const daemonHere = (): string | undefined =>
  ['/usr/sbin/dockerd', '/usr/bin/dockerd'].find((file) => existsSync(file));

/** It is installed where it is not there; undefined: it is not to be had. */
function daemonProgram(say: (line: string) => void): string | undefined {
  const found = daemonHere;
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
