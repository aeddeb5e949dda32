import type { DemoView, PromotionList } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { useCallback } from 'react';
import { ask } from './api.ts';
import { changesNow, ofRecords } from './changes.ts';
import { usePast } from './navigation.tsx';
import { newestPage, olderPage } from './promotion-pages.ts';
import { queries } from './queries.ts';
import { releaseNamed } from './release-named.ts';
import type { Route } from './route.ts';

/** How often it is looked at what answers in the environments, in ms. */
const looksEveryMs = 15_000;

/** For how long a release's description is as good as new, in ms. */
const releasesForMs = 60_000;

/** How often it is asked who has a token, and when it was used last, in ms. */
const tokensEveryMs = 60_000;

/** What was is not asked again: it does not change. */
const recordsAt = (at: string | null) => (at === null ? ['records'] : ['past', at]);

/** By the records, at the time that is shown. */
export const useOverview = () => useOverviewAt(usePast());

/** By the records, now, whatever time is shown. */
export const usePresent = () => useOverviewAt(null);

const useOverviewAt = (at: string | null) => useQuery(overviewAt(at));

const overviewAt = (at: string | null) =>
  queryOptions({
    queryKey: [...recordsAt(at), 'overview'],
    queryFn: ({ signal }) => ask('GET /v1/overview', { query: at === null ? {} : { at }, signal }),
  });

/** Fewer letters mean too many commits; the control plane takes no more. */
const letters = { least: 3, most: 200 } as const;

/** Where commits are live that somebody means by a text, at the time that is shown. */
export function useCommits(find: string) {
  const at = usePast();
  return useQuery({
    queryKey: [...recordsAt(at), 'commits', find],
    queryFn: ({ signal }) => ask('GET /v1/commits', { query: { find, ...(at && { at }) }, signal }),
    enabled: find.length >= letters.least && find.length <= letters.most,
  });
}

/** Of one promotion, by the records; undefined: of none. */
export const useTimeline = (id: string | undefined) => useQuery({ ...timelineOf(id ?? ''), enabled: id !== undefined });

const timelineOf = (id: string) =>
  queryOptions({
    queryKey: ['records', 'timeline', id],
    queryFn: ({ signal }) => ask('GET /v1/promotions/{id}/timeline', { path: { id }, signal }),
  });

/** What of a list was not read yet. */
export interface PagesLeft {
  readonly isMore: boolean;
  /** Something of it is being read, not always the next page. */
  readonly isBusy: boolean;
  /** Why the next page could not be read; null: it was not tried, or could. */
  readonly error: unknown;
  /** Reads the next page; not while it is busy. */
  readonly readOn: () => void;
}

interface ReadByPages {
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly isFetchNextPageError: boolean;
  readonly error: unknown;
  fetchNextPage(options: { cancelRefetch: boolean }): Promise<unknown>;
}

function usePagesLeft({ hasNextPage, isFetching, isFetchNextPageError, error, fetchNextPage }: ReadByPages): PagesLeft {
  const readOn = useCallback(async () => {
    const told = changesNow();
    await fetchNextPage({ cancelRefetch: false });
    // What was told while a page was on its way was not asked for anew.
    if (changesNow() !== told) ofRecords();
  }, [fetchNextPage]);
  return { isMore: hasNextPage, isBusy: isFetching, error: isFetchNextPageError ? error : null, readOn };
}

/** What was promoted into one environment, the newest first, page by page, at the time that is shown. */
export function useHistory(environment: string) {
  const read = useInfiniteQuery(historyAt(usePast(), environment));
  return { ...read, left: usePagesLeft(read) };
}

