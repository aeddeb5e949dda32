import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DevSession, DevState } from '@soundbite/client';
import { type Digest, type Environment, type RunningProcess, SoundBiteError, serviceEnv } from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** What serves from source has no release: it says so by a digest that no release has. */
const sourceRelease: Digest = `sha256:${'0'.repeat(64)}`;

/** A session without a heartbeat for this long (ms) is over: its terminal was closed. */
const silence = 15_000;

interface Session {
  readonly id: string;
  readonly environment: Environment;
  beatAt: number;
}

/** `soundbite dev <env>`: the service from the working tree, behind the environment's own URL, holding the environment's lock. */
export function devSessions(world: World) {
  const sessions = new Map<string, Session>();

  const sweeper = setInterval(() => {
    for (const session of sessions.values()) {
      if (Date.now() - session.beatAt > silence)
        end(session.id).catch((error) => world.log.error({ err: error }, 'a dev session could not be ended'));
    }
  }, 2000);
  sweeper.unref();

  async function begin(name: string): Promise<DevSession> {
    const environment = environmentNamed(world.declaration(), name);
    if (environment.runtime !== 'process') {
      throw new SoundBiteError(
        'dev-needs-processes',
        `${name} runs on Lambda; dev serves environments with the process runtime`,
        {
          source: 'user',
          mend: `soundbite dev ${world.declaration().environments.find(({ runtime }) => runtime === 'process')?.name ?? 'dev-localstack'}`,
        },
      );
    }
    const busy = await world.engine.records.list({ environment: name, limit: 1, unfinished: true });
    if (busy[0])
      throw new SoundBiteError('environment-busy', `promotion ${busy[0].promotion} has ${name}`, {
        source: 'user',
        mend: 'wait for it, or soundbite abort it',
      });
    const session: Session = { id: randomUUID(), environment, beatAt: Date.now() };
    if (!(await world.engine.locks.hold(name, holder(session)))) {
      throw new SoundBiteError('environment-busy', `${await world.engine.locks.holder(name)} holds ${name}`, {
        source: 'user',
        mend: 'end that session first',
      });
    }
    sessions.set(session.id, session);
    try {
      return { session: session.id, environment: name, url: await serve(session) };
    } catch (error) {
      await end(session.id);
      throw error;
    }
  }

  async function serve({ environment }: Session): Promise<string> {
    const cloud = await world.clouds.of(environment);
    const stack = await world.infrastructure.state(environment, cloud);
    if (!stack)
      throw new SoundBiteError('stack-missing', `${environment.name} has no stack yet`, {
        source: 'user',
        mend: `soundbite deploy, then soundbite dev ${environment.name}`,
      });
    const token = randomBytes(24).toString('base64url');
    const access = await cloud.access('controller');
    const start = async (part: 'api' | 'worker'): Promise<RunningProcess> =>
      world.supervisor.ensure({
        name: `dev-${environment.name}-${part}`,
        command: world.config.node,
        args: ['--watch', '--watch-preserve-output', join(world.config.root, 'apps/service/src/main.ts'), part],
        cwd: world.config.root,
        env: {
          ...serviceEnv({
            environment: environment.name,
            settings: environment.service,
            release: sourceRelease,
            outputs: stack.outputs,
            access,
          }),
          ...(await world.credentials.env(environment, part)),
          SOUNDBITE_CONTROL_TOKEN: token,
          SOUNDBITE_CONSUMING: 'true',
          SOUNDBITE_PORT: '{port}',
          PATH: '/usr/bin:/bin',
        },
        port: 8290,
        health: { url: 'http://127.0.0.1:{port}/health', withinMs: 20_000 },
        restart: 'always',
      });
    const [api] = await Promise.all([start('api'), start('worker')]);
    const { url } = await world.edge.setRoute({
      environment: environment.name,
      port: environment.port,
      generation: await world.engine.records.generation(),
      upstreams: [{ kind: 'http', release: sourceRelease, share: 1, url: `http://127.0.0.1:${api.port}` }],
    });
    return url;
  }

  /** Heartbeat. Node itself watches the files and starts the service anew; `files` are only reported. */
  async function beat(id: string, files: readonly string[]): Promise<DevState> {
    const session = sessions.get(id);
    if (!session)
      throw new SoundBiteError('session-unknown', `there is no dev session ${id}`, {
        source: 'user',
        mend: 'start it again: soundbite dev <environment>',
      });
    session.beatAt = Date.now();
    await world.engine.locks.hold(session.environment.name, holder(session));
    if (files.length > 0) world.log.info({ files }, 'changed');
    const own = (await world.supervisor.list()).filter(({ name }) =>
      name.startsWith(`dev-${session.environment.name}-`),
    );
    const ill = own.find(({ state }) => state !== 'healthy');
    return {
      session: id,
      reloads: own.reduce((sum, { restarts }) => sum + restarts, 0),
      problem: ill ? `${ill.name}: ${ill.reason ?? ill.state}` : null,
    };
  }

  /** Gives the environment back to its release. */
  async function end(id: string): Promise<void> {
    const session = sessions.get(id);
    if (!session) return;
    sessions.delete(id);
    const { name } = session.environment;
    await Promise.all(['api', 'worker'].map((part) => world.supervisor.stop(`dev-${name}-${part}`)));
    // The lock last: a promotion that waits for it must find the release back in its place.
    await world.engine.reconcileUnderLock(name, holder(session));
    await world.engine.locks.release(name, holder(session));
  }

  const holder = ({ id }: Session) => `dev session ${id.slice(0, 8)}`;
  return { begin, beat, end };
}
