import type { TakeoverResult } from '@soundbite/client';
import { type Digest, type Environment, type Fence, SoundBiteError } from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

export interface TakeoverOrder {
  readonly environment: string;
  /** Repeats the environment's name. */
  readonly confirm: string;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Takes an environment over from another installation (a database that is gone, or was given up): its account and the edge obey this one from
 * now on, and what takes the traffic there is recorded as live. Nothing that runs is touched. Twice is once.
 * Errors: `not-confirmed`, `environment-busy`, `nothing-to-take-over`, `fence-moved`.
 */
export async function takeOver(world: World, order: TakeoverOrder): Promise<TakeoverResult> {
  const environment = environmentNamed(world.declaration(), order.environment);
  const { name } = environment;
  if (order.confirm !== name)
    throw new SoundBiteError('not-confirmed', `"${order.confirm}" is not ${name}`, {
      hint: `soundbite takeover ${name} --confirm ${name}`,
    });
  await refuseBusy(world, name);
  const cloud = await world.clouds.of(environment);
  const holder = await holderOf(world, environment);
  if (holder.owner === world.engine.installation) {
    const { liveRelease } = await world.engine.records.environment(name);
    return { environment: name, changed: false, from: null, live: liveRelease };
  }
  const found = await whatRuns(world, environment);
  const generation = await world.engine.records.generationAfter(await newestSeen(world, name, holder));
  await world.infrastructure.pass(environment, cloud, holder, { owner: world.engine.installation, generation });
  await cloud.checkpoint();
  const { actor, reason } = order;
  const { digest: declaration } = world.declaration();
  await world.engine.records.takenOver(
    { environment: name, ...found, before: holder, actor, reason, declaration },
    generation,
  );
  return { environment: name, changed: true, from: holder.owner, live: found.live };
}

async function refuseBusy({ engine }: World, name: string): Promise<void> {
  const [busy] = await engine.records.list({ environment: name, limit: 1, unfinished: true });
  if (!busy) return;
  throw new SoundBiteError('environment-busy', `promotion ${busy.promotion} has ${name}`, {
    hint: `wait for it, or: soundbite abort ${name}`,
  });
}

async function holderOf({ clouds, infrastructure }: World, environment: Environment): Promise<Fence> {
  const cloud = await clouds.of(environment);
  const isReady = await infrastructure.isBootstrapped(environment, cloud);
  const holder = isReady ? await infrastructure.holder(environment, cloud) : null;
  if (holder) return holder;
  throw new SoundBiteError('nothing-to-take-over', `nobody has acted on ${environment.name} yet`, {
    hint: `soundbite promote ${environment.name}`,
  });
}

/** The release with the traffic, and the one whose template was deployed last: read from the target. */
async function whatRuns(
  world: World,
  environment: Environment,
): Promise<{ readonly live: Digest | null; readonly infrastructure: Digest | null }> {
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  if (!stack) return { live: null, infrastructure: null };
  const target = { environment, cloud, outputs: stack.outputs, deployed: stack.release };
  const { versions } = await world.runtime(environment.runtime).observe(target);
  const live = versions.find(({ share }) => share === 1)?.release ?? null;
  return { live, infrastructure: stack.release as Digest | null };
}

/** The newest generation that the account or the edge has seen. */
async function newestSeen({ edge }: World, name: string, holder: Fence): Promise<number> {
  const route = (await edge.routes()).find(({ environment }) => environment === name);
  return Math.max(holder.generation, route?.generation ?? 0);
}
