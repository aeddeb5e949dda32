import type { Context } from 'hono';
import type { Build } from '../assets.ts';
import type { ServiceParts } from '../parts.ts';
import type { Metrics } from './metrics.ts';

/** What the outer layer (Node's server, or Lambda's event) knows of a request and a header cannot say. */
export interface Outside {
  /** The request came by the stage `rehearsal`, which public traffic cannot set. */
  readonly rehearsal?: boolean;
  /** One version was asked by its own invocation, not through the HTTP API: no request of a user's. */
  readonly pinned?: boolean;
  /** The method that was sent, where a Request cannot have it (TRACE). */
  readonly sentMethod?: string;
  /** The caller's name, where an authorizer stands in front. */
  readonly principal?: string;
  /** Bytes that an answer's body may have; absent when there is no limit. */
  readonly maxAnswerBytes?: number;
}

export interface AppTypes {
  readonly Bindings: Outside;
  readonly Variables: { requestId: string };
}

export type AppContext = Context<AppTypes>;

/** What the routes work with. */
export interface AppParts extends ServiceParts {
  readonly build: Build;
  readonly metrics: Metrics;
}
