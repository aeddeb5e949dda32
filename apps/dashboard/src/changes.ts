import type { Query } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { followLive, type Live } from './live/live.ts';
import { onceMore } from './live/once-more.ts';
import { hasFailed, queries } from './queries.ts';

/** What the control plane tells of, and what is asked anew for that. */

let live: Live | undefined;

const notYet = { is: 'connecting' } as const;

/**
 * Whether what is shown is what is; `unread`: the control plane tells of changes, and something of the records that is shown could not be read last. The first who asks begins to
 * listen, once there is something to see: a slow device takes long to begin.
 */
export function useFreshness(): ReturnType<Live['now']> | { readonly is: 'unread'; readonly why: string } {
  const liveness = useSyncExternalStore(listen, () => live?.now() ?? notYet);
  const why = useSyncExternalStore(onAnswers, unreadNow);
  return liveness.is === 'live' && why !== null ? { is: 'unread', why } : liveness;
}

function listen(tell: () => void): () => void {
  live ??= begun();
  return live.onLiveness(tell);
}

function begun(): Live {
  const { newestEvent } = document.documentElement.dataset;
  const begins = followLive(heard, newestEvent ? Number(newestEvent) : null);
  begins.onLiveness(() => begins.now().is === 'live' && ofFailed());
  return begins;
}

const onAnswers = (tell: () => void) => queries.getQueryCache().subscribe(tell);

/** Why something that is shown of the records could not be read last; null: all of it was, or was refused. */
function unreadNow(): string | null {
  const shown = queries.getQueryCache().findAll({ queryKey: ['records'], type: 'active' });
  return shown.find(hasFailed)?.state.error?.message ?? null;
}

/** Asks anew for what is shown of the records, and for what runs. */
export const ofRecords = onceMore(() => anew('records'));
const ofLooks = onceMore(() => anew('look'));
/** What would be brought is looked up, which takes longer than to read it. */
const ofPlans = onceMore(() => anew('plan'));

/** Asks anew for what failed while the control plane did not answer: when it is back, it tells of changes only. */
const ofFailed = onceMore(async () => {
  // What is on its way may have been asked of the one that is gone.
  await anewWhere((query) => query.state.fetchStatus === 'fetching' || hasFailed(query));
  await anewWhere(hasFailed);
});

const anewWhere = (predicate: (query: Query) => boolean) =>
  queries.refetchQueries({ type: 'active', predicate }, { cancelRefetch: false });

/** An answer that was on its way already may be of before the change: then it is asked for once more. */
async function anew(key: 'records' | 'look' | 'plan'): Promise<void> {
  const wasUnderWay = queries.isFetching({ queryKey: [key] }) > 0;
  const ask = () => queries.invalidateQueries({ queryKey: [key] }, { cancelRefetch: false });
  await ask();
  if (wasUnderWay) await ask();
}

let changes = 0;

/** How often a change was told of. */
export const changesNow = () => changes;

/** Asks anew for what a change is about; null: for everything. */
function heard(kind: string | null): void {
  changes++;
  ofRecords();
  // What runs changes with what is promoted, not with every step of it.
  if (kind === null || kind === 'environment') ofLooks();
  // Who decides sees what would be brought now, not when the dialog was opened. The steps of promotions change nothing of it.
  if (kind !== 'promotion') ofPlans();
}
