import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { programFile } from '@soundbite/model/programs.ts';
import { childEnvironment } from './child-environment.ts';
import { readAddress } from './connection.ts';
import { readyEmulator } from './emulator-setup.ts';
import { endingReason } from './ending-reason.ts';
import { controlPlaneRuns, untilMyTurn } from './holder.ts';
import { sayingCopy } from './home.ts';
import { stopHost } from './host.ts';
import { signalEnd } from './interrupt.ts';
import { mustBeHere } from './named-endpoint.ts';
import { mustBeOurs } from './own-home.ts';
import { refuseDatabase } from './preflight.ts';
import type { Shell } from './shell.ts';
import { makeWritable } from './writable-home.ts';

const startWithinMs = 120_000;
/** Another `--standalone` command was a moment quicker. */
const homeIsTaken = 75;

/**
 * Does work with a control plane that lives as long as it does (`--standalone`, for CI); its log: logs/standalone.log. A signal, too, ends all in
 * order; if this process is killed, the control plane sees its standard input close and does the same by itself.
 */
export async function standalone<T>(shell: Shell, work: () => Promise<T>): Promise<T> {
  const ending = signalEnd(shell.host);
  const plane: Plane = { child: null };
  try {
    await Promise.race([start(shell, plane), ending.ended]);
    return await Promise.race([work(), ending.ended, whenGone(shell, plane)]);
  } finally {
    await end(shell, plane);
    ending.off();
  }
}

interface Plane {
  child: ChildProcess | null;
  ending?: boolean;
}

async function start(shell: Shell, plane: Plane): Promise<void> {
  mustBeHere(shell, '--standalone');
  await mustBeOurs(shell, 'start');
  for (;;) {
    await refuseSecond(shell);
    await refuseDatabase(shell);
    await makeWritable(shell.home);
    await readyEmulator(shell);
    if (plane.ending) return;
    const since = Date.now();
    const child = await spawnControlPlane(shell);
    plane.child = child;
    if (await sayingCopy(shell, () => isUp(shell, child))) return;
    if (child.exitCode !== homeIsTaken) throw await notStarted(shell, since);
    plane.child = null;
  }
}

/** One that does not say in time that it lives was stopped, and is named by the lock that it holds (ms). */
const answersWithinMs = 2_000;

/** Two control planes in one home would shut each other out. */
async function refuseSecond(shell: Shell): Promise<void> {
  const holder = await untilMyTurn(shell);
  const address = await readAddress(shell);
  const answers =
    address &&
    (await fetch(new URL('/health', address.url), { signal: AbortSignal.timeout(answersWithinMs) }).then(
      ({ ok }) => ok,
      () => false,
    ));
  if (answers) throw controlPlaneRuns(` at ${address.url}`);
  if (holder) throw controlPlaneRuns(`, and is starting or ending (pid ${holder.pid})`);
}

const logOf = (shell: Shell) => join(shell.home, 'logs/standalone.log');

async function spawnControlPlane(shell: Shell): Promise<ChildProcess> {
  await mkdir(join(shell.home, 'logs'), { recursive: true, mode: 0o700 });
  const log = await open(logOf(shell), 'a', 0o600);
  const child = spawn(process.execPath, [programFile('apps/control-plane/src/main.ts', shell.installation)], {
    cwd: shell.installation,
    env: { ...childEnvironment(shell), PORT: '0', SOUNDBITE_STANDALONE: 'true' },
    // Nothing is ever written to its standard input: it closes when this process ends, however it ends.
    stdio: ['pipe', log.fd, log.fd],
    // Ctrl-C detaches this command from its promotion; the child is ended by us, in order, and not by the terminal.
    detached: true,
  });
  await log.close();
  return child;
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** False when it ended before it was up. */
async function isUp(shell: Shell, child: ChildProcess): Promise<boolean> {
  const until = performance.now() + startWithinMs;
  while ((await readAddress(shell))?.pid !== child.pid) {
    if (hasEnded(child) || performance.now() > until) return false;
    await pause(50);
  }
  return true;
}

async function notStarted(shell: Shell, since: number): Promise<SoundBiteError> {
  const hint = `see the end of ${logOf(shell)}`;
  const unknown = new SoundBiteError('control-plane-down', 'the control plane of --standalone did not start', { hint });
  return (await endingReason(logOf(shell), since)) ?? unknown;
}

/** Rejects when the control plane has ended before its command. */
async function whenGone(shell: Shell, { child }: Plane): Promise<never> {
  const since = Date.now();
  if (child && !hasEnded(child)) await once(child, 'exit');
  const how = child?.signalCode ?? `exit code ${child?.exitCode}`;
  const unknown = new SoundBiteError('control-plane-down', `the control plane of --standalone ended (${how})`, {
    hint: `see the end of ${logOf(shell)}; the same command continues where this one stopped`,
  });
  throw (await endingReason(logOf(shell), since)) ?? unknown;
}

/** Ends it in order; one that could not do so has left its host behind. */
async function end(shell: Shell, plane: Plane): Promise<void> {
  plane.ending = true;
  const { child } = plane;
  if (!child) return;
  if (!hasEnded(child)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  if (child.exitCode !== 0 && child.exitCode !== homeIsTaken) await stopHost(shell, false);
}
