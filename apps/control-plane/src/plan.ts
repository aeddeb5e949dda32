import type { Plan } from '@soundbite/client';
import { describeStep, stackLeftBehind } from '@soundbite/engine';
import {
  type Admission,
  admit,
  beyond,
  broughtPrograms,
  type Digest,
  deployedParameters,
  type Environment,
  forecastReplacements,
  foreignStacks,
  givenParameters,
  holdingLines,
  holdingsIn,
  movedRuntime,
  planPromotion,
  type Release,
  type Removal,
  removals,
  resourceChanges,
  SoundBiteError,
  type StackState,
  type StepName,
  settingDifferences,
  stepNameOf,
  typesInQuestion,
} from '@soundbite/model';
import { newCommits } from './commits.ts';
import { environmentState } from './condition.ts';
import { cutFrom } from './cut-from.ts';
import { otherDeclaration } from './declared-otherwise.ts';
import { isReachable } from './reachable.ts';
import { releasedSettings } from './release-settings.ts';
import { rollbackVerdict } from './rollback-verdict.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** What a promotion that `requester` asks for would change; touches nothing. Errors: `nothing-to-promote`, `release-unknown`, `environment-unknown`. */
export async function plan(
  world: World,
  name: string,
  wanted: Digest | undefined,
  requester: string | null = null,
): Promise<Plan> {
  const ordered = await inOrder(world, name);
  const { environment, live } = ordered;
  const release = await world.releases.get(wanted ?? (await offered(world, ordered)));
  const current = live ? await world.releases.get(live) : null;
  const next = await world.template(release.digest, name);
  const { stack, missing, changed, leftovers, left } = await found(world, environment, next);
  const replaced = stack ? await replacedBy(world, environment, stack, release.digest, next) : [];
  const resources = resourceChanges(stack?.template ?? {}, next, new Set(replaced.map(({ id }) => id)));
  const wouldChange = resources.length + missing.length + changed.length > 0;
  const steps = await plannedSteps(world, ordered, release);
  return {
    environment: name,
    release: release.digest,
    current: live,
    cut: await cutFrom(world, release.digest),
    commits: await newCommits(world.config.root, current, release),
    removals: (stack ? [...removals(stack.template, next), ...replaced] : []).sort(byId),
    resources,
    missing: [...missing],
    changed: changed.map(({ differences, ...member }) => ({ ...member, differences: [...differences] })),
    leftovers: [...leftovers],
    unallowed: await unallowedIn(world, environment, next),
    settings: settingDifferences(
      current ? await releasedSettings(current, name) : {},
      await releasedSettings(release, name),
    ),
    declaredOtherwise: await otherDeclaration(world, environment),
    admission:
      foreignAdmission(environment, stack, release) ??
      movedAdmission(environment, live && stack, next) ??
      (left && { admitted: false, code: 'stack-undeclared', ...left }) ??
      (await admissionTo(world, ordered, release, wouldChange)),
    gates: [...(await world.engine.entryGates(name, { release: release.digest, requester }))],
    glass: [...(await world.engine.records.acting(name, null)).glass],
    steps,
    expectedSeconds: sumOf(steps),
    rollback: await rollbackVerdict(world, { environment, release, live, stack }),
  };
}

const byId = (a: Removal, b: Removal) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** What CloudFormation would replace, by AWS's specification: a promotion asks CloudFormation itself, but only a change set can answer. */
async function replacedBy(
  { infrastructure }: World,
  { cloud }: Environment,
  { template, parameters }: StackState,
  release: Digest,
  next: unknown,
): Promise<Removal[]> {
  const current = { template, parameters };
  const wanted = { template: next, parameters: deployedParameters(next, givenParameters(release, cloud.kind)) };
  const types = typesInQuestion(current, wanted);
  return types.size === 0 ? [] : forecastReplacements(current, wanted, await infrastructure.recreation(types));
}

/** An environment as it is declared, what is live there, and the one that comes before it. */
interface OrderedEnvironment {
  readonly environment: Environment;
  readonly live: Digest | null;
  readonly before: { readonly environment: Environment; readonly live: Digest | null } | null;
}

async function inOrder(world: World, name: string): Promise<OrderedEnvironment> {
  const declaration = world.declaration();
  const environment = environmentNamed(declaration, name);
  const before = declaration.environments[declaration.environments.indexOf(environment) - 1];
  const liveIn = async (name: string) => (await world.engine.records.environment(name)).liveRelease;
  const live = await liveIn(name);
  return { environment, live, before: before ? { environment: before, live: await liveIn(before.name) } : null };
}

