import type { Digest } from '@soundbite/model';
import { promote, type Wish } from './promotions.ts';
import { eventually, type Place, type Stage, short } from './stage.ts';
import type { Accepted } from './traffic.ts';
import { stepsOf } from './trial.ts';

/** What an environment does when nobody is killed. */
export interface Undisturbed {
  readonly ms: number;
  readonly steps: readonly string[];
}

/** What a rotation knows of an environment. */
export interface Rotation {
  readonly place: Place;
  live: Digest;
  previous: Digest;
  readonly usual: Record<Wish['kind'], Undisturbed>;
  readonly accepted: Accepted[];
}

/** Promotes a, then b, then goes back to a, and notes how long each takes and by which steps. */
export async function undisturbed(stage: Stage, place: Place, a: Digest, b: Digest): Promise<Rotation> {
  const timed = async (kind: Wish['kind'], release: Digest): Promise<Undisturbed> => {
    const from = performance.now();
    const view = await promote(stage, { environment: place.name, kind, release }, { override: kind === 'promote' });
    if (view.state !== 'succeeded')
      throw new Error(`undisturbed, ${kind} in ${place.name} ${view.state}: ${view.reason}`);
    const ms = performance.now() - from;
    stage.say(`undisturbed: ${kind} ${short(release)} in ${place.name} takes ${(ms / 1000).toFixed(1)} s`);
    return { ms, steps: stepsOf(view) };
  };
  await timed('promote', a);
  const promoted = await timed('promote', b);
  const rolledBack = await timed('rollback', a);
  return {
    place,
    live: a,
    previous: b,
    usual: { promote: promoted, rollback: rolledBack },
    accepted: [],
  };
}

/** Back to what the environment ran before. */
export async function restore(stage: Stage, { name }: Place, release: Digest): Promise<void> {
  const view = await promote(stage, { environment: name, kind: 'promote', release });
  if (view.state !== 'succeeded')
    throw new Error(`${name} could not be brought back to ${short(release)}: ${view.reason}`);
  await eventually(`${name} is healthy`, async () => {
    const state = (await stage.client.status()).environments.find((environment) => environment.name === name)?.state;
    if (state !== 'healthy') throw new Error(`${name} is ${state}`);
  });
}
