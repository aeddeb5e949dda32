import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Plan } from '@soundbite/client';
import { describeStep } from '@soundbite/engine';
import {
  admit,
  type Digest,
  type Environment,
  planPromotion,
  type Release,
  removals,
  resourceChanges,
  SoundBiteError,
  type StepName,
  stepNameOf,
} from '@soundbite/model';
import { environmentState } from './condition.ts';
import { otherDeclaration } from './declared-otherwise.ts';
import { isReachable } from './reachable.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

const run = promisify(execFile);

/** What a promotion would change; touches nothing. Errors: `nothing-to-promote`, `release-unknown`, `environment-unknown`. */
export async function plan(world: World, name: string, wanted: Digest | undefined): Promise<Plan> {
  const { environments } = world.declaration();
  const environment = environmentNamed(world.declaration(), name);
  const before = environments[environments.indexOf(environment) - 1];
  const record = await world.engine.records.environment(name);
  const beforeRecord = before ? await world.engine.records.environment(before.name) : undefined;
  const release = await world.releases.get(
    wanted ?? (beforeRecord ? beforeRecord.liveRelease : (await world.releases.list())[0]?.digest) ?? nothing(name),
  );
  const current = record.liveRelease ? await world.releases.get(record.liveRelease) : null;

  const next = await world.template(release.digest, name);
  const { stack, missing, changed, leftovers } = await found(world, environment, next);
  const expected = await world.engine.records.expectedSeconds(name);
  const planned = planPromotion({
    request: { kind: 'promote', allowRemovals: [] },
    environment,
    release: release.digest,
    previous: record.liveRelease,
  });
  const steps = planned.steps.map((step) => {
    const stepName = stepNameOf(step) as StepName;
    return {
      name: stepName,
      does: describeStep(step, planned),
      expectedSeconds: stepName === 'watch' ? environment.watch : (expected.get(stepName) ?? null),
    };
  });
  const known = steps
    .map(({ expectedSeconds }) => expectedSeconds)
    .filter((seconds): seconds is number => seconds !== null);

  const resources = resourceChanges(stack?.template ?? {}, next);
  const isLiveHere = record.liveRelease === release.digest;
  const admission = admit({
    environment: name,
    release: release.digest,
    before:
      before && beforeRecord
        ? {
            name: before.name,
            liveRelease: beforeRecord.liveRelease,
            healthy: (await environmentState(world, before, beforeRecord.liveRelease)) === 'healthy',
          }
        : null,
    wasLiveHere: await world.engine.records.wasLive(name, release.digest),
    isLiveHere,
    override: false,
    reason: undefined,
  });

  return {
    environment: name,
    release: release.digest,
    current: record.liveRelease,
    commits: await commitsBetween(world.config.root, current, release),
    removals: stack ? removals(stack.template, next) : [],
    resources,
    missing: [...missing],
    changed: changed.map(({ differences, ...member }) => ({ ...member, differences: [...differences] })),
    leftovers: [...leftovers],
    settings: differences(current ? await settingsOf(current, name) : {}, await settingsOf(release, name)),
    declaredOtherwise: await otherDeclaration(world, environment),
    // Live under the template of a newer release (after a rollback), its own would come back.
    admission:
      admission.admitted && isLiveHere && resources.length === 0 && missing.length + changed.length === 0
        ? { ...admission, note: `${admission.note}, nothing would change` }
        : admission,
    steps,
    expectedSeconds: known.length === steps.length ? known.reduce((sum, seconds) => sum + seconds, 0) : null,
  };
}

/** The stack, and what of it somebody deleted or left behind. The bootstrap makes the roles that may look: without it less is seen, or nothing. */
async function found(world: World, environment: Environment, template: unknown) {
  const { infrastructure } = world;
  const cloud = await world.clouds.of(environment);
  const nobodyLooks = { missing: [], changed: [], leftovers: [] };
  if (!(await infrastructure.isBootstrapped(environment, cloud))) {
    const stack = (await isReachable(cloud)) ? await infrastructure.state(environment, cloud) : null;
    return { stack, ...nobodyLooks };
  }
  const [stack, presence] = await Promise.all([
    infrastructure.state(environment, cloud),
    infrastructure.presence(environment, cloud, { template, settings: true }),
  ]);
  return { stack, ...presence };
}

function nothing(name: string): never {
  throw new SoundBiteError('nothing-to-promote', `there is no release that ${name} could take`, {
    hint: 'promote the environment before it, or soundbite release cut',
  });
}

/** Commits that the release adds, newest first; null when git cannot say (another clone, a rewritten history). */
async function commitsBetween(root: string, current: Release | null, release: Release): Promise<Plan['commits']> {
  const range = current ? `${current.provenance.commit}..${release.provenance.commit}` : release.provenance.commit;
  try {
    const { stdout } = await run('git', ['-C', root, 'log', '--max-count=50', '--format=%H%x09%s', range]);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ commit: line.slice(0, 40), subject: line.slice(41) }));
  } catch {
    return null;
  }
}

async function settingsOf({ directory }: Release, environment: string): Promise<unknown> {
  return JSON.parse(await readFile(join(directory, 'settings', `${environment}.json`), 'utf8'));
}

/** Leaves that differ, by their dotted path. */
function differences(from: unknown, to: unknown, path = ''): Plan['settings'] {
  const isTree = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isTree(from) && isTree(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap((key) => differences(from[key], to[key], path ? `${path}.${key}` : key));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ path, from: from ?? null, to: to ?? null }];
}
