import type { FindingView } from '@soundbite/client';
import {
  type ComponentState,
  type Environment,
  type Measure,
  type Measured,
  type Target,
  toErrorDocument,
  type Vital,
  vitalsOf,
} from '@soundbite/model';
import type { World } from './world/world.ts';

type VitalWorld = Pick<World, 'runtime' | 'clouds' | 'diskRoom'>;

/** What an environment lives on: the verdict, and the numbers by which it was made. */
export interface Vitals {
  readonly findings: readonly (FindingView & Pick<Vital, 'severity'>)[];
  /** Null: they could not be looked at. */
  readonly components: readonly ComponentState[] | null;
}

/** Looks at all that it lives on, at the same time; what cannot be looked at is unknown. Never throws. */
export async function vitalsIn(
  world: VitalWorld,
  environment: Environment,
  { target, jobs }: { readonly target: Target | null; readonly jobs: Measured['jobs'] },
): Promise<Vitals> {
  const runtime = world.runtime(environment.runtime);
  const [components, disk, engineDisk, credentials] = await Promise.all([
    componentsIn(world, target),
    runtime.isHere(environment) ? measure(world.diskRoom) : undefined,
    runtime.engineRoom ? measure(runtime.engineRoom) : undefined,
    measure(() => credentialsOf(world, environment)),
  ]);
  const vitals = vitalsOf(environment.name, {
    ...{ components, jobs, credentials, now: Date.now() },
    ...(disk ? { disk } : {}),
    ...(engineDisk ? { engineDisk } : {}),
  });
  return {
    // What nobody could look at fails nothing, and is not said to be well.
    findings: vitals.map((vital) => ({ ...vital, ok: vital.severity !== 'bad' })),
    components: 'value' in components ? components.value : null,
  };
}

async function componentsIn(world: VitalWorld, target: Target | null): Promise<Measured['components']> {
  if (!target) return { unknown: 'there is no stack', hint: 'soundbite repair <environment>' };
  const runtime = world.runtime(target.environment.runtime);
  if (!runtime.components) return { unknown: `the runtime ${runtime.kind} does not tell` };
  const { components } = runtime;
  return measure(() => components(target));
}

/** Those by which it is reached: the ones that end first. */
async function credentialsOf({ clouds }: VitalWorld, environment: Environment) {
  const cloud = await clouds.of(environment);
  const accesses = await Promise.all([cloud.access('administrator'), cloud.access('controller')]);
  const ends = accesses.flatMap(({ credentials: { expiration } }) => (expiration === undefined ? [] : [expiration]));
  return { expiration: ends.length === 0 ? null : Math.min(...ends) };
}

async function measure<T>(look: () => Promise<T>): Promise<Measure<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    const { message, hint } = toErrorDocument(error);
    return { unknown: message, ...(hint === undefined ? {} : { hint }) };
  }
}
