import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { childEnvironment } from './child-environment.ts';
import { readAddress } from './connection.ts';
import { sayingCopy } from './home.ts';
import type { Shell } from './shell.ts';

const startWithinMs = 120_000;

/** Starts a control plane as a child of this command (`--standalone`, for CI) and returns how to end it. Its log: logs/standalone.log. */
export async function startStandalone(shell: Shell): Promise<() => Promise<void>> {
  await refuseSecond(shell);
  await mkdir(join(shell.home, 'logs'), { recursive: true, mode: 0o700 });
  const logFile = join(shell.home, 'logs/standalone.log');
  const log = await open(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [join(shell.root, 'apps/control-plane/src/main.ts')], {
    cwd: shell.root,
    env: { ...childEnvironment(shell), PORT: '0', SOUNDBITE_STANDALONE: 'true' },
    stdio: ['ignore', log.fd, log.fd],
    // Ctrl-C detaches this command from its promotion; the child is ended by us, in order, and not by the terminal.
    detached: true,
  });
  const ended = once(child, 'exit');
  await log.close();
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  try {
    await sayingCopy(shell, () => untilUp(shell, child, logFile));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Two control planes in one home would shut each other out. */
async function refuseSecond(shell: Shell): Promise<void> {
  const address = await readAddress(shell);
  if (!address) return;
  const answers = await fetch(new URL('/health', address.url)).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answers) return;
  throw new SoundBiteError('control-plane-runs', `a control plane runs already at ${address.url}`, {
    source: 'user',
    mend: 'leave --standalone away, or first: soundbite down',
  });
}

async function untilUp(
  shell: Shell,
  child: { readonly pid?: number | undefined; readonly exitCode: number | null },
  logFile: string,
): Promise<void> {
  const until = performance.now() + startWithinMs;
  while ((await readAddress(shell))?.pid !== child.pid) {
    if (child.exitCode !== null || performance.now() > until) {
      throw new SoundBiteError('control-plane-down', 'the control plane of --standalone did not start', {
        mend: `see the end of ${logFile}`,
      });
    }
    await pause(50);
  }
}
