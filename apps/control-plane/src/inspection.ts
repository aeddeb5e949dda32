import type { Findings, FindingView, HealthReport } from '@soundbite/client';
import { probe } from '@soundbite/evidence';
import { type Environment, shortDigest, type Target, toErrorDocument } from '@soundbite/model';
import { stackFinding } from './stack-finding.ts';
import { publicUrl } from './status.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** Looks at one thing; what it throws is what it found. */
async function look(name: string, work: () => Promise<Omit<FindingView, 'name'>>): Promise<FindingView> {
  try {
    return { name, ...(await work()) };
  } catch (error) {
    const { message, mend } = toErrorDocument(error);
    return { name, ok: false, detail: message, mend };
  }
}

/** Health of one or all environments: liveness, readiness with its dependencies, jobs, digest, restarts. */
export async function health(world: World, only: string | undefined): Promise<HealthReport> {
  const declaration = world.declaration();
  const chosen = only === undefined ? declaration.environments : [environmentNamed(declaration, only)];
  return { environments: await Promise.all(chosen.map((environment) => environmentHealth(world, environment))) };
}

type EnvironmentHealth = HealthReport['environments'][number];

async function environmentHealth(world: World, environment: Environment): Promise<EnvironmentHealth> {
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
  const seen = url ? await probe(url, liveRelease) : null;
  const target = await targetOf(world, environment).catch(() => null);
  const restarts = target ? (await world.runtime(environment.runtime).observe(target)).restarts : 0;
  const running = await look('running', () => runningFinding(world, environment));
  const findings = [...(seen?.findings ?? []), running];
  return { ...empty, state: seen?.state ?? 'down', findings, restarts, jobs: seen?.jobs ?? null };
}

async function targetOf(world: World, environment: Environment): Promise<Target | null> {
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  return stack ? { environment, cloud, outputs: stack.outputs } : null;
}

/** What runs, read from the target, against what is recorded. */
async function runningFinding(world: World, environment: Environment): Promise<Omit<FindingView, 'name'>> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  const target = await targetOf(world, environment);
  if (!target)
    return { ok: liveRelease === null, detail: 'there is no stack', mend: `soundbite promote ${environment.name}` };
  const { versions } = await world.runtime(environment.runtime).observe(target);
  const serving = versions.filter(({ share }) => share > 0);
  const ok = serving.length === 1 && serving[0]?.release === liveRelease && serving[0].healthy;
  const seen = serving
    .map(({ release, share, detail }) => `${shortDigest(release)} at ${Math.round(share * 100)} % (${detail})`)
    .join(', ');
  return { ok, detail: seen || 'nothing takes traffic', mend: 'soundbite up brings back what is recorded' };
}

/** Declaration, account, stack, running digest and endpoints of one environment. */
export async function validate(world: World, name: string): Promise<Findings> {
  const environment = environmentNamed(world.declaration(), name);
  const { liveRelease, infrastructureRelease } = await world.engine.records.environment(name);
  const cloud = await world.clouds.of(environment);
  const findings = [
    {
      name: 'declaration',
      ok: true,
      detail: `environments.yaml is valid; ${environment.runtime} on ${environment.cloud.kind} account ${environment.cloud.account}`,
    },
    await look('account', async () => {
      const { account, region } = await cloud.access('administrator');
      return { ok: account === environment.cloud.account, detail: `account ${account} in ${region} answers` };
    }),
    await look('bootstrap', async () => {
      const ok = await world.infrastructure.isBootstrapped(environment, cloud);
      return { ok, detail: ok ? 'prepared for this environment' : 'not prepared', mend: `soundbite bootstrap ${name}` };
    }),
    await look('stack', async () =>
      stackFinding(name, await world.infrastructure.state(environment, cloud), { liveRelease, infrastructureRelease }),
    ),
  ];
  if (liveRelease) {
    const report = await environmentHealth(world, environment);
    findings.push(...report.findings);
  }
  return { environment: name, ok: findings.every(({ ok }) => ok), findings };
}
