import type { AdoptionResult } from '@soundbite/client';
import {
  combinedTemplate,
  Digest,
  type Environment,
  forecastReplacements,
  type LiveStack,
  resourceChanges,
  SoundBiteError,
  shortDigest,
  typesInQuestion,
} from '@soundbite/model';
import { readTemplate } from '@soundbite/model/template.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/**
 * Seals the stacks of an environment that somebody else deployed as a release, which is promoted there as any other: that takes them over. Changes nothing in the account. Where an
 * adoption has begun it is the release of that one. Errors: `adoption-refused`, `declaration-invalid`, `assembly-undeliverable`, those of the account.
 */
export async function adoption(world: World, name: string): Promise<AdoptionResult> {
  const environment = environmentNamed(world.declaration(), name);
  await refuseServing(world, environment);
  const begun = await begunAdoption(world, environment);
  if (begun) return { environment: name, ...begun, resources: [], removals: [], begun: true };
  const cloud = await world.clouds.of(environment);
  const stacks = await world.infrastructure.live(environment, cloud);
  const { account, region } = await cloud.access('administrator');
  const { release } = await world.seal(environment, { account, region, stacks });
  const told = { environment: name, release, stacks: stacks.map((stack) => stack.name), begun: false };
  return { ...told, ...(await forecast(world, environment, release, stacks)) };
}

async function refuseServing(world: World, { name, runtime }: Environment): Promise<void> {
  const { liveRelease } = await world.engine.records.environment(name);
  if (liveRelease !== null)
    throw new SoundBiteError('adoption-refused', `${name} has the live release ${shortDigest(liveRelease)} already`, {
      hint: `soundbite status ${name}`,
    });
  if (runtime !== 'aws')
    throw new SoundBiteError('adoption-refused', `${name} has no functions: there are no stacks to adopt`, {
      hint: 'adopt an environment with runtime: aws',
    });
}

/** The release that the stacks are being adopted as; null: no adoption has begun. */
async function begunAdoption(
  { infrastructure, releases, clouds }: World,
  environment: Environment,
): Promise<Pick<AdoptionResult, 'release' | 'stacks'> | null> {
  const cloud = await clouds.of(environment);
  // Before an account is prepared nothing can have begun in it.
  if (!(await infrastructure.isBootstrapped(environment, cloud))) return null;
  const has = Digest.safeParse((await infrastructure.state(environment, cloud))?.release);
  if (!has.success) return null;
  const { adopted } = (await releases.get(has.data)).provenance;
  return adopted ? { release: has.data, stacks: adopted.stacks } : null;
}

/** By the templates and AWS's specification. Before anything is touched CloudFormation itself is asked. */
async function forecast(
  world: World,
  { name }: Environment,
  release: Digest,
  stacks: readonly LiveStack[],
): Promise<Pick<AdoptionResult, 'resources' | 'removals'>> {
  const live = combinedTemplate(
    stacks.map(({ name: stack, template }) => ({ stack, template })),
    name,
  );
  const next = await world.template(release, name);
  const current = { template: live, parameters: {} };
  const wanted = { template: next, parameters: {} };
  const types = typesInQuestion(current, wanted);
  const removals = forecastReplacements(current, wanted, await world.infrastructure.recreation(types));
  const changes = resourceChanges(live, next, new Set(removals.map(({ id }) => id)));
  const kept = readTemplate(live).resources;
  const isVersion = (id: string) => kept.get(id)?.type === 'AWS::Lambda::Version';
  const resources = changes.map((one) =>
    one.change === 'remove' && isVersion(one.id) ? { ...one, change: 'retain' as const } : one,
  );
  return { resources, removals };
}
