import type { PromotionView } from '@soundbite/client';
import { isFinal } from '@soundbite/model';
import { short } from '@soundbite/reports/text.ts';
import { grown, type LetGo } from './facts/history.ts';
import { doubledVersions, ledger } from './facts/observed.ts';
import {
  failedMs,
  type KillOutcome,
  ledgerProblems,
  liveAfter,
  outcomeProblems,
  releaseProblems,
  requestProblems,
} from './facts/outcome.ts';
import { isBack, type Killed, kill, processOf, type Victim } from './kill.ts';
import { type ChaosWish, promote } from './promotions.ts';
import { rowsNaming } from './records.ts';
import type { Chance } from './seeded.ts';
import { answering, type ChaosPlace, type ChaosStage, eventually } from './stage.ts';
import { type Accepted, type Seen, traffic } from './traffic.ts';
import { keepOut, saysItWaits, type Wait } from './waits.ts';

/** What is killed, in ms after the promotion was accepted, waits, or was let go. */
export interface PlannedKill {
  readonly victim: Victim;
  readonly afterMs: number;
}

export interface ChaosTrial {
  readonly number: number;
  readonly place: ChaosPlace;
  readonly wish: ChaosWish;
  /** While it runs. */
  readonly running: PlannedKill;
  /** What it waits for first, and what is killed meanwhile; null: it goes in at once. */
  readonly waiting: (PlannedKill & { readonly wait: Wait; readonly chance: Chance }) | null;
  /** Steps of the undisturbed run, as `name state`. */
  readonly steps: readonly string[];
}

export interface TrialResult {
  readonly failures: readonly string[];
  readonly kills: readonly KillOutcome[];
  /** The promotion; null: it could not be asked for, or followed. */
  readonly promotion: string | null;
  readonly letGo: LetGo | null;
  /** From the first to the last failed request of a polling client; 0 without any. */
  readonly failedMs: number;
  readonly promotionSeconds: number;
  readonly accepted: readonly Accepted[];
}

/**
 * One promotion, with a kill -9 in its middle and, where it waits first, one while it waits: what came out of it, against what comes out of it
 * undisturbed.
 */
export async function runTrial(stage: ChaosStage, all: readonly ChaosPlace[], trial: ChaosTrial): Promise<TrialResult> {
  const { place, wish } = trial;
  const before = await answering(all);
  const users = traffic(place.url, `trial ${trial.number} in ${place.name} at ${Date.now()}`);
  const begun = performance.now();
  const kills: KillOutcome[] = [];
  const failures: string[] = [];
  let promotion: string | null = null;
  let letGo: LetGo | null = null;
  let view: PromotionView | null = null;
  let promotionSeconds = 0;
  let killing: Promise<void> = Promise.resolve();
  const strike = (one: PlannedKill, during: KillOutcome['during']) =>
    killLater(stage, trial, one, during).then((made) => void kills.push(made));
  try {
    const kept = trial.waiting && (await keepOut(stage, place, trial.waiting.wait, trial.waiting.chance));
    view = await promote(stage, wish, {
      override: trial.waiting?.wait !== 'approval' && (wish.scenario === 'refused' || stage.asksPeople),
      async accepted({ promotion: id }) {
        promotion = id;
        if (trial.waiting && kept) {
          await saysItWaits(stage, id, kept.gate);
          failures.push(...(await waitingCosts(stage, id, () => strike(trial.waiting as PlannedKill, 'waiting'))));
        }
        killing = strike(trial.running, 'running');
        if (kept) letGo = { promotion: id, ...(await kept.letGo(id)) };
      },
    });
    promotionSeconds = (performance.now() - begun) / 1000;
    await killing;
  } catch (error) {
    failures.push(String(error));
  }
  await killing.catch(() => undefined);
  const seen = await users.stop();
  failures.push(...seen.refused);
  if (view) {
    const saw = { view, before, seen, kills };
    failures.push(...(await problemsAfter(stage, all, trial, saw).catch((error: unknown) => [String(error)])));
  }
  const { accepted } = seen;
  return { failures, kills, promotion, letGo, failedMs: failedMs(seen), promotionSeconds, accepted };
}

/** What is to be said of a promotion that ended. */
async function problemsAfter(
  stage: ChaosStage,
  all: readonly ChaosPlace[],
  trial: ChaosTrial,
  saw: {
    readonly view: PromotionView;
    readonly before: ReadonlyMap<string, string>;
    readonly seen: Seen;
    readonly kills: readonly KillOutcome[];
  },
): Promise<string[]> {
  const { place, wish } = trial;
  const { view, before, seen, kills } = saw;
  return [
    ...outcomeProblems(view, trial),
    ...releaseProblems(await answering(all), before, wish),
    ...(await doubledVersions(stage, place, liveAfter(wish, before))),
    ...ledgerProblems(await ledger(stage), view),
    ...(wish.scenario === 'refused' ? [] : requestProblems(seen, kills)),
  ];
}

/** A promotion that waits costs no row, whoever dies meanwhile. Where a time has let it in before it is looked at again, there is nothing to compare. */
async function waitingCosts(stage: ChaosStage, id: string, meanwhile: () => Promise<void>): Promise<string[]> {
  const before = await rowsNaming(stage.database, id);
  await meanwhile();
  const after = await rowsNaming(stage.database, id);
  const { admission, state } = await eventually('the promotion', () => stage.client.promotion(id));
  return admission === null && !isFinal(state) ? grown(before, after) : [];
}

async function killLater(
  stage: ChaosStage,
  { place, number, wish, waiting }: ChaosTrial,
  { victim, afterMs }: PlannedKill,
  during: KillOutcome['during'],
): Promise<KillOutcome> {
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const step = await stage.client
    .promotions({ environment: place.name, limit: 1 })
    .then(({ promotions }) => whereItIs(promotions[0]))
    .catch(() => 'unknown');
  stage.say(
    `${number}: kill -9 ${processOf(victim, place)} at ${afterMs} ms (${step}${waiting ? `, kept by ${waiting.wait}` : ''}) of ${wish.scenario} ${short(wish.release)} in ${place.name}`,
  );
  const { at, recovered }: Killed = await kill(stage, processOf(victim, place), isBack(stage, victim, place));
  return { victim, during, at, recoverySeconds: await recovered };
}

function whereItIs(view: PromotionView | undefined): string {
  if (view?.waitingFor.length) return `waits for ${view.waitingFor.map(({ gate }) => gate).join()}`;
  return view?.steps.findLast(({ state }) => state === 'running')?.name ?? 'between steps';
}
