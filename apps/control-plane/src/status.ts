import type { Status, StatusEnvironment } from '@soundbite/client';
import { type Environment, environmentsOf } from '@soundbite/model';
import { urlOf } from './address.ts';
import { conditionOf } from './condition.ts';
import { otherDeclaration, otherDeclarationFindings } from './declared-otherwise.ts';
import { undeclared, undeclaredFinding } from './undeclared.ts';
import type { World } from './world/world.ts';

/** The contract of `status --json`: environments (those named, or all) in declared order, each as it answers now; then those that are declared no more. */
export async function status(world: World, names: readonly string[] = []): Promise<Status> {
  const { environments: all } = world.declaration();
  const environments = names.length > 0 ? environmentsOf(all, names) : all;
  const left = names.length > 0 ? [] : await undeclared(world);
  return {
    controlPlane: { url: world.url, pid: process.pid },
    environments: await Promise.all([
      ...environments.map((environment) => environmentStatus(world, environment)),
      ...left.map((environment) => undeclaredStatus(world, environment)),
    ]),
  };
}

/** As it answers, and that it is declared no more. */
async function undeclaredStatus(world: World, environment: Environment): Promise<StatusEnvironment> {
  const seen = await environmentStatus(world, environment);
  return { ...seen, findings: [undeclaredFinding(environment), ...seen.findings] };
}

async function environmentStatus(world: World, environment: Environment): Promise<StatusEnvironment> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  const [url, open, endpoint, other] = await Promise.all([
    urlOf(world, environment),
    world.engine.records.list({ environment: environment.name, limit: 20, unfinished: true }),
    endpointOf(world, environment),
    otherDeclaration(world, environment),
  ]);
  const current = open.find(({ state }) => state === 'running') ?? open.at(-1);
  const { state, findings } = await conditionOf(world, environment, liveRelease, current?.state === 'running');
  return {
    name: environment.name,
    state,
    findings: [...otherDeclarationFindings(environment.name, other), ...findings],
    declaredOtherwise: other,
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

async function endpointOf(world: World, { cloud }: Environment): Promise<string | null> {
  if (cloud.kind === 'real') return null;
  const process = (await world.supervisor.list()).find(({ name }) => name === `account-${cloud.account}`);
  return process?.port ? `http://127.0.0.1:${process.port}` : null;
}
