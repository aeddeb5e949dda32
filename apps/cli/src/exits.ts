import { rowOfError, SoundBiteError } from '@soundbite/model/errors.ts';
import type { PromotionState } from '@soundbite/model/promotion.ts';
import { EndedBySignal } from './interrupt.ts';

/** 0 done, 1 failed (the rules said no), 2 usage or declaration, 3 errored (the machinery broke), 4 aborted; 130: detached by Ctrl-C, the work continues. */
export const exits = { done: 0, failed: 1, usage: 2, errored: 3, aborted: 4, detached: 130 } as const;

/** The exit code of an error: that of its code's row. */
export const exitOfError = (error: unknown): number =>
  error instanceof EndedBySignal ? error.exit : rowOfError(error).exit;

/** The exit code of a promotion; one that was not waited for (`--no-wait`) is not a failure. */
function exitOfPromotion(state: PromotionState): number {
  switch (state) {
    case 'failed':
      return exits.failed;
    case 'errored':
      return exits.errored;
    case 'aborted':
      return exits.aborted;
    default:
      return exits.done;
  }
}

/** Of several promotions the first that did not succeed decides. */
export const exitOfPromotions = (all: readonly { readonly state: PromotionState }[]): number =>
  all.map(({ state }) => exitOfPromotion(state)).find((code) => code !== exits.done) ?? exits.done;

/** A wrong command line: exit 2. */
export const usageError = (message: string, hint: string) => new SoundBiteError('usage', message, { hint });
