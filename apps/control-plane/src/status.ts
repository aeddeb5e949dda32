import type { Status, StatusEnvironment } from '@soundbite/client';
import { wayBackNow } from '@soundbite/engine';
import { type Digest, type Environment, environmentsOf, type RunningProcess, shownUrl } from '@soundbite/model';
import { environmentUrl } from './address.ts';
import { awayHomes } from './away.ts';
import { conditionOf } from './condition.ts';
import { otherDeclaration, otherDeclarationFindings } from './declared-otherwise.ts';
import { undeclared, undeclaredFinding } from './undeclared.ts';
import { unlessRefused } from './unless-refused.ts';
import type { World } from './world/world.ts';

/** The processes of this machine, asked for once for all environments. */
type Processes = () => Promise<readonly RunningProcess[]>;

/** The contract of `status --json`: environments (those named, or all) in declared order, each as it answers now; then those that are no longer declared. */
export async function status(world: World, names: readonly string[] = []): Promise<Status> {
  const { environments: all } = world.declaration();
  const environments = names.length > 0 ? environmentsOf(all, names) : all;
  let listed: ReturnType<Processes> | undefined;
  const processes: Processes = () => {
    listed ??= world.supervisor.list();
    return listed;
  };
  const [declared, left, away] = await Promise.all([
    Promise.all(environments.map((environment) => environmentStatus(world, environment, processes))),
    names.length > 0 ? [] : undeclaredStatuses(world, processes),
    names.length > 0 ? [] : awayHomes(world),
  ]);
  const url = shownUrl(world.url, world.config.shownAddress);
  return { controlPlane: { url, pid: process.pid }, environments: [...declared, ...left], away };
}

/** Each as it answers, with the note that it is no longer declared. */
async function undeclaredStatuses(world: World, processes: Processes): Promise<StatusEnvironment[]> {
  const left = await undeclared(world);
  return Promise.all(
    left.map(async (environment) => {
      const seen = await environmentStatus(world, environment, processes);
      return { ...seen, findings: [undeclaredFinding(environment), ...seen.findings] };
    }),
  );
}

async function environmentStatus(
  world: World,
  environment: Environment,
  processes: Processes,
): Promise<StatusEnvironment> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  const [url, open, endpoint, other, wayBack, adopted, acting] = await Promise.all([
    environmentUrl(world, environment),
    world.engine.records.list({ environment: environment.name, limit: 20, unfinished: true }),
    endpointOf(world, environment, processes),
    otherDeclaration(world, environment),
    // Of this home alone: a look fetches no release.
    wayBackNow({ releases: world.ownReleases }, world.engine.records, environment.name),
    adoptedFrom(world, liveRelease),
    world.engine.records.acting(environment.name, liveRelease),
  ]);
  const current = open.find(({ state }) => state === 'running') ?? open.at(-1);
  const { state, findings } = await conditionOf(
    world,
    environment,
    liveRelease,
    current?.state === 'running' ? current.release : null,
  );
  return {
    name: environment.name,
    state,
    findings: [...otherDeclarationFindings(environment.name, other), ...findings],
    declaredOtherwise: other,
    ...{
      wayBack,
      adopted,
      freezes: [...acting.freezes],
      holds: [...acting.holds],
      blocked: acting.block?.blocked ? acting.block : null,
      glass: [...acting.glass],
      taints: [...acting.taints],
    },
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

/** The stacks that a release was adopted from. What this home does not have is not fetched for it, and what cannot be read hides nothing else. */
async function adoptedFrom(
  { ownReleases }: Pick<World, 'ownReleases'>,
  release: Digest | null,
): Promise<string[] | null> {
  if (release === null) return null;
  const known = await unlessRefused(ownReleases.get(release));
  return known?.provenance.adopted ? [...known.provenance.adopted.stacks] : null;
}

async function endpointOf(world: World, { cloud }: Environment, processes: Processes): Promise<string | null> {
  if (cloud.kind === 'real') return null;
  const process = (await processes()).find(({ name }) => name === `account-${cloud.account}`);
  return process?.port ? shownUrl(`http://127.0.0.1:${process.port}`, world.config.shownAddress) : null;
}
