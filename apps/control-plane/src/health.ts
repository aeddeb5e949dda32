import type { FindingView, HealthReport } from '@soundbite/client';
import { type Ask, atAddress, authorizerAnswers, type Health, serviceHealth } from '@soundbite/evidence';
import {
  type Environment,
  environmentsOf,
  type HealthPaths,
  headers as headerNames,
  type Measured,
  type Target,
  toErrorDocument,
} from '@soundbite/model';
import { pathFindings } from './condition.ts';
import { findingsFor, look } from './look.ts';
import { type Observed, observationOf } from './look-at.ts';
import { membersFinding } from './stack-finding.ts';
import { vitalsIn } from './vitals.ts';
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
    const { message, hint } = toErrorDocument(error);
    const findings = findingsFor(environment.name, [{ name: 'account', ok: false, detail: message, hint }]);
    const { liveRelease } = await world.engine.records.environment(environment.name);
    const nothing = { restarts: 0, jobs: null, components: null };
    return { name: environment.name, state: 'down', release: liveRelease, findings, ...nothing };
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
    components: null,
  };
  if (!liveRelease) return empty;
  const busy = await world.engine.records.list({ environment: environment.name, limit: 20, unfinished: true });
  const { target, observed } = await observationOf(world, environment);
  const runtime = world.runtime(environment.runtime);
  const address = await runtime.address(environment, target?.outputs ?? null);
  const paths = await runtime.healthPaths(environment, target?.outputs ?? null);
  // Nobody to ask, and nowhere to: that is all there is to say.
  if (!address && observed instanceof Error) throw observed;
  const ask = address?.wantsToken ? invocationOf(world, target, observed) : address ? atAddress(address.url) : null;
  const seen = ask && paths ? await serviceHealth(ask, liveRelease, paths) : null;
  const coming = busy.find(({ state }) => state === 'running')?.release ?? null;
  const path = pathFindings(environment, liveRelease, observed, coming);
  const vitals = await vitalsIn(world, environment, { target, jobs: jobsOf(seen, paths) });
  const findings = [
    ...(address?.wantsToken ? [await authorizerAnswers(address.url, paths?.alive ?? '/')] : []),
    ...(seen?.findings ?? []),
    ...path,
  ];
  // Only if something is wrong: it reads every resource.
  if (findings.some(({ ok }) => !ok)) {
    const resources = await look('resources', () => resourcesFinding(world, environment));
    if (!resources.ok) findings.push(resources);
  }
  // Where nothing is declared to ask, what runs is all that is known.
  const isSeen = paths === null && observed !== null && !(observed instanceof Error);
  findings.push(...vitals.findings);
  const state = seen?.state ?? (isSeen ? 'healthy' : 'down');
  return {
    ...empty,
    state: state === 'healthy' && [...path, ...vitals.findings].some(({ ok }) => !ok) ? 'degraded' : state,
    findings: findingsFor(environment.name, findings),
    restarts: observed instanceof Error ? 0 : (observed?.restarts ?? 0),
    jobs: seen?.jobs ?? null,
    components: vitals.components?.map(({ isWell, ...rest }) => ({ ...rest, ok: isWell })) ?? null,
  };
}

function jobsOf(seen: Health | null, paths: HealthPaths | null): Measured['jobs'] {
  if (seen?.jobs) return { value: seen.jobs };
  if (!paths?.keepsContract)
    return {
      unknown:
        'the service does not keep the contract by which it tells of its jobs; of an SQS queue CloudWatch alone knows the age (ApproximateAgeOfOldestMessage)',
      hint: 'an alarm on it in the stack, and the gate alarms: docs/guides/writing-a-policy.md',
    };
  return { unknown: seen?.state === 'down' ? 'the service does not answer' : 'the service says nothing of its jobs' };
}

/** Asks the version that takes the traffic by invocation; null where none takes it. */
function invocationOf(world: World, target: Target | null, observed: Observed): Ask | null {
  const serving = observed instanceof Error ? undefined : observed?.versions.find(({ share }) => share === 1);
  if (!target || !serving) return null;
  const runtime = world.runtime(target.environment.runtime);
  return async (path) => {
    const answer = await runtime.request(target, serving.release, { method: 'GET', path });
    const release = answer.headers[headerNames.release] ?? answer.release ?? null;
    return { status: answer.status, release, text: Buffer.from(answer.body).toString('utf8') };
  };
}

async function resourcesFinding(world: World, environment: Environment): Promise<Omit<FindingView, 'name'>> {
  const { missing } = await world.infrastructure.presence(environment, await world.clouds.of(environment));
  return membersFinding(environment.name, missing);
}
