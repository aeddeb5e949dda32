import type { HistoryProblems } from './facts/history.ts';
import type { KillOutcome } from './facts/outcome.ts';
import type { OtherOutcome } from './others.ts';
import type { RivalsResult } from './rivals.ts';
import type { Accepted } from './traffic.ts';
import type { TrialResult } from './trial.ts';
import type { Wait } from './waits.ts';

/** One trial that was made. */
export interface KilledTrial {
  readonly account: string;
  /** What it waited for first; null: for nothing. */
  readonly wait: Wait | null;
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
  /** Homes, each with its control plane, on one database. */
  readonly homes: number;
  readonly kills: number;
  /** Of these kills: while a promotion waited, and while one ran. */
  readonly during: Readonly<Record<KillOutcome['during'], number>>;
  readonly ok: boolean;
  readonly failures: readonly string[];
  readonly promotions: number;
  /** So many of them waited first, by what for. */
  readonly waited: Readonly<Record<string, number>>;
  /** By the ledger: see `HistoryProblems`. */
  readonly lost: number;
  readonly doubled: number;
  readonly overlapping: number;
  readonly early: number;
  readonly recoverySeconds: { readonly p50: number; readonly max: number };
  readonly victims: Readonly<Record<string, Figures>>;
  /** Texts that were accepted, and how often an account had forgotten one with its last second. */
  readonly soundbites: number;
  readonly forgotten: number;
  /** Of all these: of two control planes that shared environments in memory. */
  readonly rivals: Omit<RivalsResult, 'history' | 'failures'>;
  readonly seconds: number;
}

export function chaosResult(run: {
  readonly seed: number;
  readonly homes: number;
  readonly outcomes: readonly KilledTrial[];
  readonly history: HistoryProblems;
  readonly rivals: RivalsResult;
  readonly others: readonly OtherOutcome[];
  readonly failures: readonly string[];
  readonly soundbites: readonly Accepted[];
  readonly begun: number;
}): ChaosResult {
  const kills = run.outcomes.flatMap(({ outcome: { kills: made, failedMs } }) =>
    made.map((one) => ({ ...one, failedMs })),
  );
  const all = [...kills, ...run.others.map((one) => ({ ...one, during: 'running' as const }))];
  const victims = [...new Set(all.map(({ victim }) => victim))].sort();
  const { p50, max } = figuresOf(kills);
  const { history, failures: _, ...rivals } = run.rivals;
  const found = (what: keyof HistoryProblems) => run.history[what].length + history[what].length;
  const during = (when: KillOutcome['during']) => all.filter((one) => one.during === when).length + rivals.during[when];
  return {
    ...{ seed: run.seed, homes: run.homes, kills: all.length + rivals.kills },
    during: { waiting: during('waiting'), running: during('running') },
    ok: run.failures.length === 0,
    failures: run.failures,
    promotions: run.outcomes.length + run.others.length + rivals.promotions,
    waited: counted([...run.outcomes.flatMap(({ wait }) => wait ?? []), ...namesOf(rivals.waited)]),
    ...{ lost: found('lost'), doubled: found('doubled'), overlapping: found('overlapping'), early: found('early') },
    recoverySeconds: { p50, max },
    victims: Object.fromEntries(
      victims.map((victim) => [victim, figuresOf(all.filter((one) => one.victim === victim))]),
    ),
    soundbites: run.soundbites.length,
    forgotten: run.soundbites.reduce((sum, { forgotten }) => sum + forgotten.length, 0),
    rivals,
    seconds: Math.round((performance.now() - run.begun) / 1000),
  };
}

const namesOf = (count: Readonly<Record<string, number>>): string[] =>
  Object.entries(count).flatMap(([name, times]) => Array<string>(times).fill(name));

function counted(names: readonly string[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const name of names) count[name] = (count[name] ?? 0) + 1;
  return count;
}

function figuresOf(
  outcomes: readonly (Pick<KillOutcome, 'recoverySeconds'> & Pick<TrialResult, 'failedMs'>)[],
): Figures {
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
