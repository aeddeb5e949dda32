import type { PromotionView } from '@soundbite/client';
import { short } from '@soundbite/reports/text.ts';
import { doubledVersions, ledger, ledgerProblems } from './facts.ts';
import { isBack, kill, processOf, type Victim } from './kill.ts';
import { type ChaosWish, endOf, promote } from './promotions.ts';
import { answering, type ChaosPlace, type ChaosStage } from './stage.ts';
import { type Accepted, type Seen, traffic } from './traffic.ts';

export interface ChaosTrial {
  readonly number: number;
  readonly victim: Victim;
  readonly place: ChaosPlace;
  readonly wish: ChaosWish;
  /** When to kill, in ms after the promotion was accepted. */
  readonly afterMs: number;
  /** Steps of the undisturbed run, as `name state`. */
  readonly steps: readonly string[];
}

export interface TrialResult {
  readonly failures: readonly string[];
  readonly recoverySeconds: number;
  /** From the first to the last failed request of a polling client; 0 without any. */
  readonly failedMs: number;
  readonly promotionSeconds: number;
  readonly killedAt: number;
  readonly accepted: readonly Accepted[];
}

export const stepsOf = (view: PromotionView): string[] => view.steps.map(({ name, state }) => `${name} ${state}`);

/** A killed account is away for as long as its process needs to come back; requests may fail for so long, in ms. */
const accountAwayMs = 30_000;

/** One promotion, with one kill -9 in its middle: what came out of it, against what comes out of it undisturbed. */
export async function runTrial(stage: ChaosStage, all: readonly ChaosPlace[], trial: ChaosTrial): Promise<TrialResult> {
  const { place, victim, wish } = trial;
  const before = await answering(all);
  const users = traffic(place.url, `trial ${trial.number} in ${place.name} at ${Date.now()}`);
  const begun = performance.now();
  let killing: ReturnType<typeof killLater> | undefined;
  try {
    const view = await promote(stage, wish, {
      override: wish.scenario === 'refused',
      accepted: () => {
        killing = killLater(stage, trial);
      },
    });
    const promotionSeconds = (performance.now() - begun) / 1000;
    const { at, recovered } = await (killing as NonNullable<typeof killing>);
    const recoverySeconds = await recovered;
    const seen = await users.stop();
    const failures = [
      ...outcomeProblems(view, trial),
      ...(await releaseProblems(all, before, wish)),
      ...(await doubledVersions(stage, place, liveAfter(wish, before))),
      ...ledgerProblems(await ledger(stage), view),
      ...(wish.scenario === 'refused' ? [] : requestProblems(seen, victim, at)),
      ...seen.refused,
    ];
    return {
      failures,
      recoverySeconds,
      failedMs: failedMs(seen),
      promotionSeconds,
      killedAt: at,
      accepted: seen.accepted,
    };
  } catch (error) {
    const seen = await users.stop();
    return {
      failures: [String(error), ...seen.refused],
      recoverySeconds: 0,
      failedMs: 0,
      promotionSeconds: 0,
      killedAt: 0,
      accepted: seen.accepted,
    };
  }
}

async function killLater(stage: ChaosStage, { victim, place, afterMs, number, wish }: ChaosTrial) {
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const step = await stage.client
    .promotions({ environment: place.name, limit: 1 })
    .then(
      ({ promotions }) => promotions[0]?.steps.findLast(({ state }) => state === 'running')?.name ?? 'between steps',
    )
    .catch(() => 'unknown');
  stage.say(
    `${number}: kill -9 ${processOf(victim, place)} at ${afterMs} ms (${step}) of ${wish.scenario} ${short(wish.release)} in ${place.name}`,
  );
  return kill(stage, processOf(victim, place), isBack(stage, victim, place));
}

function outcomeProblems(view: PromotionView, { wish, steps }: ChaosTrial): string[] {
  const problems: string[] = [];
  if (view.state !== endOf(wish.scenario)) problems.push(`the promotion ${view.state}: ${view.reason}`);
  if (view.release !== wish.release)
    problems.push(`it promoted ${short(view.release)} instead of ${short(wish.release)}`);
  const took = stepsOf(view).join(', ');
  if (took !== steps.join(', ')) problems.push(`its steps are ${took}; undisturbed they are ${steps.join(', ')}`);
  return problems;
}

/** What has the traffic in the wish's environment when it has ended. */
const liveAfter = ({ scenario, release, environment }: ChaosWish, before: ReadonlyMap<string, string>): string =>
  scenario === 'refused' ? (before.get(environment) ?? '') : release;

/** The right release answers there, and in the others what answered before. */
async function releaseProblems(
  all: readonly ChaosPlace[],
  before: ReadonlyMap<string, string>,
  wish: ChaosWish,
): Promise<string[]> {
  const now = await answering(all);
  return all.flatMap(({ name }) => {
    const wanted = name === wish.environment ? liveAfter(wish, before) : before.get(name);
    return now.get(name) === wanted
      ? []
      : [`${name} answers ${short(now.get(name) ?? null)}, not ${short(wanted ?? null)}`];
  });
}

function requestProblems(seen: Seen, victim: Victim, killedAt: number): string[] {
  const unforgiven =
    victim === 'account'
      ? seen.failed.filter(({ at }) => at < killedAt - 1000 || at > killedAt + accountAwayMs)
      : seen.failed;
  if (unforgiven.length === 0) return [];
  const shown = unforgiven
    .slice(0, 3)
    .map(({ at, status, error }) => `${status ?? error} ${at - killedAt} ms after the kill`);
  return [`${unforgiven.length} of ${seen.requests} requests failed: ${shown.join('; ')}`];
}

function failedMs({ failed }: Seen): number {
  const first = failed[0];
  const last = failed.at(-1);
  return first && last ? last.at - first.at : 0;
}