function historyAt(at: string | null, environment: string) {
  const queryKey = [...recordsAt(at), 'history', environment];
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam: before, signal }) => {
      const seen = queries.getQueryData<InfiniteData<PromotionList, string | null>>(queryKey);
      const asks = (which: { readonly limit: number; readonly before?: string }) =>
        ask('GET /v1/promotions', { query: { environment, ...which, ...(at && { at }) }, signal });
      if (before === null) return newestPage(asks, seen && seen.pages.length > 1 ? seen.pages[0] : undefined);
      return olderPage(asks, before, seen?.pages[seen.pageParams.indexOf(before)]);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

/** How one is declared today; undefined: of none. */
export const useEnvironment = (name: string | undefined) =>
  useQuery({ ...environmentOf(name ?? ''), enabled: name !== undefined });

const environmentOf = (name: string) =>
  queryOptions({
    queryKey: ['records', 'environment', name],
    queryFn: ({ signal }) => ask('GET /v1/environments/{name}', { path: { name }, signal }),
  });

/** What one has in its account, by a look there; asked anew when what runs there changes. */
export const useAccount = (name: string, isAsked: boolean) =>
  useQuery({
    queryKey: ['look', 'account', name],
    queryFn: ({ signal }) => ask('GET /v1/environments/{name}/account', { path: { name }, signal }),
    enabled: isAsked,
  });

/** At first as many as a slow device draws at once; then more, since all are asked for anew with each change. */
const releasesAtOnce = { first: 25, later: 50 } as const;

/** Releases and what became of each, page by page, at the time that is shown. */
export function useMatrix() {
  const read = useInfiniteQuery(matrixAt(usePast()));
  return { ...read, left: usePagesLeft(read) };
}

const matrixAt = (at: string | null) =>
  infiniteQueryOptions({
    queryKey: [...recordsAt(at), 'matrix'],
    queryFn: ({ pageParam: after, signal }) => {
      const limit = after === null ? releasesAtOnce.first : releasesAtOnce.later;
      return ask('GET /v1/matrix', { query: { limit, ...(after && { after }), ...(at && { at }) }, signal });
    },
    initialPageParam: null as Digest | null,
    getNextPageParam: ({ releases, more }) => (more ? (releases.at(-1)?.release ?? null) : null),
  });

/** One release, as its own files describe it: they do not change, and whether homes share it is looked up elsewhere. So no change of the records asks for it anew. */
export const useRelease = (digest: Digest) => useQuery(releaseOf(digest));

const releaseOf = (digest: Digest) =>
  queryOptions({
    queryKey: ['release', digest],
    queryFn: ({ signal }) => ask('GET /v1/releases/{digest}', { path: { digest }, signal }),
    staleTime: releasesForMs,
  });

/** What became of one release in each environment. */
export const useWhereabouts = (release: Digest) => useQuery(whereaboutsOf(release));

const whereaboutsOf = (release: Digest) =>
  queryOptions({
    queryKey: ['records', 'whereabouts', release],
    queryFn: ({ signal }) => ask('GET /v1/matrix', { query: { release }, signal }),
  });

/** Of what packages a release is made. That does not change. */
export const useComponents = (digest: Digest) =>
  useQuery({
    queryKey: ['components', digest],
    queryFn: ({ signal }) => ask('GET /v1/releases/{digest}/components', { path: { digest }, signal }),
  });

/** What was brought as evidence of a release. */
export const useEvidence = (digest: Digest) => useQuery(evidenceOf(digest));

const evidenceOf = (digest: Digest) =>
  queryOptions({
    queryKey: ['records', 'evidence', digest],
    queryFn: ({ signal }) => ask('GET /v1/releases/{digest}/evidence', { path: { digest }, signal }),
  });

/** The ledger from its newest entry, page by page; `find`: what says these words. `newest`: the entry that was the newest when a page was asked for. */
export const useLedger = (find: string) =>
  useInfiniteQuery({
    queryKey: ['ledger', find],
    queryFn: async ({ pageParam: before, signal }) => {
      const newest = await ledgerHead(signal);
      const query = { ...(find && { find }), ...(before !== null && { before }) };
      return { newest, ...(await ask('GET /v1/ledger/newest', { query, signal })) };
    },
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
    gcTime: 0,
  });

/** Of one promotion's facts as many as the control plane gives at once; asked for anew with each change. */
const factsAtOnce = 200;

/** What the ledger has of one promotion, the newest first. */
export const useFacts = (promotion: string) =>
  useQuery({
    queryKey: ['records', 'facts', promotion],
    queryFn: ({ signal }) =>
      ask('GET /v1/ledger/newest', { query: { subject: promotion, limit: factsAtOnce }, signal }),
  });

/** The newest entry's number; 0: there is none. */
export const useLedgerHead = () =>
  useQuery({ queryKey: ['records', 'ledger'], queryFn: ({ signal }) => ledgerHead(signal) });

async function ledgerHead(signal: AbortSignal): Promise<number> {
  const { entries } = await ask('GET /v1/ledger/newest', { query: { limit: 1 }, signal });
  return entries[0]?.sequence ?? 0;
}

/** Asks anew for what is shown of the ledger. */
export const ledgerChanged = () => queries.invalidateQueries({ queryKey: ['ledger'] });

/** Whether its chain is whole; asked when somebody wants to know. */
export const useChain = () =>
  useQuery({
    queryKey: ['chain'],
    queryFn: ({ signal }) => ask('GET /v1/ledger/chain', { signal }),
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });

/** Tokens, for who may see them. When one was used last changes without anybody telling of it. */
export const useTokens = (isAllowed: boolean) =>
  useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => ask('GET /v1/tokens', { signal }),
    enabled: isAllowed,
    staleTime: 0,
    refetchInterval: tokensEveryMs,
  });

