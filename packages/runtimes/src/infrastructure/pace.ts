import type { Cloud } from '@soundbite/model';

/** How often a stack is looked at, how long an operation on it may take, and within what time it has begun, in ms. */
export interface Pace {
  readonly everyMs: number;
  readonly withinMs: number;
  readonly beginsWithinMs: number;
}

export const pace = (cloud: Pick<Cloud, 'kind'>): Pace =>
  cloud.kind === 'emulated'
    ? { everyMs: 50, withinMs: 120_000, beginsWithinMs: 10_000 }
    : { everyMs: 2000, withinMs: 3_600_000, beginsWithinMs: 60_000 };
