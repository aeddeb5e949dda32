import { type Environment, SoundBiteError } from '@soundbite/model';
import type { DevRecords } from './dev-records.ts';
import { emptyRouteOfSource, stopDevProcesses } from './dev-service.ts';
import type { World } from './world/world.ts';

/** One `dev` session, as long as this control plane has it. */
export interface Session {
  readonly id: string;
  readonly environment: Environment;
  /** Renewals of its lock since the last heartbeat; null until it serves. */
  silent: number | null;
  renewing: boolean;
  ending: Promise<void> | null;
}

export const newSession = (id: string, environment: Environment, silent: number | null): Session => ({
  id,
  environment,
  silent,
  renewing: false,
  ending: null,
});

/** How a session is called where it holds, or taints, an environment. */
export const sessionText = ({ id }: Pick<Session, 'id'>): string => `dev session ${id.slice(0, 8)}`;

/** Takes or renews the session's lock; false: somebody else has the environment. */
export const holdLock = ({ engine }: World, session: Session): Promise<boolean> =>
  engine.locks.hold(session.environment.name, sessionText(session));

/** What it serves is no release: what is live there goes on only after somebody reconciled or accepted that. Once for a session, before it serves. */
export async function taintBy({ engine }: World, session: Session): Promise<void> {
  await engine.records.tainted({ environment: session.environment.name, why: 'dev', findings: [sessionText(session)] });
}

/** The lock first, then the look: a promotion that is asked for in between finds the lock. Errors: `environment-busy`. */
export async function enter(world: World, session: Session): Promise<void> {
  const { locks, records } = world.engine;
  const { name } = session.environment;
  const isHeld = await holdLock(world, session);
  const busy = (await records.list({ environment: name, limit: 1, unfinished: true }))[0];
  if (isHeld && !busy) return;
  if (isHeld) await locks.release(name, sessionText(session));
  const who = busy ? `promotion ${busy.promotion}` : ((await locks.holder(name)) ?? 'another session');
  throw new SoundBiteError('environment-busy', `${who} holds ${name}`, {
    hint: busy ? `wait for it, or soundbite abort ${busy.promotion}` : 'end that session first',
  });
}

/**
 * Returns the environment to its release: first the route, then the processes, then the lock, so that no request goes to an ended process, and a
 * waiting promotion finds the release in place. A session that lost the lock touches no route. `gone` is called once nothing of the session is left but
 * its lock; false: the lock was lost, and the environment is still to be brought back.
 */
export async function giveBack(
  world: World,
  session: Session,
  { records, gone }: { readonly records: DevRecords; gone(): void },
): Promise<boolean> {
  const { name } = session.environment;
  const isHeld = await holdLock(world, session);
  if (isHeld) {
    await world.engine.reconcileUnderLock(name, sessionText(session));
    await emptyRouteOfSource(world, session.environment);
  }
  await stopDevProcesses(world, name);
  await records.remove(name);
  gone();
  await world.engine.locks.release(name, sessionText(session));
  return isHeld;
}
