import type { Digest } from '@soundbite/model/digest.ts';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../api.ts';
import { Problem } from '../parts/problem.tsx';
import { Future } from './future.tsx';

interface PlanOfProps {
  readonly environment: string;
  /** Absent: that of the environment before. */
  readonly release?: Digest;
}

/** What a promotion would bring, looked up now: it may have changed since the page was opened. */
export function PlanOf({ environment: name, release }: PlanOfProps) {
  const { data, error } = useQuery({
    queryKey: ['plan', name, release],
    queryFn: ({ signal }) =>
      ask('GET /v1/environments/{name}/plan', {
        path: { name },
        query: release === undefined ? {} : { release },
        signal,
      }),
    gcTime: 0,
  });
  if (error) return <Problem error={error} what="What it would bring cannot be told" />;
  return data ? <Future plan={data} /> : <p className="dim">Looking what it would bring…</p>;
}