/** The default release for the environment: the live one of the environment before, or the newest of all. */
async function offered(world: World, { environment, before }: OrderedEnvironment): Promise<Digest> {
  const release = before ? before.live : (await world.releases.list())[0]?.digest;
  if (release) return release;
  const [why, hint] = before
    ? [`${before.environment.name} is empty`, `soundbite promote ${before.environment.name}`]
    : ['none has been cut', 'soundbite release cut'];
  throw new SoundBiteError('nothing-to-promote', `no release can be promoted into ${environment.name}: ${why}`, {
    hint,
  });
}

async function plannedSteps(
  world: World,
  { environment, live }: OrderedEnvironment,
  { digest: release, manifest, provenance }: Release,
): Promise<Plan['steps']> {
  const expected = await world.engine.records.expectedSeconds(environment.name);
  const request = { kind: 'promote' as const, allowRemovals: [] };
  const planned = planPromotion({
    request,
    environment,
    release,
    previous: live,
    programs: broughtPrograms(manifest),
    isAdopted: provenance.adopted !== undefined,
  });
  return planned.steps.map((step) => {
    const name = stepNameOf(step) as StepName;
    const seconds = step.with.seconds;
    const expectedSeconds = typeof seconds === 'number' ? seconds : (expected.get(name) ?? null);
    return { name, does: describeStep(step, planned), expectedSeconds };
  });
}

/** Null: of one step it is not known how long it takes. */
function sumOf(steps: Plan['steps']): number | null {
  const known = steps.map(({ expectedSeconds }) => expectedSeconds).filter((seconds) => seconds !== null);
  return known.length === steps.length ? known.reduce((sum, seconds) => sum + seconds, 0) : null;
}

/** An adopted release is what takes stacks over that somebody else deployed; no other enters them. Null: there are none. */
function foreignAdmission(
  environment: Environment,
  stack: StackState | null,
  { provenance }: Release,
): Admission | null {
  const foreign = stack && !provenance.adopted ? foreignStacks(environment, stack.parameters) : null;
  return foreign && { admitted: false, code: 'stack-foreign', ...foreign };
}

/** What is live as functions does not become containers in place, nor the other way round. Null: it runs alike, or nothing is live. */
function movedAdmission(environment: Environment, stack: StackState | null, next: unknown): Admission | null {
  const moved = stack && movedRuntime(environment, stack.template, next);
  return moved && { admitted: false, code: 'runtime-in-place', ...moved };
}

async function admissionTo(
  world: World,
  ordered: OrderedEnvironment,
  { digest: release, provenance }: Release,
  wouldChange: boolean,
): Promise<Admission> {
  const { environment, live, before } = ordered;
  const isLiveHere = live === release;
  const decided = admit({
    environment: environment.name,
    release,
    isAdopted: provenance.adopted !== undefined,
    before: before
      ? {
          name: before.environment.name,
          liveRelease: before.live,
          healthy: (await environmentState(world, before.environment, before.live)) === 'healthy',
        }
      : null,
    wasLiveHere: await world.engine.records.wasLive(environment.name, release),
    isLiveHere,
    floor: await world.engine.records.floorAbove(environment.name, release),
    override: false,
    reason: undefined,
  });
  // Live under the template of a newer release (after a rollback), its own would come back.
  if (!decided.admitted || !isLiveHere || wouldChange) return decided;
  return { ...decided, note: `${decided.note}, nothing would change` };
}

/** The stack, what of it somebody deleted or left behind, and one that nothing declares any more. The bootstrap makes the roles that may look: without it less is seen, or nothing. */
async function found(world: World, environment: Environment, template: unknown) {
  const { infrastructure } = world;
  const cloud = await world.clouds.of(environment);
  const nobodyLooks = { missing: [], changed: [], leftovers: [], left: null };
  if (!(await infrastructure.isBootstrapped(environment, cloud))) {
    const stack = (await isReachable(cloud)) ? await infrastructure.state(environment, cloud) : null;
    return { stack, ...nobodyLooks };
  }
  const [stack, presence, left] = await Promise.all([
    infrastructure.state(environment, cloud),
    infrastructure.presence(environment, cloud, { template, settings: true }),
    stackLeftBehind(infrastructure, environment, cloud),
  ]);
  return { stack, left, ...presence };
}

/** What a template needs beyond the bootstrap of a real account. An emulated one is bootstrapped by the promotion. */
async function unallowedIn({ clouds, infrastructure }: World, environment: Environment, template: unknown) {
  if (environment.cloud.kind === 'emulated') return [];
  const allowed = await infrastructure.allowed(environment, await clouds.of(environment));
  const lacking = allowed && beyond(allowed, holdingsIn(template));
  return lacking ? holdingLines(lacking) : [];
}
