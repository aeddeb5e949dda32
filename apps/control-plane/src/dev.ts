import { randomUUID } from 'node:crypto';
import type { DevSession, DevState } from '@soundbite/client';
import { type Environment, SoundBiteError } from '@soundbite/model';
import { devRecords } from './dev-records.ts';
import { devProcesses, emptyRouteOfSource, serveFromSource, stopDevProcesses } from './dev-service.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/**
 * A session is over when it has sent no heartbeat over so many renewals of its lock in a row: its terminal was closed. Counted, not timed: a
 * machine that slept has not been silent.
 */
const silentRenewals = 8;

interface Session {
  readonly id: string;
  readonly environment: Environment;
  /** Renewals since the last heartbeat; null until it serves. */
  silent: number | null;
  renewing: boolean;
  ending: Promise<void> | null;
}

/** `soundbite dev <env>`: the service from the working tree, behind the environment's own URL, holding the environment's lock. */
export function devSessions(world: World) {
  const sessions = new Map<string, Session>();
  const records = devRecords(world.config.home);
  const { locks } = world.engine;
  /** How often the lock of every session is renewed, in ms: well before it goes stale. */
  const renewEvery = (world.config.devSilenceSeconds * 1000) / silentRenewals;

  const report = (what: string) => (error: unknown) => world.log.error({ err: error }, what);
  const sweeper = setInterval(() => {
    for (const session of sessions.values()) void renew(session).catch(report('a dev session could not be renewed'));
  }, renewEvery);
  sweeper.unref();
  const recovered = recover().catch(report('dev sessions of an earlier control plane could not be looked for'));

  /** The control plane keeps the lock as long as it has the session, also while that starts and ends; heartbeats only say that it goes on. */
  async function renew(session: Session): Promise<void> {
    if (session.renewing) return;
    session.renewing = true;
    try {
      if (!(await locks.hold(session.environment.name, holderOf(session)))) return await end(session);
    } finally {
      session.renewing = false;
    }
    if (session.silent === null || session.ending) return;
    session.silent += 1;
    if (session.silent > silentRenewals) await end(session);
  }

  async function begin(name: string): Promise<DevSession> {
    await recovered;
    const environment = environmentNamed(world.declaration(), name);
    refuseFunctions(environment);
    const session: Session = { id: randomUUID(), environment, silent: null, renewing: false, ending: null };
    await enter(session);
    sessions.set(session.id, session);
    try {
      await records.write({ id: session.id, environment: name });
      const url = await serveFromSource(world, environment);
      session.silent = 0;
      return { session: session.id, environment: name, url, silenceSeconds: world.config.devSilenceSeconds };
    } catch (error) {
      await end(session);
      throw error;
    }
  }

  /** The lock first, then the look: a promotion that is asked for in between finds the lock. */
  async function enter(session: Session): Promise<void> {
    const { name } = session.environment;
    const holder = holderOf(session);
    const isHeld = await locks.hold(name, holder);
    const busy = (await world.engine.records.list({ environment: name, limit: 1, unfinished: true }))[0];
    if (isHeld && !busy) return;
    if (isHeld) await locks.release(name, holder);
    const who = busy ? `promotion ${busy.promotion}` : ((await locks.holder(name)) ?? 'another session');
    throw new SoundBiteError('environment-busy', `${who} holds ${name}`, {
      hint: busy ? `wait for it, or soundbite abort ${busy.promotion}` : 'end that session first',
    });
  }

  /** Heartbeat. Node itself watches the files and starts the service anew; `files` are only reported. */
  async function beat(id: string, files: readonly string[]): Promise<DevState> {
    await recovered;
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

  function end(session: Session): Promise<void> {
    session.ending ??= giveBack(session).catch((error) => {
      // The next renewal tries again.
      session.ending = null;
      throw error;
    });
    return session.ending;
  }

  /**
   * Gives the environment back to its release: the route first, then the processes end, then the lock, so that nobody is sent to what
   * has ended, and a promotion that waits finds the release in its place. Who has lost the lock touches no route.
   */
  async function giveBack(session: Session): Promise<void> {
    const { name } = session.environment;
    const isHeld = await locks.hold(name, holderOf(session));
    if (isHeld) {
      await world.engine.reconcileUnderLock(name, holderOf(session));
      await emptyRouteOfSource(world, session.environment);
    }
    await stopDevProcesses(world, name);
    await records.remove(name);
    sessions.delete(session.id);
    await locks.release(name, holderOf(session));
    if (!isHeld) void world.engine.reconcile(name).catch(report(`${name} could not be brought back`));
  }

  /** What an earlier control plane served: its terminal may still be there; without processes, or a heartbeat in time, it is over. */
  async function recover(): Promise<void> {
    for (const { id, environment: name } of await records.list()) {
      const environment = world.declaration().environments.find((one) => one.name === name);
      if (!environment) {
        await stopDevProcesses(world, name);
        await records.remove(name);
        continue;
      }
      const session: Session = { id, environment, silent: 0, renewing: false, ending: null };
      sessions.set(id, session);
      const isServing = (await devProcesses(world, name)).length > 0;
      if (!isServing || !(await locks.hold(name, holderOf(session))))
        void end(session).catch(report(`${name} could not be given back`));
    }
  }

  return {
    begin,
    beat,
    /** Gives the environment back to its release. Nothing happens to a session that is over. */
    async end(id: string): Promise<void> {
      await recovered;
      const session = sessions.get(id);
      if (session) await end(session);
    },
  };
}

const holderOf = ({ id }: Session): string => `dev session ${id.slice(0, 8)}`;

function refuseFunctions({ name, runtime }: Environment): void {
  if (runtime === 'process') return;
  throw new SoundBiteError(
    'dev-needs-processes',
    `${name} runs on Lambda, where nothing reloads; dev serves environments with the process runtime`,
    {
      hint: `soundbite deploy ${name} brings the working tree there; soundbite dev says where it serves from source`,
    },
  );
}
