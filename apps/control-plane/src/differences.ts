import type { FindingView } from '@soundbite/client';
import type { RecordedThere } from '@soundbite/engine';
import { type Difference, type Digest, type Environment, hintFor, type StackState } from '@soundbite/model';
import { drifted } from './condition.ts';
import { releasedFor } from './inspection.ts';
import { type LookWorld, observationOf } from './look-at.ts';
import { membersFinding, settingsFinding, stackFinding } from './stack-finding.ts';
import { isWholeNow } from './whole.ts';
import type { World } from './world/world.ts';

type DifferenceWorld = LookWorld & Pick<World, 'template'>;

/**
 * How what runs in an environment differs from what was released into it, by the findings that `status` and `validate` tell of drift: the stack, its
 * resources and their settings, what has traffic, and the way to it. What has no traffic does not run. Errors: why something could not be read.
 */
export async function differencesOf(
  world: DifferenceWorld,
  environment: Environment,
  recorded: RecordedThere,
): Promise<readonly Difference[]> {
  const found = await Promise.all([
    stackDifferences(world, environment, recorded),
    runningDifferences(world, environment, recorded),
  ]);
  return found
    .flat()
    .filter(({ ok }) => !ok)
    .map(({ name, detail, hint = `soundbite repair ${environment.name}` }) => ({
      ...{ where: name.replace(/^drift /, ''), detail, hint: hintFor(environment.name, hint) },
    }));
}

async function stackDifferences(
  world: DifferenceWorld,
  environment: Environment,
  { live, infrastructure: infrastructureRelease, half }: RecordedThere,
): Promise<readonly FindingView[]> {
  const { infrastructure } = world;
  const { name } = environment;
  const cloud = await world.clouds.of(environment);
  const stack = await infrastructure.state(environment, cloud);
  // A deploy that did not end is the next promotion's to recover, and so is what a promotion left that broke down.
  if (stack && (isUnderWay(stack) || half.includes(stack.release as Digest))) return [];
  const released = infrastructureRelease && (await releasedFor(world, infrastructureRelease, environment));
  const finding = stackFinding(name, stack, { liveRelease: live, infrastructureRelease }, released || null);
  const whole = stack === null || (await isWholeNow(world, environment, live));
  // The bootstrap makes the role that may look; the next promotion brings it.
  if (whole || !(await infrastructure.isBootstrapped(environment, cloud))) return [{ name: 'stack', ...finding }];
  const { missing, changed } = await infrastructure.presence(environment, cloud, { settings: true });
  return [
    { name: 'stack', ...finding },
    { name: 'resources', ...membersFinding(name, missing) },
    { name: 'settings', ...settingsFinding(name, changed) },
  ];
}

const isUnderWay = ({ status, wayOut }: StackState): boolean => wayOut !== null || status.endsWith('_IN_PROGRESS');

async function runningDifferences(
  world: DifferenceWorld,
  environment: Environment,
  { live, half }: RecordedThere,
): Promise<readonly FindingView[]> {
  // Where polling is cheap it reads everything that matters here.
  const isCheap = world.runtime(environment.runtime).looksEveryMs(environment) === 0;
  const { observed } = await observationOf(world, environment, isCheap ? 'often' : undefined);
  if (observed instanceof Error) throw observed;
  return observed === null ? [] : drifted(environment, [live, ...half], observed);
}
