import type { EnvironmentState, Status, StatusEnvironment } from '@soundbite/client';
import { type Digest, type Environment, environmentsOf, headers } from '@soundbite/model';
import type { World } from './world/world.ts';

/** The contract of `status --json`: environments (those named, or all) in declared order, each as it answers now. */
export async function status(world: World, names: readonly string[] = []): Promise<Status> {
  const { environments: all } = world.declaration();
  const environments = names.length > 0 ? environmentsOf(all, names) : all;
  return {
    controlPlane: { url: world.url, pid: process.pid },
    environments: await Promise.all(environments.map((environment) => environmentStatus(world, environment))),
  };
}

async function environmentStatus(world: World, environment: Environment): Promise<StatusEnvironment> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  const [url, open, endpoint] = await Promise.all([
    addressOf(world, environment),
    world.engine.records.list({ environment: environment.name, limit: 20, unfinished: true }),
    endpointOf(world, environment),
  ]);
  const current = open.find(({ state }) => state === 'running') ?? open.at(-1);
  return {
    name: environment.name,
    state: await environmentState(world, environment, liveRelease),
    release: liveRelease,
    url,
    runtime: environment.runtime,
    cloud: {
      kind: environment.cloud.kind,
      account: environment.cloud.account,
      region: environment.cloud.region,
      endpoint,
    },
    promotion: current
      ? {
          id: current.promotion,
          release: current.release,
          state: current.state,
          step: current.steps.findLast(({ state }) => state === 'running')?.name ?? null,
        }
      : null,
  };
}

/** The stable public address: the edge's on this machine, API Gateway's where Lambda runs on a real account. */
export async function publicUrl(
  world: Pick<World, 'edge' | 'infrastructure' | 'clouds'>,
  environment: Environment,
): Promise<string | null> {
  if (environment.cloud.kind === 'emulated' || environment.runtime === 'process') {
    return (await world.edge.routes()).find((route) => route.environment === environment.name)?.url ?? null;
  }
  const stack = await world.infrastructure.state(environment, await world.clouds.of(environment));
  const apiId = stack?.outputs.ApiId;
  return apiId ? `https://${apiId}.execute-api.${environment.cloud.region}.amazonaws.com` : null;
}

/** As `publicUrl`; null too where the account cannot be asked (no credentials, no shared database): `validate` says why. */
export const addressOf = (
  world: Pick<World, 'edge' | 'infrastructure' | 'clouds'>,
  environment: Environment,
): Promise<string | null> => publicUrl(world, environment).catch(() => null);

async function endpointOf(world: World, { cloud }: Environment): Promise<string | null> {
  if (cloud.kind === 'real') return null;
  const process = (await world.supervisor.list()).find(({ name }) => name === `account-${cloud.account}`);
  return process?.port ? `http://127.0.0.1:${process.port}` : null;
}

/** How long a probe of /ready may take, in ms: a cold Lambda function with cold dependencies included. */
const probeWithin = 10_000;

/** What asking an environment for its state needs of the world. */
export type StateWorld = Pick<World, 'edge' | 'infrastructure' | 'clouds' | 'runtime'>;

/** Healthy: ready, with the recorded release. Degraded: it answers otherwise. Down: no answer. */
export async function environmentState(
  world: StateWorld,
  environment: Environment,
  live: Digest | null,
): Promise<EnvironmentState> {
  if (!live) return 'empty';
  try {
    const { status, release } = await readiness(world, environment, live);
    if (!release) return 'down';
    return status === 200 && release === live ? 'healthy' : 'degraded';
  } catch {
    // No answer within the time is what `down` means.
    return 'down';
  }
}

/** Asks at the public address; where that wants a token of a user (a real account's authorizer), by invocation of the live version. */
async function readiness(
  world: StateWorld,
  environment: Environment,
  live: Digest,
): Promise<{ status: number; release: string | null }> {
  if (environment.cloud.kind === 'real' && environment.runtime === 'aws') {
    const cloud = await world.clouds.of(environment);
    const stack = await world.infrastructure.state(environment, cloud);
    if (!stack) return { status: 503, release: null };
    const target = { environment, cloud, outputs: stack.outputs };
    const runtime = world.runtime(environment.runtime);
    const serving = (await runtime.observe(target)).versions.find(({ share }) => share === 1);
    if (serving?.release !== live) return { status: 503, release: serving?.release ?? null };
    const answer = await runtime.request(target, live, { method: 'GET', path: '/ready' });
    return { status: answer.status, release: answer.headers[headers.release] ?? null };
  }
  const url = await publicUrl(world, environment);
  if (!url) return { status: 503, release: null };
  const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(probeWithin) });
  await answer.arrayBuffer();
  return { status: answer.status, release: answer.headers.get(headers.release) };
}
