import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { ProcessSpec } from '@soundbite/model/ports/supervisor.ts';
import { programFile } from '@soundbite/model/programs.ts';
import { runEntry } from './child-entry.ts';
import { childEnvironment } from './child-environment.ts';
import { codeDigest } from './code-digest.ts';
import { readAddress } from './connection.ts';
import { containersOfHome } from './containers.ts';
import { readyEmulator } from './emulator-setup.ts';
import { endingReason } from './ending-reason.ts';
import { endStandalone, type Holder, untilMyTurn } from './holder.ts';
import { copiedFrom, sayingCopy } from './home.ts';
import { mustBeHere } from './named-endpoint.ts';
import { mustBeOurs } from './own-home.ts';
import { refuseDatabase } from './preflight.ts';
import { refuseSettings } from './settings.ts';
import type { Shell } from './shell.ts';
import { makeWritable } from './writable-home.ts';

/** How long the control plane may take to be healthy: the first start makes a database. */
const startWithinMs = 120_000;

/**
 * Starts, adopts or replaces the host, and with it the control plane; returns when the control plane can be reached. `withoutRecords`: also on a
 * database that has none of this home's.
 */
export async function startHost(shell: Shell, withoutRecords = false): Promise<void> {
  mustBeHere(shell, 'up');
  await mustBeOurs(shell, 'start');
  refuseSettings(shell.host.env);
  const holder = await untilMyTurn(shell);
  const code = await codeDigest(shell.installation);
  if (!(await worksAlready(shell, holder, code))) await refuseDatabase(shell, { withoutRecords, bringsUp: true });
  await makeWritable(shell.home);
  await readyEmulator(shell);
  const since = Date.now();
  // Of this process alone: two that start at once would take each other's away.
  const file = join(shell.home, `control-plane.spec.${process.pid}.json`);
  await writeFile(file, JSON.stringify(controlPlaneSpec(shell, code)), { mode: 0o600 });
  const answer = await sayingCopy(shell, () => hostMain(shell, ['--initial', file]))
    .catch(async (error) => {
      // The control plane's own error replaces what its host saw.
      throw (await endingReason(join(shell.home, 'logs/control-plane.log'), since)) ?? error;
    })
    .finally(() => rm(file, { force: true }));
  await untilReachable(shell, answer.initial?.pid ?? null);
}

/**
 * Whether a control plane of this very code works on the home's own database: then no other code takes it over, and whether that could go on with the
 * database, which a process of its own finds out, need not be asked.
 */
async function worksAlready(shell: Shell, holder: Holder | null, code: string): Promise<boolean> {
  if (holder === null || shell.host.env.DATABASE_URL) return false;
  const address = await readAddress(shell);
  return address?.pid === holder.pid && address.code === code && address.ownDatabase === true;
}

/** Ends everything that `up` started; with `purge` its state goes too. Nothing there is fine. Gives the home of which this one is a mere copy. */
export async function stopHost(shell: Shell, purge: boolean): Promise<string | null> {
  mustBeHere(shell, 'down');
  await mustBeOurs(shell, 'end');
  const original = await copiedFrom(shell.home);
  await endStandalone(shell);
  const endContainers = await containersOfHome(shell);
  if (endContainers) {
    // The control plane first, which would miss them, and the home last, which says whose they are.
    await hostMain(shell, ['--down']);
    await endContainers();
  }
  await hostMain(shell, ['--down', ...(purge ? ['--purge'] : [])]);
  return original;
}

/** The control plane as the host's first process. The code's digest is part of it: `up` after a change of code replaces it. */
function controlPlaneSpec(shell: Shell, code: string): ProcessSpec {
  return {
    name: 'control-plane',
    command: process.execPath,
    // Frees a promotion's garbage sooner: the control plane is nearly always idle.
    args: ['--max-semi-space-size=4', programFile('apps/control-plane/src/main.ts', shell.installation)],
    cwd: shell.installation,
    env: { ...childEnvironment(shell), PORT: '{port}', SOUNDBITE_CODE: code },
    port: 8100,
    health: { url: 'http://127.0.0.1:{port}/health', withinMs: startWithinMs },
    restart: 'always',
  };
}

interface HostAnswer {
  readonly initial?: { readonly pid: number | null };
}

/** Runs the host's entry file. */
const hostMain = async (shell: Shell, args: readonly string[]): Promise<HostAnswer> =>
  ((await runEntry(shell, 'packages/processes/src/host-main.ts', ['--home', shell.home, ...args])) ?? {}) as HostAnswer;

/** The control plane is healthy when the host returns; its address file is of the process that the host names. */
async function untilReachable(shell: Shell, pid: number | null): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    const address = await readAddress(shell);
    if (address && (pid === null || address.pid === pid)) return;
    if (performance.now() > until) {
      throw new SoundBiteError('control-plane-down', 'the control plane is running but did not report its address', {
        hint: `see ${join(shell.home, 'logs/control-plane.log')}`,
      });
    }
    await pause(25);
  }
}
