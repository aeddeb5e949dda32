import type { Digest } from '@soundbite/model';
import { short } from '@soundbite/reports/text.ts';
import type { Dealt, nextTrial } from './deal.ts';
import { killOther, type OtherOutcome, others } from './others.ts';
import { cutReleases } from './releases.ts';
import type { KilledTrial } from './result.ts';
import { type Rotation, restore, undisturbed } from './rotation.ts';
import { soundbiteProblems } from './soundbites.ts';
import { answering, type ChaosPlace, type ChaosStage, places } from './stage.ts';
import type { TrialResult } from './trial.ts';

/** A home in which is promoted and killed. */
export interface Home extends Dealt {
  readonly stage: ChaosStage;
  readonly all: readonly ChaosPlace[];
  /** What its environments ran before. */
  readonly original: ReadonlyMap<string, string>;
  readonly outcomes: KilledTrial[];
}

/** Homes with the same releases, in each of whose environments all was done once undisturbed. */
export async function prepared(
  stages: readonly ChaosStage[],
  { environments, waiting, waits }: Pick<Dealt, 'waiting' | 'waits'> & { readonly environments: readonly string[] },
): Promise<Home[]> {
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
export async function taken(home: Home, trial: ReturnType<typeof nextTrial>, outcome: TrialResult): Promise<string[]> {
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
export async function saidProblems({ stage, rotations, outcomes }: Home, since: number): Promise<string[]> {
  const found: string[] = [];
  for (const { place, accepted } of rotations) {
    const kills = outcomes.filter(({ account }) => account === place.account).flatMap(({ outcome }) => outcome.kills);
    const accountKills = kills.filter(({ victim }) => victim === 'account').map(({ at }) => at);
    found.push(...(await soundbiteProblems(stage, place, accepted, { since, accountKills })));
  }
  return found;
}

/** Each of the others once, in an environment whose promotion needs it. */
export async function killOthers({ stage, all, rotations }: Home): Promise<OtherOutcome[]> {
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

/** All its environments have again what they ran before; what went wrong. */
export async function restored({ stage, rotations, original }: Home): Promise<string[]> {
  const problems: string[] = [];
  for (const { place } of rotations)
    await restore(stage, place, original.get(place.name) as Digest).catch((error: Error) =>
      problems.push(error.message),
    );
  return problems;
}
