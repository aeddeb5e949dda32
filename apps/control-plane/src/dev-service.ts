import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CloudAccess,
  type DeclaredProcess,
  type Digest,
  type Environment,
  namedProcess,
  type ProcessComponent,
  parseService,
  problemText,
  processIdentity,
  processNameOf,
  type RunningProcess,
  SoundBiteError,
  type StackOutputs,
  serviceEnv,
  serviceFile,
} from '@soundbite/model';
import { bundleEntry } from '@soundbite/release';
import type { World } from './world/world.ts';

/** Code served from source has no release: it reports a digest that no release has. */
export const sourceRelease: Digest = `sha256:${'0'.repeat(64)}`;

const processName = (environment: string, component: string) => `dev-${processNameOf(environment, component)}`;

/** The processes that serve an environment from source, whatever is declared by now. */
export async function devProcesses({ supervisor }: World, environment: string): Promise<RunningProcess[]> {
  const isItsOwn = ({ name }: RunningProcess) =>
    name.startsWith('dev-') && namedProcess(name.slice('dev-'.length))?.environment === environment;
  return (await supervisor.list()).filter(isItsOwn);
}

export async function stopDevProcesses(world: World, environment: string): Promise<void> {
  const running = await devProcesses(world, environment);
  await Promise.all(running.map(({ name }) => world.supervisor.stop(name)));
}

/**
 * Starts the processes that service.yaml declares from the working tree, sends the environment's URL to them and takes the queue from the versions of releases.
 * Answers the URL, and where the source is. Errors: `declaration-invalid`, `stack-missing`, `output-missing`, `process-unhealthy`.
 */
export async function serveFromSource(world: World, environment: Environment): Promise<ServedSource> {
  const declared = await declaredProcesses(world.config.root);
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  if (!stack)
    throw new SoundBiteError('stack-missing', `${environment.name} has no stack yet`, {
      hint: `soundbite deploy, then soundbite dev ${environment.name}`,
    });
  const { outputs } = stack;
  const start = await starter(world, environment, declared, { outputs, access: await cloud.access('controller') });
  const started = await Promise.all(declared.components.map(start));
  const addressed = started[declared.components.findIndex(({ takes }) => takes.includes('requests'))];
  const generation = await world.engine.records.generation();
  const { url } = await world.edge.setRoute({
    environment: environment.name,
    port: environment.port,
    generation,
    upstreams: [{ kind: 'http', release: sourceRelease, share: 1, url: `http://127.0.0.1:${addressed?.port}` }],
  });
  const fence = { owner: world.engine.installation, generation };
  await world.runtime(environment.runtime).pauseWorkers?.({ environment, cloud, outputs }, fence);
  return { url, directory: declared.directory };
}

interface ServedSource {
  readonly url: string;
  /** Of the processes, in the repository. */
  readonly directory: string;
}

/** What service.yaml says now. */
async function declaredProcesses(root: string): Promise<DeclaredProcess> {
  const text = await readFile(join(root, serviceFile), 'utf8').catch(() => '');
  const parsed = parseService({ file: serviceFile, text });
  if (parsed.ok && parsed.service.process) return parsed.service.process;
  const why = parsed.ok ? [`${serviceFile} says nothing that runs as processes`] : parsed.problems.map(problemText);
  throw new SoundBiteError('declaration-invalid', why.join('\n'), {
    hint: `declare \`process\` in ${serviceFile}`,
  });
}

async function starter(
  { config: { root, node }, supervisor, credentials }: World,
  environment: Environment,
  declared: DeclaredProcess,
  { outputs, access }: { readonly outputs: StackOutputs; readonly access: CloudAccess },
): Promise<(component: ProcessComponent) => Promise<RunningProcess>> {
  const { name, settings } = environment;
  const { directory } = declared;
  const entry = join(root, directory, await bundleEntry({ source: root, directory }));
  const env = {
    ...serviceEnv({ environment: name, settings, release: sourceRelease, outputs, processes: declared, access }),
    SOUNDBITE_CONTROL_TOKEN: randomBytes(24).toString('base64url'),
    SOUNDBITE_CONSUMING: 'true',
    SOUNDBITE_PORT: '{port}',
    PATH: '/usr/bin:/bin',
  };
  return async (component) => {
    const identity = processIdentity(declared, component, { environment: name, outputs });
    return supervisor.ensure({
      name: processName(name, component.name),
      command: node,
      args: ['--watch', '--watch-preserve-output', entry, component.name],
      cwd: root,
      env: { ...env, ...(identity === null ? {} : await credentials.env(environment, identity)) },
      port: 8290,
      health: { url: `http://127.0.0.1:{port}${component.health}`, withinMs: 20_000 },
      restart: 'always',
    });
  };
}

/** Takes the route from the source where no release took it: an empty environment says so, instead of sending to processes that end. */
export async function emptyRouteOfSource(world: World, environment: Environment): Promise<void> {
  const route = (await world.edge.routes()).find((one) => one.environment === environment.name);
  if (!route?.upstreams.some(({ release }) => release === sourceRelease)) return;
  const generation = await world.engine.records.generation();
  await world.edge.setRoute({ environment: environment.name, port: environment.port, generation, upstreams: [] });
}
