import type { Digest } from '@soundbite/model';
import { short } from '@soundbite/reports/text.ts';
import { strandedWorkflows } from './facts.ts';
import type { Victim } from './kill.ts';
import { orphans } from './orphans.ts';
import { killOther, type OtherOutcome, others } from './others.ts';
import type { ChaosWish, Scenario } from './promotions.ts';
import { cutReleases } from './releases.ts';
import { type ChaosResult, chaosResult, type KilledTrial } from './result.ts';
import { type Rotation, restore, undisturbed } from './rotation.ts';
import { type Chance, seeded } from './seeded.ts';
import { soundbiteProblems } from './soundbites.ts';
import { answering, type ChaosPlace, type ChaosStage, eventually, places } from './stage.ts';
import { runTrial } from './trial.ts';

export interface ChaosCounts {
  readonly seed: number;
  readonly 'control-plane': number;
  readonly postgres: number;
  readonly account: number;
  /** Whether host, edge, a service process and the double of Polly are killed once each, too. */
  readonly others: boolean;
  /** The environments into which is promoted. */
  readonly environments: readonly string[];
}

/**
 * Promotes and rolls back, kills something at a random moment of each, and compares with what comes out of it undisturbed. Ends with every
 * environment on the release that it had before.
 */
export async function chaos(stage: ChaosStage, counts: ChaosCounts): Promise<ChaosResult> {
  const begun = performance.now();
  const since = Date.now();
  const chance = seeded(counts.seed);
  const all = await places(stage);
  const original = await answering(all);
  const cut = await cutReleases(stage);
  stage.say(
    `cut ${short(cut.a)}, ${short(cut.b)} and, for the watch to refuse, ${short(cut.refused)}; every environment runs ${[...new Set(original.values())].map(short).join(', ')}`,
  );

  const rotations: Rotation[] = [];
  for (const name of counts.environments) {
    const place = all.find((candidate) => candidate.name === name) as ChaosPlace;
    rotations.push(await undisturbed(stage, place, cut));
  }
  const failures: string[] = [];
  const outcomes: KilledTrial[] = [];
  for (const [index, victim] of order(counts, chance).entries()) {
    const rotation = chance.pick(rotations);
    const wells = [original.get(rotation.place.name) as Digest, cut.a, cut.b];
    const wish = wishFor(rotation, { wells, refused: cut.refused }, chance);
    const { scenario, release } = wish;
    const usual = rotation.usual[scenario] ?? rotation.usual.promote;
    const afterMs = Math.round(chance.number() * usual.ms);
    const outcome = await runTrial(stage, all, {
      number: index + 1,
      victim,
      place: rotation.place,
      wish,
      afterMs,
      steps: usual.steps,
    });
    outcomes.push({ victim, account: rotation.place.account, outcome });
    rotation.accepted.push(...outcome.accepted);
    const found = [...outcome.failures, ...(await settledProblems(stage))];
    failures.push(
      ...found.map((failure) => `${index + 1} (${victim}, ${scenario} in ${wish.environment}): ${failure}`),
    );
    stage.say(
      `${index + 1}: ${found.length === 0 ? 'held' : `BROKEN: ${found.join(' | ')}`}; back after ${outcome.recoverySeconds.toFixed(1)} s, ended after ${outcome.promotionSeconds.toFixed(1)} s${outcome.failedMs > 0 ? `, requests failed over ${outcome.failedMs} ms` : ''}`,
    );
    if ((await answering([rotation.place])).get(rotation.place.name) === release && release !== rotation.live) {
      rotation.previous = rotation.live;
      rotation.live = release;
    }
  }

  for (const { place, accepted } of rotations) {
    const kills = outcomes.filter(({ victim, account }) => victim === 'account' && account === place.account);
    const died = kills.map(({ outcome }) => outcome.killedAt);
    failures.push(...(await soundbiteProblems(stage, place, accepted, { since, accountKills: died })));
  }
  const otherOutcomes = counts.others ? await killOthers(stage, all, rotations) : [];
  failures.push(
    ...otherOutcomes.flatMap(({ victim, failures: found }) => found.map((failure) => `${victim}: ${failure}`)),
  );
  for (const { place } of rotations)
    failures.push(...(await restored(stage, place, original.get(place.name) as Digest)));
  return chaosResult({
    seed: counts.seed,
    outcomes,
    others: otherOutcomes,
    failures,
    soundbites: rotations.flatMap(({ accepted }) => accepted),
    begun,
  });
}

/** Of ten three are rollbacks and, where a promotion is watched, three are refused. */
function wishFor(
  { place, live, previous, usual }: Rotation,
  { wells, refused }: { wells: readonly Digest[]; refused: Digest },
  chance: Chance,
): ChaosWish {
  const lot = chance.number();
  const scenario: Scenario = lot < 0.3 ? 'rollback' : lot < 0.6 && usual.refused ? 'refused' : 'promote';
  const releases: Readonly<Record<Scenario, readonly Digest[]>> = {
    rollback: [previous],
    refused: [refused],
    promote: wells.filter((one) => one !== live),
  };
  return { environment: place.name, scenario, release: chance.pick(releases[scenario]) };
}

/** The victims in a random order. */
function order(counts: ChaosCounts, chance: Chance): Victim[] {
  const kinds: readonly Victim[] = ['control-plane', 'postgres', 'account'];
  return chance.shuffled(kinds.flatMap((victim) => Array<Victim>(counts[victim]).fill(victim)));
}

/** Nothing hangs loose when a promotion has ended. */
async function settledProblems(stage: ChaosStage): Promise<string[]> {
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

/** Each of the others once, in an environment whose promotion needs it. */
async function killOthers(
  stage: ChaosStage,
  all: readonly ChaosPlace[],
  rotations: readonly Rotation[],
): Promise<OtherOutcome[]> {
  const outcomes: OtherOutcome[] = [];
  for (const victim of others) {
    const runtime = victim === 'polly' ? 'aws' : 'process';
    const rotation = rotations.find(({ place }) => place.runtime === runtime);
    if (!rotation) continue;
    const { place, live, previous: release, usual } = rotation;
    const outcome = await killOther(stage, all, { victim, place, live, release, afterMs: usual.promote.ms * 0.6 });
    stage.say(
      `${victim}: ${outcome.failures.length === 0 ? 'held' : `BROKEN: ${outcome.failures.join(' | ')}`}; back after ${outcome.recoverySeconds.toFixed(1)} s, requests failed over ${outcome.failedMs} ms`,
    );
    outcomes.push(outcome);
    Object.assign(rotation, { live: release, previous: live });
  }
  return outcomes;
}

async function restored(stage: ChaosStage, place: ChaosPlace, release: Digest): Promise<string[]> {
  return restore(stage, place, release).then(
    () => [],
    (error: Error) => [error.message],
  );
}
