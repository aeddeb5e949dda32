import type { EnvironmentState, Findings, FindingView, HealthReport } from '@soundbite/client';
import { type Environment, headers, shortDigest, type Target, toErrorDocument } from '@soundbite/model';
import { environmentState, publicUrl } from './status.ts';
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
  const state: EnvironmentState = await environmentState(url, liveRelease);
  const endpoints = url ? await endpointFindings(url, liveRelease) : { findings: [], jobs: null };
  const running = await look('running', () => runningFinding(world, environment));
  const target = await targetOf(world, environment).catch(() => null);
  const restarts = target ? (await world.runtime(environment.runtime).observe(target)).restarts : 0;
  return { ...empty, state, findings: [...endpoints.findings, running], restarts, jobs: endpoints.jobs };
}

/** What the environment says of itself at its public address. */
async function endpointFindings(
  url: string,
  live: string,
): Promise<{ findings: FindingView[]; jobs: EnvironmentHealth['jobs'] }> {
  let jobs: EnvironmentHealth['jobs'] = null;
  const findings = [
    await look('alive', async () => {
      const answer = await get(`${url}/health`);
      return { ok: answer.status === 200, detail: `GET /health answered ${answer.status} in ${answer.ms} ms` };
    }),
    await look('digest', async () => {
      const answer = await get(`${url}/version`);
      const release = answer.release ?? 'no release';
      return {
        ok: release === live,
        detail: release === live ? `${shortDigest(live)} as recorded` : `${release} answers, ${live} is recorded`,
        mend: 'soundbite up brings back what is recorded',
      };
    }),
  ];
  const ready = await look('ready', async () => {
    const answer = await get(`${url}/ready`);
    return { ok: answer.status === 200, detail: `GET /ready answered ${answer.status} in ${answer.ms} ms` };
  });
  findings.push(ready);
  const document = await readiness(url);
  if (document) {
    jobs = { waiting: document.jobs.waiting, oldestSeconds: document.jobs.oldestSeconds };
    for (const dependency of document.dependencies)
      findings.push({ name: `dependency ${dependency.name}`, ok: dependency.ok, detail: dependency.detail });
  }
  return { findings, jobs };
}

interface Readiness {
  readonly jobs: { readonly waiting: number; readonly oldestSeconds: number | null };
  readonly dependencies: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

/** The /ready document, where it is one of ours. */
async function readiness(url: string): Promise<Readiness | null> {
  try {
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(10_000) });
    return readinessOf(await answer.json());
  } catch {
    // That /ready does not answer is a finding of its own, made above.
    return null;
  }
}

function readinessOf(document: unknown): Readiness | null {
  const parts = document as {
    dependencies?: Record<string, { ok?: boolean; ms?: number; error?: string }>;
    jobs?: { waiting?: number; oldestSeconds?: number | null };
  };
  if (typeof parts?.jobs?.waiting !== 'number') return null;
  return {
    jobs: { waiting: parts.jobs.waiting, oldestSeconds: parts.jobs.oldestSeconds ?? null },
    dependencies: Object.entries(parts.dependencies ?? {}).map(([name, { ok, ms, error }]) => ({
      name,
      ok: ok === true,
      detail: error ?? `answered in ${ms ?? '?'} ms`,
    })),
  };
}

async function get(url: string): Promise<{ status: number; release: string | null; ms: number }> {
  const from = performance.now();
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  await answer.arrayBuffer();
  return {
    status: answer.status,
    release: answer.headers.get(headers.release),
    ms: Math.round(performance.now() - from),
  };
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
    await look('stack', async () => {
      const stack = await world.infrastructure.state(environment, cloud);
      if (!stack) return { ok: liveRelease === null, detail: 'there is none', mend: `soundbite promote ${name}` };
      const ok =
        stack.status.endsWith('_COMPLETE') &&
        !stack.status.includes('ROLLBACK_FAILED') &&
        stack.release === infrastructureRelease;
      return {
        ok,
        detail: `${stack.status}, ${stack.release ? shortDigest(stack.release) : 'no release'}`,
        mend: 'soundbite doctor',
      };
    }),
  ];
  if (liveRelease) {
    const report = await environmentHealth(world, environment);
    findings.push(...report.findings);
  }
  return { environment: name, ok: findings.every(({ ok }) => ok), findings };
}
