import type { PromotionView } from '@soundbite/client';
import type { Digest } from '@soundbite/model';
import { short } from '@soundbite/reports/text.ts';
import { stepsOf } from './facts/outcome.ts';
import { endOf, promote, type Scenario } from './promotions.ts';
import type { ChaosReleases } from './releases.ts';
import { type ChaosPlace, type ChaosStage, eventually } from './stage.ts';
import { type Accepted, traffic } from './traffic.ts';

/** What an environment does when nobody is killed. */
export interface Undisturbed {
  readonly ms: number;
  readonly steps: readonly string[];
  /** Whether it was watched for longer than a moment. */
  readonly isWatched: boolean;
}

/** What a rotation knows of an environment. */
export interface Rotation {
  readonly place: ChaosPlace;
  live: Digest;
  previous: Digest;
  /** Without `refused` where no promotion is watched. */
  readonly usual: Readonly<Record<'promote' | 'rollback', Undisturbed>> & { readonly refused?: Undisturbed };
  readonly accepted: Accepted[];
}

/**
 * Promotes a, then b, then goes back to a, has what users find broken refused where a promotion is watched, and notes how long each takes and by which
 * steps.
 */
export async function undisturbed(
  stage: ChaosStage,
  place: ChaosPlace,
  { a, b, refused }: ChaosReleases,
): Promise<Rotation> {
  const timed = async (scenario: Scenario, release: Digest): Promise<Undisturbed> => {
    const from = performance.now();
    const users = traffic(place.url, `undisturbed ${scenario} in ${place.name} at ${Date.now()}`);
    const view = await promote(
      stage,
      { environment: place.name, scenario, release },
      { override: scenario !== 'rollback' },
    );
    await users.stop();
    if (view.state !== endOf(scenario))
      throw new Error(`undisturbed, ${scenario} in ${place.name} ${view.state}: ${view.reason}`);
    const ms = performance.now() - from;
    stage.say(`undisturbed: ${scenario} ${short(release)} in ${place.name} takes ${(ms / 1000).toFixed(1)} s`);
    return { ms, steps: stepsOf(view), isWatched: isWatched(view) };
  };
  await timed('promote', a);
  const promoted = await timed('promote', b);
  const rolledBack = await timed('rollback', a);
  return {
    place,
    live: a,
    previous: b,
    usual: {
      promote: promoted,
      rollback: rolledBack,
      ...(promoted.isWatched ? { refused: failsAfterTraffic(await timed('refused', refused)) } : {}),
    },
    accepted: [],
  };
}

const isWatched = ({ planned }: PromotionView): boolean =>
  planned.some(({ name, usualSeconds }) => name === 'watch' && (usualSeconds ?? 0) > 0);

function failsAfterTraffic(seen: Undisturbed): Undisturbed {
  const wanted = ['shift succeeded', 'watch failed', 'rollback succeeded'];
  if (wanted.every((step) => seen.steps.includes(step))) return seen;
  throw new Error(
    `what users find broken was to fail after it had the traffic; its steps are ${seen.steps.join(', ')}`,
  );
}

/** Gives an environment its release: what it ran before, or its first one. */
export async function restore(stage: ChaosStage, { name }: Pick<ChaosPlace, 'name'>, release: Digest): Promise<void> {
  const view = await promote(
    stage,
    { environment: name, scenario: 'promote', release },
    { override: stage.asksPeople },
  );
  if (view.state !== 'succeeded') throw new Error(`${name} could not be brought to ${short(release)}: ${view.reason}`);
  await eventually(`${name} is healthy`, async () => {
    const state = (await stage.client.status()).environments.find((environment) => environment.name === name)?.state;
    if (state !== 'healthy') throw new Error(`${name} is ${state}`);
  });
}
