import type { Victim } from './kill.ts';
import type { OtherOutcome } from './others.ts';
import type { Accepted } from './traffic.ts';
import type { TrialResult } from './trial.ts';

/** One trial that was made. */
export interface KilledTrial {
  readonly victim: Victim;
  readonly account: string;
  readonly outcome: TrialResult;
}

/** Seconds until what was killed served again, and the longest time over which requests failed, in ms. */
interface Figures {
  readonly kills: number;
  readonly p50: number;
  readonly max: number;
  readonly failedMs: number;
}

/** The closing line of a run. */
export interface ChaosResult {
  readonly seed: number;
  readonly kills: number;
  readonly ok: boolean;
  readonly failures: readonly string[];
  readonly recoverySeconds: { readonly p50: number; readonly max: number };
  readonly victims: Readonly<Record<string, Figures>>;
  /** Texts that were accepted, and how often an account had forgotten one with its last second. */
  readonly soundbites: number;
  readonly forgotten: number;
  readonly seconds: number;
}

export function chaosResult(run: {
  readonly seed: number;
  readonly outcomes: readonly KilledTrial[];
  readonly others: readonly OtherOutcome[];
  readonly failures: readonly string[];
  readonly soundbites: readonly Accepted[];
  readonly begun: number;
}): ChaosResult {
  const all = run.outcomes.map(({ outcome }) => outcome);
  const figures = [...new Set(run.outcomes.map(({ victim }) => victim))]
    .sort()
    .map(
      (victim) =>
        [victim, figuresOf(run.outcomes.filter((one) => one.victim === victim).map(({ outcome }) => outcome))] as const,
    );
  const { p50, max } = figuresOf(all);
  return {
    seed: run.seed,
    kills: all.length + run.others.length,
    ok: run.failures.length === 0,
    failures: run.failures,
    recoverySeconds: { p50, max },
    victims: Object.fromEntries([
      ...figures,
      ...run.others.map((other) => [other.victim, figuresOf([other])] as const),
    ]),
    soundbites: run.soundbites.length,
    forgotten: run.soundbites.reduce((sum, { forgotten }) => sum + forgotten.length, 0),
    seconds: Math.round((performance.now() - run.begun) / 1000),
  };
}

function figuresOf(outcomes: readonly Pick<TrialResult, 'recoverySeconds' | 'failedMs'>[]): Figures {
  const seconds = outcomes.map(({ recoverySeconds }) => recoverySeconds);
  return {
    kills: outcomes.length,
    p50: quantile(seconds, 0.5),
    max: quantile(seconds, 1),
    failedMs: Math.max(0, ...outcomes.map(({ failedMs }) => failedMs)),
  };
}

/** The smallest value that at least this share of the values does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
