import type { Digest } from '@soundbite/model';
import { short } from '@soundbite/reports/text.ts';
import { type Dealt, type Kills, nextTrial, order } from './deal.ts';
import { type HistoryProblems, historyProblems } from './facts/history.ts';
import { ledger } from './facts/observed.ts';
import { orphans } from './orphans.ts';
import { killOther, type OtherOutcome, others } from './others.ts';
import { sitesOfPromotions, strandedWorkflows } from './records.ts';
import { cutReleases } from './releases.ts';
import { type ChaosResult, chaosResult, type KilledTrial } from './result.ts';
import { type Rotation, restore, undisturbed } from './rotation.ts';
import { seeded } from './seeded.ts';
import { soundbiteProblems } from './soundbites.ts';
import { answering, type ChaosPlace, type ChaosStage, eventually, places } from './stage.ts';
import { runTrial, type TrialResult } from './trial.ts';
import type { Wait } from './waits.ts';

export interface ChaosCounts extends Kills {
  readonly seed: number;
  /** Whether host, edge, a service process and the double of Polly of each home are killed once each, too. */
  readonly others: boolean;
  /** The environments into which is promoted. */
  readonly environments: readonly string[];
  /** Of ten promotions that may wait so many (as a share of 1) wait for one of these first. */
  readonly waiting: number;
  readonly waits: readonly Wait[];
}

/** A home in which is promoted and killed. */
interface Home extends Dealt {
  readonly stage: ChaosStage;
  readonly all: readonly ChaosPlace[];
  /** What its environments ran before. */
  readonly original: ReadonlyMap<string, string>;
  readonly outcomes: KilledTrial[];
}

/**
 * Promotes and rolls back in all homes at the same time, kills something while promotions wait and while they run, and compares with what comes out of
 * it undisturbed. Ends with every environment on the release that it had before. Several homes are on one database.
 */
export async function chaos(stages: readonly ChaosStage[], counts: ChaosCounts): Promise<ChaosResult> {
  const begun = performance.now();
  const since = Date.now();
  const chance = seeded(counts.seed);
  const homes = await prepared(stages, counts);
  const failures: string[] = [];
  const left = order(counts, chance);
  for (let number = 1; left.length > 0; ) {
    const trials = homes.flatMap((home) =>
      left.length > 0 ? [{ home, trial: nextTrial(home, left, number++, chance) }] : [],
    );
    const results = await Promise.all(trials.map(({ home, trial }) => runTrial(home.stage, home.all, trial)));
    const loose = await settledProblems(stages);
    failures.push(...loose.map((failure) => `after ${number - 1}: ${failure}`));
    for (const [index, { home, trial }] of trials.entries()) {
      const outcome = results[index] as TrialResult;
      failures.push(...(await taken(home, trial, outcome)));
    }
  }
  for (const home of homes) failures.push(...(await saidProblems(home, since)));
  const otherOutcomes = counts.others ? (await Promise.all(homes.map(killOthers))).flat() : [];
  failures.push(...otherOutcomes.flatMap(({ victim, failures: found }) => found.map((one) => `${victim}: ${one}`)));
  for (const home of homes) failures.push(...(await restored(home)));
  const outcomes = homes.flatMap((home) => home.outcomes);
  const history = await judged(stages, outcomes);
  for (const [what, found] of Object.entries(history) as [string, readonly string[]][])
    failures.push(...found.map((one) => `${what}: ${one}`));
  const soundbites = homes.flatMap(({ rotations }) => rotations.flatMap(({ accepted }) => accepted));
  return chaosResult({
    ...{ seed: counts.seed, homes: homes.length, outcomes, history },
    others: otherOutcomes,
    failures,
    soundbites,
    begun,
  });
}

