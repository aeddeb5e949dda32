import type { Cloud } from '@soundbite/model';

/** How often a stack is looked at, and how long an operation on it may take, in ms. */
export interface Pace {
  readonly everyMs: number;
  readonly withinMs: number;
}

export const pace = (cloud: Cloud): Pace =>
  cloud.kind === 'emulated' ? { everyMs: 50, withinMs: 120_000 } : { everyMs: 2000, withinMs: 3_600_000 };
