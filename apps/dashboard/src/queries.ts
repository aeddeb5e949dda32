import { type Query, QueryClient } from '@tanstack/react-query';
import { isRefusal } from './api.ts';

/** What the control plane answered. It tells of changes itself, so nothing is asked again for having become old. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      ...{ staleTime: Number.POSITIVE_INFINITY, retry: false, refetchOnWindowFocus: false },
      // What failed by itself may answer later, and nobody tells of that. A refusal stays one.
      refetchInterval: (query) => (hasFailed(query) ? againMs : false),
    },
  },
});

/** How often it is asked again for what could not be answered, in ms. */
const againMs = 5_000;

/** Whether the last answer was none, by itself: a refusal is one. */
export const hasFailed = ({ state: { error } }: Pick<Query, 'state'>): boolean => error !== null && !isRefusal(error);
