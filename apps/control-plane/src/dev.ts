import { randomUUID } from 'node:crypto';
import type { DevSession, DevState } from '@soundbite/client';
import { SoundBiteError, shownUrl } from '@soundbite/model';
import { refuseReleasesOnly } from './dev-offers.ts';
import { type DevRecord, type DevRecords, devRecords } from './dev-records.ts';
import { devProcesses, serveFromSource, stopDevProcesses } from './dev-service.ts';
import { enter, giveBack, holdLock, newSession, type Session, taintBy } from './dev-session.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/**
 * A session is over when it has sent no heartbeat over so many renewals of its lock in a row: its terminal was closed. Counted, not timed: a
 * machine that slept has not been silent.
 */
const silentRenewals = 8;

/** `soundbite dev <env>`: the service from the working tree, behind the environment's own URL, holding the environment's lock. */
export interface DevSessions {
  /** Errors: `environment-unknown`, `dev-needs-processes`, `environment-busy`, `stack-missing`, `process-unhealthy`. */
  begin(environment: string): Promise<DevSession>;
  /** Heartbeat. Node itself watches the files and restarts the service; `files` are only reported. Errors: `session-unknown`. */
  beat(id: string, files: readonly string[]): Promise<DevState>;
  /** Gives the environment back to its release. Nothing happens to a session that is over. */
  end(id: string): Promise<void>;
}

/** The sessions of this control plane, and those that its predecessor left behind. */
export function devSessions(world: World): DevSessions {
  const desk: Desk = { world, sessions: new Map(), records: devRecords(world.config.home) };
  // Well before the locks go stale.
  const renewEvery = (world.config.devSilenceSeconds * 1000) / silentRenewals;
  setInterval(() => {
    for (const session of desk.sessions.values())
      void renew(desk, session).catch(report(world, 'a dev session could not be renewed'));
  }, renewEvery).unref();
  const recovered = recover(desk).catch(
    report(world, 'dev sessions of an earlier control plane could not be looked for'),
  );
  const once =
    <Given extends unknown[], T>(work: (desk: Desk, ...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      await recovered;
      return work(desk, ...given);
    };
  return { begin: once(begin), beat: once(beat), end: once(endById) };
}

/** The state of the functions below. */
interface Desk {
  readonly world: World;
  readonly sessions: Map<string, Session>;
  readonly records: DevRecords;
}

const report =
  ({ log }: World, what: string) =>
  (error: unknown): void =>
    log.error({ err: error }, what);

async function begin(desk: Desk, name: string): Promise<DevSession> {
  const { world, sessions, records } = desk;
  const environment = environmentNamed(world.declaration(), name);
  refuseReleasesOnly(world, environment);
  const session = newSession(randomUUID(), environment, null);
  await enter(world, session);
  sessions.set(session.id, session);
  try {
    await records.write({ id: session.id, environment: name });
    await taintBy(world, session);
    const { url, directory } = await serveFromSource(world, environment);
    session.silent = 0;
    const { devSilenceSeconds: silenceSeconds } = world.config;
    const shown = shownUrl(url, world.config.shownAddress);
    return { session: session.id, environment: name, url: shown, silenceSeconds, watched: directory };
  } catch (error) {
    await end(desk, session);
    throw error;
  }
}

async function beat({ world, sessions }: Desk, id: string, files: readonly string[]): Promise<DevState> {
  const session = sessions.get(id);
  if (!session || session.ending)
    throw new SoundBiteError('session-unknown', `there is no dev session ${id}`, {
      hint: 'start it again: soundbite dev <environment>',
    });
  session.silent = 0;
  if (files.length > 0) world.log.info({ files }, 'changed');
  const own = await devProcesses(world, session.environment.name);
  const ill = own.find(({ state }) => state !== 'healthy');
  return {
    session: id,
    reloads: own.reduce((sum, { restarts }) => sum + restarts, 0),
    problem: ill ? `${ill.name}: ${ill.reason ?? ill.state}` : null,
  };
}

async function endById(desk: Desk, id: string): Promise<void> {
  const session = desk.sessions.get(id);
  if (session) await end(desk, session);
}

/** Once at a time; the next renewal tries again what did not succeed. */
function end(desk: Desk, session: Session): Promise<void> {
  session.ending ??= leave(desk, session).catch((error) => {
    session.ending = null;
    throw error;
  });
  return session.ending;
}

async function leave({ world, sessions, records }: Desk, session: Session): Promise<void> {
  const { name } = session.environment;
  const isBack = await giveBack(world, session, { records, gone: () => sessions.delete(session.id) });
  if (!isBack) void world.engine.reconcile(name).catch(report(world, `${name} could not be brought back`));
}

/** The control plane keeps the lock as long as it has the session, also while that starts and ends; heartbeats only keep the session alive. */
async function renew(desk: Desk, session: Session): Promise<void> {
  if (session.renewing) return;
  session.renewing = true;
  try {
    if (!(await holdLock(desk.world, session))) return await end(desk, session);
  } finally {
    session.renewing = false;
  }
  if (session.silent === null || session.ending) return;
  session.silent += 1;
  if (session.silent > silentRenewals) await end(desk, session);
}

/** Sessions of an earlier control plane. */
async function recover(desk: Desk): Promise<void> {
  for (const record of await desk.records.list()) await takeOn(desk, record);
}

/** Its terminal may still be there; without processes, or a heartbeat in time, it is over. */
async function takeOn(desk: Desk, { id, environment: name }: DevRecord): Promise<void> {
  const { world, sessions, records } = desk;
  const environment = world.declaration().environments.find((one) => one.name === name);
  if (!environment) {
    await stopDevProcesses(world, name);
    return records.remove(name);
  }
  const session = newSession(id, environment, 0);
  sessions.set(id, session);
  const isServing = (await devProcesses(world, name)).length > 0;
  if (isServing && (await holdLock(world, session)))
    // One of a version that recorded none.
    await taintBy(world, session).catch(report(world, `a dev session in ${name} could not be recorded as a taint`));
  else void end(desk, session).catch(report(world, `${name} could not be given back`));
}
