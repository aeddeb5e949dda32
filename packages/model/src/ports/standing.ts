import type { Environment } from '../declaration/shape.ts';
import type { RequestPage, RequestsSince } from './edge.ts';
import type { Fence, StackOutputs, Target } from './runtime.ts';

/** Where users reach an environment. */
export interface Address {
  readonly url: string;
  /** It answers only to a user's token, which nobody here has: what serves is asked by `request` instead. */
  readonly wantsToken: boolean;
}

/** How and where an environment stands, as its runtime knows it: nobody outside of the runtimes asks which runtime, or which cloud under it, that is. */
export interface Standing {
  /**
   * A version without traffic does nothing and costs nothing, but once it is taken away only a promotion brings it back. False: it costs while it
   * rests, and is started from the release store at any time.
   */
  readonly keepsVersions: boolean;
  /** Whether it runs or is reached through this machine, so that it goes away with it and comes back with `up`. */
  isHere(environment: Environment): boolean;
  /** How long one look holds, in ms: who looks again and again looks no more often. 0: looks cost nobody anything. */
  looksEveryMs(environment: Environment): number;
  /** Null: it has none yet. `outputs` are those of its stack; null without one. */
  address(environment: Environment, outputs: StackOutputs | null): Promise<Address | null>;
  /** Says at its address that nothing serves, where this machine gives it one; elsewhere there is nothing to do. Errors: `generation-old`. */
  rest(environment: Environment, generation: number): Promise<void>;
  /** What its requests did since then, each told once to who asks on from `next`. */
  requests(place: Pick<Target, 'environment' | 'cloud'>, since: RequestsSince): Promise<RequestPage>;
  /**
   * Names the present life of what it stands on: it changes whenever a part of that is started anew, and goes on changing while one is away. What
   * is seen meanwhile says nothing about a release. What other environments stand on does not count.
   */
  life(environment: Environment): Promise<string>;
  /** No traffic, no versions, whatever somebody deleted of them; its address says that nothing serves. `outputs` as for `address`. May be begun again. */
  takeDown(place: Pick<Target, 'environment' | 'cloud'>, outputs: StackOutputs | null, fence: Fence): Promise<void>;
}
