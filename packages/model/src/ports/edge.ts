import type { Digest } from '../digest.ts';

/**
 * Where an environment's requests go. Shares are 0..1 and sum to 1 over the upstreams of one path; an upstream with share 0 is reachable by pin.
 */
export type EdgeUpstream = {
  readonly release: Digest;
  readonly share: number;
  /** It gets what is below this path, as `/admin`; absent: what is below the path of no other one. */
  readonly path?: string;
} & (
  | { readonly kind: 'http'; readonly url: string }
  /** An HTTP API of an emulated account: it applies the alias's own weights, so it is the one upstream of its path. */
  | { readonly kind: 'gateway'; readonly url: string }
);

export interface EdgeRoute {
  readonly environment: string;
  /** Wished port of the stable URL. */
  readonly port: number;
  /** Generation of the controller: a route with an older one is refused (`generation-old`). */
  readonly generation: number;
  /** None: the environment is empty, the edge answers 503 with Retry-After. */
  readonly upstreams: readonly EdgeUpstream[];
}

/** One answered request. `ms` from its arrival to the last byte; `start` in ms since 1970. */
export interface RequestRecord {
  readonly environment: string;
  readonly start: number;
  readonly method: string;
  /** The path with ids replaced by `:id`. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** Which release answered (its header, or that of the process that was asked), null when none did. */
  readonly release: string | null;
  /** Which version executed it, where the upstream says so. */
  readonly version: string | null;
  /** True for pinned and rehearsal requests: no user's. */
  readonly pinned: boolean;
}

/** The reverse proxy in front of every environment on this machine. */
export interface Edge {
  setRoute(route: EdgeRoute): Promise<{ readonly url: string }>;
  removeRoute(environment: string): Promise<void>;
  routes(): Promise<readonly (EdgeRoute & { readonly url: string })[]>;
}

/**
 * Selects requests that started at `time` or later (ms since 1970) and were not yet returned to the holder of `cursor`. A cursor is
 * valid only for the runtime and control plane that issued it; without one all are returned.
 */
export interface RequestsSince {
  readonly time: number;
  readonly cursor?: unknown;
}

/** Requests in the order in which they ended, and where to continue. Many requests may span several pages, the oldest first. */
export interface RequestPage {
  readonly records: readonly RequestRecord[];
  /** This page is not the last of now: who wants them all goes on from `next` at once. */
  readonly more?: boolean;
  /** The cursor is of a former life of what records them: this page begins at `time` once more, and tells again what was told before. */
  readonly anew?: boolean;
  /**
   * Of what time (ms since 1970) these, with those before them, are all: before `since` older ones were dropped, what came at `until` or later may come yet.
   * Absent: from the time that was asked for, until now.
   */
  readonly whole?: { readonly since?: number; readonly until?: number };
  readonly next: RequestsSince;
}

/** Outcomes of requests, whatever recorded them (edge, structured logs, CloudWatch). */
export interface Signals {
  requests(environment: string, since: RequestsSince): Promise<RequestPage>;
}
