import type { Digest } from '@soundbite/model';
import { audioObjects, strandedWorkflows } from './facts.ts';
import type { Victim } from './kill.ts';
import { orphans } from './orphans.ts';
import { promote, type Wish } from './promotions.ts';
import { cutReleases } from './releases.ts';
import { type Chance, seeded } from './seeded.ts';
import { soundbiteProblems } from './soundbites.ts';
import { answering, eventually, type Place, places, type Stage, short } from './stage.ts';
import type { Accepted } from './traffic.ts';
import { type Outcome, runTrial, stepsOf } from './trial.ts';

export interface Counts {
  readonly seed: number;
  readonly 'control-plane': number;
  readonly postgres: number;
  readonly account: number;
  /** The environments into which is promoted. */
  readonly environments: readonly string[];
}

export interface Result {
  readonly seed: number;
  readonly kills: number;
  readonly ok: boolean;
  readonly failures: readonly string[];
  readonly recoverySeconds: { readonly p50: number; readonly max: number };
  /** Of each kind of victim: seconds to be back, and ms between the first and the last failed request. */
  readonly victims: Readonly<
    Record<string, { readonly kills: number; readonly p50: number; readonly max: number; readonly failedMs: number }>
  >;
  readonly requestsFailedMs: number;
  readonly soundbites: number;
  readonly forgotten: number;
  readonly seconds: number;
}

/** What an environment does when nobody is killed. */
interface Undisturbed {
  readonly ms: number;
  readonly steps: readonly string[];
}

/** What a rotation knows of an environment. */
interface Rotation {
  readonly place: Place;
  live: Digest;
  previous: Digest;
  readonly usual: Record<Wish['kind'], Undisturbed>;
  readonly objectsBefore: number;
  readonly accepted: Accepted[];
}

/**
 * Promotes and rolls back, kills something at a random moment of each, and compares with what comes out of it undisturbed. Ends with every
 * environment on the release that it had before.
 */
export async function chaos(stage: Stage, counts: Counts): Promise<Result> {
  const begun = performance.now();
  const chance = seeded(counts.seed);
  const all = await places(stage);
  const original = await answering(all);
  const [a, b] = (await cutReleases(stage, [4711, 4712])) as [Digest, Digest];
  stage.say(
    `cut ${short(a)} and ${short(b)}; every environment runs ${[...new Set(original.values())].map(short).join(', ')}`,
  );

  const rotations: Rotation[] = [];
  for (const name of counts.environments) {
    const place = all.find((candidate) => candidate.name === name) as Place;
    rotations.push(await undisturbed(stage, place, a, b));
  }
  const releases = (rotation: Rotation) => [original.get(rotation.place.name) as Digest, a, b];
  const failures: string[] = [];
  const outcomes: { victim: Victim; account: string; outcome: Outcome }[] = [];
  for (const [index, victim] of order(counts, chance).entries()) {
    const rotation = chance.pick(rotations);
    const kind = chance.number() < 0.3 ? 'rollback' : 'promote';
    const release =
      kind === 'rollback' ? rotation.previous : chance.pick(releases(rotation).filter((one) => one !== rotation.live));
    const wish: Wish = { environment: rotation.place.name, kind, release };
    const afterMs = Math.round(chance.number() * rotation.usual[kind].ms);
    const outcome = await runTrial(stage, all, {
      number: index + 1,
      victim,
      place: rotation.place,
      wish,
      afterMs,
      steps: rotation.usual[kind].steps,
    });
    outcomes.push({ victim, account: rotation.place.account, outcome });
    rotation.accepted.push(...outcome.accepted);
    const found = [...outcome.failures, ...(await settledProblems(stage))];
    failures.push(...found.map((failure) => `${index + 1} (${victim}, ${kind} in ${wish.environment}): ${failure}`));
    stage.say(
      `${index + 1}: ${found.length === 0 ? 'held' : `BROKEN: ${found.join(' | ')}`}; back after ${outcome.recoverySeconds.toFixed(1)} s, ended after ${outcome.promotionSeconds.toFixed(1)} s${outcome.failedMs > 0 ? `, requests failed over ${outcome.failedMs} ms` : ''}`,
    );
    if ((await answering([rotation.place])).get(rotation.place.name) === release && release !== rotation.live) {
      rotation.previous = rotation.live;
      rotation.live = release;
    }
  }

  for (const { place, accepted, objectsBefore } of rotations) {
    const kills = outcomes.filter(({ victim, account }) => victim === 'account' && account === place.account);
    const died = kills.map(({ outcome }) => outcome.killedAt);
    failures.push(...(await soundbiteProblems(stage, place, accepted, objectsBefore, died)));
  }
  const soundbites = rotations.flatMap(({ accepted }) => accepted);
  for (const { place } of rotations) await restore(stage, place, original.get(place.name) as Digest);
  const recovery = outcomes.map(({ outcome }) => outcome.recoverySeconds);
  return {
    seed: counts.seed,
    kills: outcomes.length,
    ok: failures.length === 0,
    failures,
    recoverySeconds: { p50: quantile(recovery, 0.5), max: quantile(recovery, 1) },
    victims: Object.fromEntries(
      (['control-plane', 'postgres', 'account'] as const).map((victim) => {
        const own = outcomes.filter((one) => one.victim === victim).map(({ outcome }) => outcome);
        const seconds = own.map(({ recoverySeconds }) => recoverySeconds);
        return [
          victim,
          {
            kills: own.length,
            p50: quantile(seconds, 0.5),
            max: quantile(seconds, 1),
            failedMs: quantile(
              own.map((one) => one.failedMs),
              1,
            ),
          },
        ];
      }),
    ),
    requestsFailedMs: quantile(
      outcomes.map(({ outcome }) => outcome.failedMs),
      1,
    ),
    soundbites: soundbites.length,
    forgotten: soundbites.reduce((sum, { forgotten }) => sum + forgotten.length, 0),
    seconds: Math.round((performance.now() - begun) / 1000),
  };
}

/** The victims in a random order. */
function order(counts: Counts, chance: Chance): Victim[] {
  const kinds: readonly Victim[] = ['control-plane', 'postgres', 'account'];
  return chance.shuffled(kinds.flatMap((victim) => Array<Victim>(counts[victim]).fill(victim)));
}

/** Promotes a, then b, then goes back to a, and notes how long each takes and by which steps. */
async function undisturbed(stage: Stage, place: Place, a: Digest, b: Digest): Promise<Rotation> {
  const objectsBefore = await audioObjects(stage, place);
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
    objectsBefore,
    accepted: [],
  };
}

/** Back to what the environment ran before. */
async function restore(stage: Stage, { name }: Place, release: Digest): Promise<void> {
  const view = await promote(stage, { environment: name, kind: 'promote', release });
  if (view.state !== 'succeeded')
    throw new Error(`${name} could not be brought back to ${short(release)}: ${view.reason}`);
  await eventually(`${name} is healthy`, async () => {
    const state = (await stage.client.status()).environments.find((environment) => environment.name === name)?.state;
    if (state !== 'healthy') throw new Error(`${name} is ${state}`);
  });
}

/** Nothing hangs loose when a promotion has ended. */
async function settledProblems(stage: Stage): Promise<string[]> {
  const loose = await eventually(
    'no process hangs loose',
    async () => {
      const found = await orphans(stage);
      if (found.length > 0) throw new Error(found.join('; '));
      return [];
    },
    10_000,
  ).catch((error: Error) => [error.message]);
  return [...loose, ...(await strandedWorkflows(stage))];
}

/** The smallest value that at least this share of the values does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
