import type { TimelineFacts, WaitingLook } from '@soundbite/model';
import type { PromotionView } from '../schemas.ts';

interface Seen {
  readonly looks: WaitingLook[];
  /** When each step was seen first, in order. */
  readonly steps: string[];
}

/** Remembers how promotions looked, as the engine's events do, and when their steps began. */
export function fakeCourses() {
  const seen = new Map<string, Seen>();
  return {
    /** A promotion has changed. */
    saw({ promotion, state, admission, reason, gates, steps, beganAt }: PromotionView): void {
      const all = seen.get(promotion) ?? { looks: [], steps: [] };
      const at = new Date().toISOString();
      if (state === 'waiting') all.looks.push({ at, admission, reason, gates });
      // It began with its first step, not when somebody heard of that.
      while (all.steps.length < steps.length) all.steps.push(all.steps.length === 0 ? (beganAt ?? at) : at);
      seen.set(promotion, all);
    },

    of({ promotion, admission, steps }: PromotionView): Pick<TimelineFacts, 'admittedAt' | 'looks' | 'steps'> {
      const { looks, steps: starts } = seen.get(promotion) ?? { looks: [], steps: [] };
      return {
        admittedAt: admission === null ? null : (looks.at(lastLetIn(looks))?.at ?? null),
        looks,
        steps: steps.map(({ name, state, seconds, detail = null }, index) => ({
          ...{ name, state, seconds, detail, attempts: 1, at: starts[index] ?? '' },
        })),
      };
    },
  };
}

/** What is taken back while it waits for its turn is let in anew: the first look since it was last kept out. */
const lastLetIn = (looks: readonly WaitingLook[]): number =>
  looks.findLastIndex(({ admission }) => admission === null) + 1;
