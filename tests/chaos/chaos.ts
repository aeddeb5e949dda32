import { type Kills, nextTrial, order } from './deal.ts';
import { type HistoryProblems, historyProblems } from './facts/history.ts';
import { ledger } from './facts/observed.ts';
import { killOthers, prepared, restored, saidProblems, taken } from './home.ts';
import { orphans } from './orphans.ts';
import { sitesOfPromotions, strandedWorkflows } from './records.ts';
import { type ChaosResult, chaosResult, type KilledTrial } from './result.ts';
import { type RivalsResult, rivals } from './rivals.ts';
import { seeded } from './seeded.ts';
import { type ChaosStage, eventually } from './stage.ts';
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
  /** So many kills of two control planes that share environments in memory: see `rivals`. */
  readonly rivals: number;
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
  const history = await judged(stages, outcomes, since);
  const rivalry = await amongRivals(stages, counts);
  failures.push(...rivalry.failures, ...inWords(history), ...inWords(rivalry.history));
  const soundbites = homes.flatMap(({ rotations }) => rotations.flatMap(({ accepted }) => accepted));
  return chaosResult({
    ...{ seed: counts.seed, homes: homes.length, outcomes, history, rivals: rivalry },
    others: otherOutcomes,
    failures,
    soundbites,
    begun,
  });
}

/** What the records say of all that was asked for, whoever asked. */
async function judged(
  [stage]: readonly ChaosStage[],
  outcomes: readonly KilledTrial[],
  since: number,
): Promise<HistoryProblems> {
  if (!stage) return nothingWrong;
  const trials = outcomes.map(({ outcome }) => outcome);
  return historyProblems({
    entries: await eventually('the ledger', () => ledger(stage)),
    since,
    sites: await sitesOfPromotions(stage.database),
    asked: trials.flatMap(({ promotion }) => promotion ?? []),
    letGo: trials.flatMap(({ letGo }) => letGo ?? []),
  });
}

const nothingWrong: HistoryProblems = { lost: [], doubled: [], overlapping: [], early: [] };

const inWords = ({ lost, doubled, overlapping, early }: HistoryProblems): string[] =>
  Object.entries({ lost, doubled, overlapping, early }).flatMap(([what, found]) =>
    found.map((one) => `${what}: ${one}`),
  );

/** On the same Postgres, in a database of their own. */
const amongRivals = async (
  [stage]: readonly ChaosStage[],
  { seed, rivals: kills }: ChaosCounts,
): Promise<RivalsResult> =>
  stage && kills > 0
    ? rivals(stage.database, { seed, kills, say: stage.say })
    : {
        kills: 0,
        during: { waiting: 0, running: 0 },
        victims: {},
        waited: {},
        promotions: 0,
        history: nothingWrong,
        failures: [],
      };

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
