import type { Digest } from '@soundbite/model/digest.ts';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { ask } from '../api.ts';
import { Problem } from '../parts/problem.tsx';
import { useTimeline } from '../state.ts';
import { Future } from './future.tsx';

interface PlanOfProps {
  readonly environment: string;
  /** Absent: that of the environment before. */
  readonly release?: Digest;
  /** The promotion that was asked for; absent: none was yet. */
  readonly promotion?: string;
}

/** What a promotion would bring; `release` absent: that of the environment before. */
export const planOf = (name: string, release?: Digest) =>
  queryOptions({
    queryKey: ['plan', name, release],
    queryFn: ({ signal }) =>
      ask('GET /v1/environments/{name}/plan', {
        path: { name },
        query: release === undefined ? {} : { release },
        signal,
      }),
    gcTime: 0,
  });

/** What a promotion would bring, looked up now, and anew with each change: it may be another release since this was opened. */
export function PlanOf({ environment: name, release, promotion }: PlanOfProps) {
  const asked = useTimeline(promotion);
  const { data, error } = useQuery(planOf(name, release));
  if (error) return <Problem error={error} what="What it would bring cannot be told" />;
  if (promotion !== undefined && asked.error)
    return <Problem error={asked.error} what="What its gates said cannot be told" />;
  const isThere = data && (promotion === undefined || asked.data);
  return isThere ? (
    <Future plan={data} {...(asked.data && { gates: asked.data.gates })} />
  ) : (
    <p className="dim">Looking what it would bring…</p>
  );
}
