import type { PromotionView } from '@soundbite/client';
import type { LedgerEntry } from '@soundbite/model';
import { short } from '@soundbite/reports/text.ts';
import type { Victim } from '../kill.ts';
import { type ChaosWish, endOf } from '../promotions.ts';
import type { Seen } from '../traffic.ts';

/** One kill, as it went. */
export interface KillOutcome {
  readonly victim: Victim;
  readonly during: 'waiting' | 'running';
  /** In ms since 1970. */
  readonly at: number;
  readonly recoverySeconds: number;
}

export const stepsOf = ({ steps }: Pick<PromotionView, 'steps'>): string[] =>
  steps.map(({ name, state }) => `${name} ${state}`);

type Ended = Pick<PromotionView, 'promotion' | 'state' | 'reason' | 'release' | 'steps'>;

/** It ended as what was wished for ends, with that release, by the steps of an undisturbed run. */
export function outcomeProblems(
  view: Ended,
  { wish, steps }: { readonly wish: ChaosWish; readonly steps: readonly string[] },
): string[] {
  const problems: string[] = [];
  if (view.state !== endOf(wish.scenario)) problems.push(`the promotion ${view.state}: ${view.reason}`);
  if (view.release !== wish.release)
    problems.push(`it promoted ${short(view.release)} instead of ${short(wish.release)}`);
  const took = stepsOf(view).join(', ');
  if (took !== steps.join(', ')) problems.push(`its steps are ${took}; undisturbed they are ${steps.join(', ')}`);
  return problems;
}

/** A promotion is asked for once, let in once, each of its steps ends once, and it ends once. What people said of it stands between. */
export function ledgerProblems(entries: readonly LedgerEntry[], promotion: Ended): string[] {
  const own = entries.filter(({ subject, kind }) => subject === promotion.promotion && kind !== 'promotion.approved');
  const said = own.map(({ kind, payload }) =>
    kind === 'step.finished' ? `step ${(payload as { step: string }).step}` : kind,
  );
  const wanted = [
    ...['requested', 'admitted', 'planned'].map((what) => `promotion.${what}`),
    ...promotion.steps.map(({ name }) => `step ${name}`),
    'promotion.finished',
  ];
  return said.join() === wanted.join() ? [] : [`the ledger has ${said.join(', ')}; wanted ${wanted.join(', ')}`];
}

/** What has the traffic in the wish's environment when it has ended. */
export const liveAfter = (
  { scenario, release, environment }: ChaosWish,
  before: ReadonlyMap<string, string>,
): string => (scenario === 'refused' ? (before.get(environment) ?? '') : release);

/** The right release answers there, and in the others what answered before; all by their names. */
export const releaseProblems = (
  now: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  wish: ChaosWish,
): string[] =>
  [...before.keys()].flatMap((name) => {
    const wanted = name === wish.environment ? liveAfter(wish, before) : before.get(name);
    return now.get(name) === wanted
      ? []
      : [`${name} answers ${short(now.get(name) ?? null)}, not ${short(wanted ?? null)}`];
  });

/** A killed account is away for as long as its process needs to come back; requests may fail for so long, in ms. */
const accountAwayMs = 30_000;

/** Only while a killed account is away may requests fail. */
export function requestProblems(seen: Pick<Seen, 'requests' | 'failed'>, kills: readonly KillOutcome[]): string[] {
  const away = kills.filter(({ victim }) => victim === 'account');
  const isForgiven = (at: number) => away.some((killed) => at >= killed.at - 1000 && at <= killed.at + accountAwayMs);
  const unforgiven = seen.failed.filter(({ at }) => !isForgiven(at));
  if (unforgiven.length === 0) return [];
  const last = kills.at(-1)?.at ?? 0;
  const shown = unforgiven
    .slice(0, 3)
    .map(({ at, status, error }) => `${status ?? error} ${at - last} ms after the last kill`);
  return [`${unforgiven.length} of ${seen.requests} requests failed: ${shown.join('; ')}`];
}

/** From the first to the last failed request; 0 without any. */
export function failedMs({ failed }: Pick<Seen, 'failed'>): number {
  const first = failed[0];
  const last = failed.at(-1);
  return first && last ? last.at - first.at : 0;
}
