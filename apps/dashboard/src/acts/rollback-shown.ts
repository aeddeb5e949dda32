import type { CutFrom, EnvironmentView, OverviewPlace, StatusEnvironment } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { useEnvironment, usePresent, useStatus } from '../state.ts';

/** Where a rollback would lead that is asked for now. */
export type RollbackShown =
  | { readonly is: 'unknown'; readonly error: Error | null }
  | { readonly is: 'none'; readonly reason: string }
  | {
      readonly is: 'back';
      readonly to: Digest;
      /** What is live, and `to` itself where that stays; null: nothing is. */
      readonly from: Digest | null;
      /** What is on its way, and would be stopped. */
      readonly stops: Digest | null;
      /** Of `to`; null: that is not known here. */
      readonly cut: CutFrom | null;
      /** It is asked for by name, so that nothing else comes of it when something else happens first. A blocked release stays live where it is, and is no target. */
      readonly isNamed: boolean;
    };

interface Known {
  readonly view: Pick<EnvironmentView, 'previousCut'> & {
    readonly record: Pick<EnvironmentView['record'], 'liveRelease' | 'previousRelease'>;
  };
  /** Of what is live. */
  readonly cut: CutFrom | null;
  readonly running: Pick<NonNullable<OverviewPlace['running']>, 'kind' | 'state' | 'release'> | null;
  readonly status: Pick<StatusEnvironment, 'blocked' | 'wayBack'> | undefined;
}

/** As a rollback would choose: what is on its way is stopped, and what is live stays; one that is on its way already is joined; else to what was live before. */
export function rollbackShown({ view, cut, running, status }: Known): RollbackShown {
  const { liveRelease, previousRelease } = view.record;
  const back = { is: 'back', stops: null, isNamed: true } as const;
  if (running?.kind === 'rollback')
    return {
      ...back,
      to: running.release,
      from: liveRelease,
      cut: running.release === previousRelease ? view.previousCut : null,
    };
  const stops = running?.state === 'running' ? running.release : null;
  if (stops !== null && liveRelease !== null)
    return { ...back, to: liveRelease, from: liveRelease, cut, stops, isNamed: !status?.blocked };
  const refused = status?.wayBack.refused;
  if (refused) return { is: 'none', reason: `${refused.reason}; ${refused.hint}` };
  if (previousRelease !== null) return { ...back, to: previousRelease, from: liveRelease, cut: view.previousCut };
  const instead = stops === null ? '' : '; what is on its way is stopped by Abort, on the promotion’s screen';
  return { is: 'none', reason: `nothing was live there before${instead}` };
}

/** By the records, and by the last look at what stands there; undefined: of none. */
export function useRollbackShown(environment: string | undefined): RollbackShown {
  const { data, error } = useEnvironment(environment);
  const overview = usePresent();
  const status = useStatus().data?.environments.find(({ name }) => name === environment);
  if (!data || !overview.data) return { is: 'unknown', error: error ?? overview.error };
  const place = overview.data.environments.find((one) => one.environment === environment);
  return rollbackShown({ view: data, cut: place?.cut ?? null, running: place?.running ?? null, status });
}
