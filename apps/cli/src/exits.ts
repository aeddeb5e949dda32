import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { PromotionState } from '@soundbite/model/promotion.ts';
import { systemProblem } from '@soundbite/model/system-problem.ts';
import { EndedBySignal } from './interrupt.ts';

/** 0 done, 1 failed (the rules said no), 2 usage or declaration, 3 errored (the machinery broke), 4 aborted; 130: detached by Ctrl-C, the work goes on. */
export const exits = { done: 0, failed: 1, usage: 2, errored: 3, aborted: 4, detached: 130 } as const;

/** User errors that say "you asked for something that is not there or cannot be asked"; every other user error is a rule's no. */
const usageCodes = new Set([
  'usage',
  'declaration',
  'database-not-shared',
  'database-unusable',
  'database-unset',
  'database-same',
  'home-no-directory',
  'records-left-behind',
  'database-move-unfinished',
  'request-invalid',
  'input-invalid',
  'override-without-reason',
  'confirmation-missing',
  'not-confirmed',
]);

/** The exit code of an error. Codes that end in `-unknown` (environment, release, promotion) are usage. */
export function exitOfError(error: unknown): number {
  if (error instanceof EndedBySignal) return error.exit;
  if (systemProblem(error)) return exits.errored;
  if (!(error instanceof SoundBiteError) || error.source === 'system') return exits.errored;
  return usageCodes.has(error.code) || error.code.endsWith('-unknown') ? exits.usage : exits.failed;
}

/** The exit code of a promotion; one that was not waited for (`--no-wait`) is no failure. */
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
export const usageError = (message: string, hint: string) =>
  new SoundBiteError('usage', message, { source: 'user', hint });
