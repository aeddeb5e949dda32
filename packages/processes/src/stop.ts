import { setTimeout as delay } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { ProcessIdentity } from './identity.ts';
import { isAlive, leftovers, signal } from './identity.ts';

const leftoverGraceMs = 300;
const killWithinMs = 5_000;

/**
 * Ends a process and all it left behind: its signal, SIGKILL after `withinMs`, then the rest of its group.
 * Only processes whose pid and start time match are touched. Errors: `process-unkillable`.
 */
export async function stopProcess(
  identity: ProcessIdentity | null,
  how: { readonly signal: NodeJS.Signals; readonly withinMs: number; readonly log: string },
): Promise<void> {
  if (identity !== null && signal(identity, how.signal) && !(await allGone([identity], how.withinMs))) {
    signal(identity, 'SIGKILL');
    await mustBeGone([identity]);
  }
  await reap(identity, how.log);
}

/** Ends what a dead process left behind. */
export async function reap(leader: ProcessIdentity | null, log: string): Promise<void> {
  const left = leftovers(leader, log);
  if (left.length === 0) return;
  for (const identity of left) signal(identity, 'SIGTERM');
  if (await allGone(left, leftoverGraceMs)) return;
  // Between the two signals the leftovers may have made more: all that is left now goes.
  const rest = [...left, ...leftovers(leader, log)];
  for (const identity of rest) signal(identity, 'SIGKILL');
  await mustBeGone(rest);
}

async function mustBeGone(identities: readonly ProcessIdentity[]): Promise<void> {
  if (await allGone(identities, killWithinMs)) return;
  const pids = identities.filter(isAlive).map((identity) => identity.pid);
  throw new SoundBiteError('process-unkillable', `processes ${pids.join(', ')} survived SIGKILL`, {
    hint: 'find out why the kernel holds them (ps -o pid,stat,wchan), then run the command again',
  });
}

async function allGone(identities: readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  for (let wait = 5; identities.some(isAlive); wait = Math.min(wait * 2, 50)) {
    if (performance.now() > end) return false;
    await delay(wait);
  }
  return true;
}
