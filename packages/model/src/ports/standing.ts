import type { Environment } from '../declaration/shape.ts';
import type { HealthPaths } from '../health-paths.ts';
import type { RequestPage, RequestsSince } from './edge.ts';
import type { Fence, StackOutputs, Target } from './target.ts';

/** Where users reach an environment. */
export interface Address {
  readonly url: string;
  /** It requires a user's token, which SoundBite does not have: use `request` to ask the live version. */
  readonly wantsToken: boolean;
}

/** Where and how an environment runs, as its runtime knows it: no code outside of the runtimes asks which runtime or cloud that is. */
export interface Standing {
  /**
   * A version without traffic does nothing and costs nothing, but once removed only a promotion restores it. False: it has a cost while
   * idle, and can be started from the release store at any time.
   */
  readonly keepsVersions: boolean;
  /** Whether it runs on this machine or is reached through it, so that it stops with it and `up` starts it again. */
  isHere(environment: Environment): boolean;
  /** How long one look is valid, in ms: polling callers look no more often. 0: looks cost nothing. */
  looksEveryMs(environment: Environment): number;
  /** Null: it has none yet, or nothing speaks HTTP. `outputs` are those of its stack; null without one. */
  address(environment: Environment, outputs: StackOutputs | null): Promise<Address | null>;
  /** Null: nothing is declared, or nothing speaks HTTP; then what runs is all that can be known. `outputs` as for `address`. */
  healthPaths(environment: Environment, outputs: StackOutputs | null): Promise<HealthPaths | null>;
  /** Makes its address answer that nothing is served, if this machine serves it; otherwise does nothing. Errors: `generation-old`. */
  rest(environment: Environment, generation: number): Promise<void>;
  /** The outcomes of its requests since then; a caller that continues from `next` gets each one once. */
  requests(place: Pick<Target, 'environment' | 'cloud'>, since: RequestsSince): Promise<RequestPage>;
  /**
   * Identifies the current incarnation of what it stands on: it changes whenever a part of that restarts, and keeps changing while one is away. What
   * is seen meanwhile says nothing about a release. Parts that only other environments use do not count.
   */
  life(environment: Environment): Promise<string>;
  /** Removes traffic and versions, even if somebody deleted some; its address then answers that nothing is served. `outputs` as for `address`. Can be repeated. */
  takeDown(place: Pick<Target, 'environment' | 'cloud'>, outputs: StackOutputs | null, fence: Fence): Promise<void>;
}
