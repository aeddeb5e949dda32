import type { FindingView, HealthReport } from '@soundbite/client';
import { type Ask, atAddress, authorizerAnswers, probe } from '@soundbite/evidence';
import {
  type Environment,
  environmentsOf,
  headers as headerNames,
  type Observation,
  shortDigest,
  type Target,
  toErrorDocument,
} from '@soundbite/model';
import { look } from './look.ts';
import { membersFinding } from './stack-finding.ts';
import { publicUrl } from './status.ts';
import type { World } from './world/world.ts';

/** Health of the environments named, or of all: liveness, readiness with its dependencies, jobs, digest, restarts. */
export async function health(world: World, names: readonly string[]): Promise<HealthReport> {
  const { environments } = world.declaration();
  const chosen = names.length > 0 ? environmentsOf(environments, names) : environments;
  return { environments: await Promise.all(chosen.map((environment) => healthOrWhy(world, environment))) };
}

/** An account that cannot be asked is down, and says why; it does not hide the others. */
async function healthOrWhy(world: World, environment: Environment): Promise<EnvironmentHealth> {
  try {
    return await environmentHealth(world, environment);
  } catch (error) {
    const { message, mend } = toErrorDocument(error);
    const findings = [{ name: 'account', ok: false, detail: message, mend }];
    const { liveRelease } = await world.engine.records.environment(environment.name);
    return { name: environment.name, state: 'down', release: liveRelease, findings, restarts: 0, jobs: null };
  }
}

type EnvironmentHealth = HealthReport['environments'][number];

export async function environmentHealth(world: World, environment: Environment): Promise<EnvironmentHealth> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  const empty: EnvironmentHealth = {
    name: environment.name,
    state: 'empty',
    release: liveRelease,
    findings: [],
    restarts: 0,
    jobs: null,
  };
  if (!liveRelease) return empty;
  const url = await publicUrl(world, environment);
  const target = await targetOf(world, environment).catch(() => null);
  const observed = target ? await world.runtime(environment.runtime).observe(target) : null;
  const isGuarded = isBehindAuthorizer(environment);
  const ask = isGuarded ? invocationOf(world, target, observed) : url ? atAddress(url) : null;
  const seen = ask ? await probe(ask, liveRelease) : null;
  const findings = [
    ...(isGuarded && url ? [await authorizerAnswers(url)] : []),
    ...(seen?.findings ?? []),
    await look('running', () => runningFinding(world, environment)),
  ];
  // Only where something is wrong: it takes a look at every resource.
  if (findings.some(({ ok }) => !ok)) {
    const resources = await look('resources', () => resourcesFinding(world, environment));
    if (!resources.ok) findings.push(resources);
  }
  return {
    ...empty,
    state: seen?.state ?? 'down',
    findings,
    restarts: observed?.restarts ?? 0,
    jobs: seen?.jobs ?? null,
  };
}

/** Whether the public address answers users with a token only. Emulated accounts check none, processes have no authorizer. */
const isBehindAuthorizer = ({ cloud, runtime, authorizer }: Environment): boolean =>
  cloud.kind === 'real' && runtime === 'aws' && authorizer !== undefined;

/** Asks the version that takes the traffic by invocation; null where none takes it. */
function invocationOf(world: World, target: Target | null, observed: Observation | null): Ask | null {
  const serving = observed?.versions.find(({ share }) => share === 1);
  if (!target || !serving) return null;
  const runtime = world.runtime(target.environment.runtime);
  return async (path) => {
    const { status, headers, body } = await runtime.request(target, serving.release, { method: 'GET', path });
    return { status, release: headers[headerNames.release] ?? null, text: Buffer.from(body).toString('utf8') };
  };
}

async function targetOf(world: World, environment: Environment): Promise<Target | null> {
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  return stack ? { environment, cloud, outputs: stack.outputs } : null;
}

async function resourcesFinding(world: World, environment: Environment): Promise<Omit<FindingView, 'name'>> {
  const { missing } = await world.infrastructure.presence(environment, await world.clouds.of(environment));
  return membersFinding(environment.name, missing);
}

/** What runs, read from the target, against what is recorded. */
async function runningFinding(world: World, environment: Environment): Promise<Omit<FindingView, 'name'>> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  const target = await targetOf(world, environment);
  if (!target)
    return { ok: liveRelease === null, detail: 'there is no stack', mend: `soundbite repair ${environment.name}` };
  const { versions } = await world.runtime(environment.runtime).observe(target);
  const serving = versions.filter(({ share }) => share > 0);
  const ok = serving.length === 1 && serving[0]?.release === liveRelease && serving[0].healthy;
  const seen = serving
    .map(({ release, share, detail }) => `${shortDigest(release)} at ${Math.round(share * 100)} % (${detail})`)
    .join(', ');
  return { ok, detail: seen || 'nothing takes traffic', mend: 'soundbite up brings back what is recorded' };
}