/** Homes with the same releases, in each of whose environments all was done once undisturbed. */
async function prepared(stages: readonly ChaosStage[], { environments, waiting, waits }: ChaosCounts): Promise<Home[]> {
  const cut = await cutReleases(stages);
  return Promise.all(
    stages.map(async (stage) => {
      const all = await places(stage);
      const original = await answering(all);
      stage.say(
        `cut ${short(cut.a)}, ${short(cut.b)} and, for the watch to refuse, ${short(cut.refused)}; every environment runs ${[...new Set(original.values())].map(short).join(', ')}`,
      );
      const rotations: Rotation[] = [];
      for (const name of environments) {
        const place = all.find((candidate) => candidate.name === name) as ChaosPlace;
        rotations.push(await undisturbed(stage, place, cut));
      }
      const wells = ({ place }: Rotation) => [original.get(place.name) as Digest, cut.a, cut.b];
      return {
        stage,
        all,
        original,
        rotations,
        releases: { wells, refused: cut.refused },
        waiting,
        waits,
        outcomes: [],
      };
    }),
  );
}

/** Takes down how a trial went; what is to be said of it. */
async function taken(home: Home, trial: ReturnType<typeof nextTrial>, outcome: TrialResult): Promise<string[]> {
  const { number, rotation, place, wish, waiting } = trial;
  const { failures, kills } = outcome;
  home.outcomes.push({ account: place.account, wait: waiting?.wait ?? null, outcome });
  rotation.accepted.push(...outcome.accepted);
  const back = kills.map(
    ({ victim, during, recoverySeconds }) => `${victim} (${during}) back after ${recoverySeconds.toFixed(1)} s`,
  );
  home.stage.say(
    `${number}: ${failures.length === 0 ? 'held' : `BROKEN: ${failures.join(' | ')}`}; ${back.join(', ')}; ended after ${outcome.promotionSeconds.toFixed(1)} s${outcome.failedMs > 0 ? `, requests failed over ${outcome.failedMs} ms` : ''}`,
  );
  const live = (await answering([place])).get(place.name);
  if (live === wish.release && wish.release !== rotation.live) {
    rotation.previous = rotation.live;
    rotation.live = wish.release;
  }
  const what = `${number} (${kills.map(({ victim }) => victim).join(', ')}; ${wish.scenario} in ${wish.environment}${waiting ? ` after ${waiting.wait}` : ''})`;
  return failures.map((failure) => `${what}: ${failure}`);
}

/** What became of what users said. */
async function saidProblems({ stage, rotations, outcomes }: Home, since: number): Promise<string[]> {
  const found: string[] = [];
  for (const { place, accepted } of rotations) {
    const kills = outcomes.filter(({ account }) => account === place.account).flatMap(({ outcome }) => outcome.kills);
    const accountKills = kills.filter(({ victim }) => victim === 'account').map(({ at }) => at);
    found.push(...(await soundbiteProblems(stage, place, accepted, { since, accountKills })));
  }
  return found;
}

/** What the records say of all that was asked for, whoever asked. */
async function judged([stage]: readonly ChaosStage[], outcomes: readonly KilledTrial[]): Promise<HistoryProblems> {
  if (!stage) return { lost: [], doubled: [], overlapping: [], early: [] };
  const trials = outcomes.map(({ outcome }) => outcome);
  return historyProblems({
    entries: await eventually('the ledger', () => ledger(stage)),
    sites: await sitesOfPromotions(stage.database),
    asked: trials.flatMap(({ promotion }) => promotion ?? []),
    letGo: trials.flatMap(({ letGo }) => letGo ?? []),
  });
}

/** Nothing hangs loose when promotions have ended. */
async function settledProblems(stages: readonly ChaosStage[]): Promise<string[]> {
  const loose = stages.map((stage) =>
    eventually(
      'no process hangs loose',
      async () => {
        const found = await orphans(stage);
        if (found.length > 0) throw new Error(found.join('; '));
        return [];
      },
      10_000,
    ).catch((error: Error) => [error.message]),
  );
  const stranded = stages[0] ? await strandedWorkflows(stages[0].database) : [];
  return [...(await Promise.all(loose)).flat(), ...stranded];
}

/** Each of the others once, in an environment whose promotion needs it. */
async function killOthers({ stage, all, rotations }: Home): Promise<OtherOutcome[]> {
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

async function restored({ stage, rotations, original }: Home): Promise<string[]> {
  const problems: string[] = [];
  for (const { place } of rotations)
    await restore(stage, place, original.get(place.name) as Digest).catch((error: Error) =>
      problems.push(error.message),
    );
  return problems;
}
