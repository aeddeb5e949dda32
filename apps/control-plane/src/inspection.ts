import type { Findings, FindingView } from '@soundbite/client';
import {
  type Cloud,
  type Digest,
  deployedParameters,
  type Environment,
  givenParameters,
  SoundBiteError,
} from '@soundbite/model';
import { otherDeclaration, otherDeclarationFindings } from './declared-otherwise.ts';
import { environmentHealth } from './health.ts';
import { findingsFor, look } from './look.ts';
import { membersFinding, settingsFinding, stackFinding } from './stack-finding.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** Declaration, account, stack, running digest and endpoints of one environment. */
export async function validate(world: World, name: string): Promise<Findings> {
  const environment = environmentNamed(world.declaration(), name);
  const { liveRelease, infrastructureRelease } = await world.engine.records.environment(name);
  const cloud = await world.clouds.of(environment);
  const presence = once(async () => {
    // The bootstrap makes the role that may look.
    if (!(await world.infrastructure.isBootstrapped(environment, cloud))) return null;
    return world.infrastructure.presence(environment, cloud, { settings: true });
  });
  const findings: FindingView[] = [
    await declarationFinding(world, environment),
    await look('account', async () => {
      const { account, region } = await cloud.access('administrator');
      return { ok: account === environment.cloud.account, detail: `account ${account} in ${region} answers` };
    }),
    await look('bootstrap', async () => {
      const ok = await world.infrastructure.isBootstrapped(environment, cloud);
      return {
        ok,
        detail: ok ? 'prepared for this environment' : 'not prepared',
        hint: `soundbite ${liveRelease ? 'repair' : 'bootstrap'} ${name}`,
      };
    }),
    await look('stack', async () => {
      const stack = await world.infrastructure.state(environment, cloud);
      const released = infrastructureRelease && (await releasedFor(world, infrastructureRelease, environment));
      return stackFinding(name, stack, { liveRelease, infrastructureRelease }, released || null);
    }),
    await look('resources', async () => {
      const seen = await presence();
      return seen ? membersFinding(name, seen.missing) : unprepared;
    }),
    await look('settings', async () => {
      const seen = await presence();
      return seen ? settingsFinding(name, seen.changed) : unprepared;
    }),
    ...(world.runtime(environment.runtime).hasLimits(environment)
      ? [await look('concurrency', () => capacity(world, environment, cloud))]
      : []),
  ];
  if (liveRelease) {
    const report = await environmentHealth(world, environment);
    findings.push(...report.findings);
  }
  return { environment: name, ok: findings.every(({ ok }) => ok), findings: findingsFor(name, findings) };
}

async function declarationFinding(world: World, environment: Environment): Promise<FindingView> {
  const { name, runtime, cloud } = environment;
  const [other] = otherDeclarationFindings(name, await otherDeclaration(world, environment));
  const detail = `environments.yaml is valid; ${runtime} on ${cloud.kind} account ${cloud.account}`;
  return other ?? { name: 'declaration', ok: true, detail };
}

/** A release's content for an environment; null if it is not in this machine's store. */
export async function releasedFor(world: Pick<World, 'template'>, release: Digest, { name, cloud }: Environment) {
  try {
    const template = await world.template(release, name);
    return { template, parameters: deployedParameters(template, givenParameters(release, cloud.kind)) };
  } catch (error) {
    if (error instanceof SoundBiteError && error.code === 'release-unknown') return null;
    throw error;
  }
}

const unprepared = { ok: true, detail: 'checked once the account is bootstrapped' };

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

/** Whether a real account carries the stack that is there or, before the first, that of the newest release. */
async function capacity(world: World, environment: Environment, cloud: Cloud): Promise<Omit<FindingView, 'name'>> {
  // The bootstrap makes the role that may ask.
  if (!(await world.infrastructure.isBootstrapped(environment, cloud))) return unprepared;
  const stack = await world.infrastructure.state(environment, cloud);
  const [newest] = stack ? [] : await world.releases.list();
  const template = newest ? await world.template(newest.digest, environment.name) : stack?.template;
  if (!template) return { ok: true, detail: 'checked once there is a release' };
  const found = await world.runtime(environment.runtime).capacity({ environment, cloud }, template);
  return found ?? { ok: true, detail: 'nothing is declared of it' };
}