/** Asks for them anew. */
export const tokensChanged = () => queries.invalidateQueries({ queryKey: ['tokens'] });

/** By a look at what runs. Nobody tells of that, and of the past nobody knows it. */
export function useStatus() {
  const isPast = usePast() !== null;
  const seen = useQuery({
    enabled: !isPast,
    queryKey: ['look', 'status'],
    queryFn: ({ signal }) => ask('GET /v1/status', { signal }),
    refetchInterval: looksEveryMs,
    refetchOnWindowFocus: true,
    staleTime: looksEveryMs,
  });
  return isPast ? { data: undefined, error: null } : seen;
}

/** What users asked of all environments in the last hour, once the rest is shown. It is not on record: of the past nobody knows it. */
export function useTraffic(isShown: boolean) {
  const isPast = usePast() !== null;
  const seen = useQuery({
    enabled: isShown && !isPast,
    queryKey: ['traffic'],
    queryFn: ({ signal }) => ask('GET /v1/traffic', { signal }),
    refetchInterval: looksEveryMs,
    refetchOnWindowFocus: true,
    staleTime: looksEveryMs,
  });
  return isPast ? { data: undefined, error: null } : seen;
}

/** How often it is looked at traffic that moves, in ms. */
const movesEveryMs = 3_000;

/** What users asked of one environment since a time (ms since 1970), by releases; `isMoving`: it may change. */
export const useShares = (environment: string, since: number, isMoving: boolean) =>
  useQuery({
    queryKey: ['traffic', environment, since],
    queryFn: async ({ signal }) => {
      const query = { environment, since: new Date(since).toISOString() };
      return (await ask('GET /v1/traffic', { query, signal })).environments[0];
    },
    // What could not be read yet may be read later.
    refetchInterval: ({ state: { data } }) => (isMoving ? movesEveryMs : data?.seen ? false : looksEveryMs),
    refetchOnWindowFocus: isMoving,
    staleTime: isMoving ? movesEveryMs : Number.POSITIVE_INFINITY,
  });

/** Who the reader is, and what they may do (asker.tsx). */
export const askerAsked = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => ask('GET /v1/me', { signal }) });

/** Asks for what a screen shows first, unless that is done (early.ts); ends when all is answered, well or not. */
export function askFirst(route: Route | null): Promise<unknown> {
  const at = route?.at ?? null;
  return Promise.all([
    queries.prefetchQuery(overviewAt(at)),
    queries.prefetchQuery(askerAsked),
    ...(route?.screen === 'promotion' ? [queries.prefetchQuery(timelineOf(route.id))] : []),
    ...(route?.screen === 'release' ? askedOfRelease(route.release) : []),
    ...(route?.screen === 'environment'
      ? [queries.prefetchInfiniteQuery(historyAt(at, route.name)), queries.prefetchQuery(environmentOf(route.name))]
      : []),
    ...(route?.screen === 'releases' ? [queries.prefetchInfiniteQuery(matrixAt(at))] : []),
  ]);
}

function askedOfRelease(name: string) {
  const named = releaseNamed(name);
  if (named === null) return [];
  if ('digits' in named) return [queries.prefetchQuery(releaseList)];
  const { digest } = named;
  return [
    queries.prefetchQuery(releaseOf(digest)),
    queries.prefetchQuery(whereaboutsOf(digest)),
    queries.prefetchQuery(evidenceOf(digest)),
  ];
}

/** All releases that there are, here and in the store that homes share; asked for where one is named by some digits. */
export const useReleaseList = () => useQuery(releaseList);

const releaseList = queryOptions({
  queryKey: ['records', 'releases'],
  queryFn: ({ signal }) => ask('GET /v1/releases', { signal }),
});

/** How often a demo that runs is asked what it tells, in ms. */
const demoEveryMs = 500;

/** The demo that runs, or ended last. It changes records all the while: so who did not begin it hears of it, too. */
export const useDemo = () =>
  useQuery({
    queryKey: demoKey,
    queryFn: ({ signal }) => ask('GET /v1/demo', { signal }),
    refetchInterval: ({ state: { data } }) => (data?.run?.ended === null ? demoEveryMs : false),
  });

const demoKey = ['records', 'demo'];

let startedId: string | null = null;

/** The demo that was begun on this page. */
export const startedHere = () => startedId;

/** What the control plane answered to a change of it; `isBegun`: on this page. */
export async function demoTold(view: DemoView, isBegun = false): Promise<void> {
  if (isBegun) startedId = view.run?.id ?? null;
  // An answer of before must not come after this one.
  await queries.cancelQueries({ queryKey: demoKey });
  queries.setQueryData(demoKey, view);
}
