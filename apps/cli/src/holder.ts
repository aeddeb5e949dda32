import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { packagedName } from '@soundbite/model/programs.ts';
import type { Shell } from './shell.ts';

/** The owner of a home's control plane, as written on the lock that it holds while it lives. */
export interface Holder {
  readonly pid: number;
  readonly standalone: boolean;
}

const askEveryMs = 100;

/** The control plane of a home, also one that is starting or stopping; null if there is none. */
export async function holderOf(home: string): Promise<Holder | null> {
  const place = await stat(home, { bigint: true }).catch(() => null);
  if (place === null) return null;
  const text = await said(`\0soundbite-control-plane-${place.dev}-${place.ino}`);
  return text ? (JSON.parse(text) as Holder) : null;
}

function said(name: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(name)
      .setEncoding('utf8')
      .setTimeout(2_000, () => socket.destroy());
    let text = '';
    socket.on('data', (more) => {
      text += more;
    });
    // Nobody listens, or its holder has just ended.
    socket.on('error', () => resolve(''));
    socket.on('close', () => resolve(text));
  });
}

/** Waits while a `--standalone` command has the home, and says so once. Gives the control plane that stays, if there is one. */
export async function untilMyTurn(shell: Shell): Promise<Holder | null> {
  for (let isSaid = false; ; isSaid = true) {
    const holder = await holderOf(shell.home);
    if (!holder?.standalone) return holder;
    const text = `another command uses ${shell.home} (pid ${holder.pid}): waiting until it ends\n`;
    if (!isSaid) shell.host.stderr.write(text);
    await pause(askEveryMs);
  }
}

/** Ends the control plane of a `--standalone` command, which ends all that it started. */
export async function endStandalone(shell: Shell): Promise<void> {
  const holder = await holderOf(shell.home);
  if (!holder?.standalone || !(await isControlPlane(holder.pid, shell))) return;
  process.kill(holder.pid, 'SIGTERM');
  while ((await holderOf(shell.home))?.pid === holder.pid) await pause(askEveryMs);
}

/** That of a repository or of the npm package may have been started on a home. */
const controlPlane = 'apps/control-plane/src/main.ts';
const controlPlanes = [controlPlane, packagedName(controlPlane)];

/** A pid that was said on a socket is not believed: anybody on this machine may answer there. */
async function isControlPlane(pid: number, { home }: Shell): Promise<boolean> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
  return (
    controlPlanes.some((program) => command.includes(program)) &&
    environment.split('\0').includes(`SOUNDBITE_HOME=${home}`)
  );
}

export const controlPlaneRuns = (where: string): SoundBiteError =>
  new SoundBiteError('control-plane-runs', `a control plane is already running${where}`, {
    hint: 'drop --standalone, or run first: soundbite down',
  });
