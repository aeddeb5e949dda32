import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Digest, type Environment, type RunningProcess, SoundBiteError, serviceEnv } from '@soundbite/model';
import type { World } from './world/world.ts';

/** Code served from source has no release: it reports a digest that no release has. */
export const sourceRelease: Digest = `sha256:${'0'.repeat(64)}`;

const parts = ['api', 'worker'] as const;

const processName = (environment: string, part: (typeof parts)[number]) => `dev-${environment}-${part}`;

/** The processes that serve an environment from source. */
export async function devProcesses({ supervisor }: World, environment: string): Promise<RunningProcess[]> {
  const names = parts.map((part) => processName(environment, part));
  return (await supervisor.list()).filter(({ name }) => names.includes(name));
}

export async function stopDevProcesses({ supervisor }: World, environment: string): Promise<void> {
  await Promise.all(parts.map((part) => supervisor.stop(processName(environment, part))));
}

/**
 * Starts API and worker from the working tree, sends the environment's URL to them and takes the queue from the versions of releases.
 * Answers the URL. Errors: `stack-missing`, `process-unhealthy`.
 */
export async function serveFromSource(world: World, environment: Environment): Promise<string> {
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  if (!stack)
    throw new SoundBiteError('stack-missing', `${environment.name} has no stack yet`, {
      hint: `soundbite deploy, then soundbite dev ${environment.name}`,
    });
  const token = randomBytes(24).toString('base64url');
  const access = await cloud.access('controller');
  const start = async (part: (typeof parts)[number]): Promise<RunningProcess> =>
    world.supervisor.ensure({
      name: processName(environment.name, part),
      command: world.config.node,
      args: ['--watch', '--watch-preserve-output', join(world.config.root, 'apps/service/src/main.ts'), part],
      cwd: world.config.root,
      env: {
        ...serviceEnv({
          environment: environment.name,
          settings: environment.settings,
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
  const generation = await world.engine.records.generation();
  const { url } = await world.edge.setRoute({
    environment: environment.name,
    port: environment.port,
    generation,
    upstreams: [{ kind: 'http', release: sourceRelease, share: 1, url: `http://127.0.0.1:${api.port}` }],
  });
  const fence = { owner: world.engine.installation, generation };
  await world.runtime(environment.runtime).pauseWorkers?.({ environment, cloud, outputs: stack.outputs }, fence);
  return url;
}

/** Takes the route from the source where no release took it: an empty environment says so, instead of sending to processes that end. */
export async function emptyRouteOfSource(world: World, environment: Environment): Promise<void> {
  const route = (await world.edge.routes()).find((one) => one.environment === environment.name);
  if (!route?.upstreams.some(({ release }) => release === sourceRelease)) return;
  const generation = await world.engine.records.generation();
  await world.edge.setRoute({ environment: environment.name, port: environment.port, generation, upstreams: [] });
}
