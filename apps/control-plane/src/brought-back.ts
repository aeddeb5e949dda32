import { type Environment, toErrorDocument } from '@soundbite/model';
import { observationOf } from './look-at.ts';
import { late, within } from './within.ts';
import type { World } from './world/world.ts';

type BackWorld = Pick<World, 'infrastructure' | 'clouds' | 'runtime' | 'looks'> & {
  readonly engine: Pick<World['engine'], 'reconcile'> & {
    readonly records: Pick<World['engine']['records'], 'environment'>;
  };
};

/** After so many ms it is looked why an environment is not back, and said. */
const lateMs = 2_000;
/** How long each such look may take. */
const lookMs = 10_000;

/**
 * Brings back what is recorded on this machine, and says what was not as it should be. What a machine that is away keeps is tried for a while, which is said early, with
 * what is to be done; then `up` goes on with what is there.
 */
export async function* broughtBack(
  world: BackWorld,
  environments: readonly Environment[],
): AsyncGenerator<string, void> {
  const work = environments.map(async (environment) => ({
    environment,
    state: await world.engine.reconcile(environment.name),
  }));
  const first = await Promise.all(work.map((one) => within(one, lateMs)));
  const slow = environments.filter((_, index) => first[index] === late);
  for (const why of await Promise.all(slow.map((environment) => whyLate(world, environment)))) if (why) yield why;
  for (const { environment, state } of await Promise.all(work)) {
    if (state === 'as recorded' || state === 'empty') continue;
    yield state.startsWith('as recorded')
      ? `${environment.name}: ${state}`
      : `${environment.name} is not back: ${state}`;
  }
}

/** Null: it can be looked at, so it only takes its time. */
async function whyLate(world: BackWorld, environment: Environment): Promise<string | null> {
  const found = await within(troubleIn(world, environment), lookMs);
  if (found === late || found === null) return null;
  const { message, hint } = toErrorDocument(found);
  return `${environment.name} is tried again for a while: ${message}; ${hint}`;
}

/** Where nothing is live there is no more to bring back than the account: what is in it, its roles too, the first promotion makes. */
async function troubleIn(world: BackWorld, environment: Environment): Promise<unknown> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  if (liveRelease) {
    const { observed } = await observationOf(world, environment);
    return observed instanceof Error ? observed : null;
  }
  const reached = world.clouds.of(environment).then((cloud) => cloud.access('administrator'));
  return reached.then(
    () => null,
    (error: unknown) => error,
  );
}
