import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isFinal } from '@soundbite/model/promotion.ts';
import { promotionDocument, promotionSummary } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits } from '../exits.ts';

/** Ends with 0 when the promotion was stopped or is being stopped, with 1 when it had ended before. */
export const run: CommandAction = async (shell, [which = ''], { reason }) => {
  const client = connectTo(shell);
  const { environments } = await client.status();
  const environment = environments.find(({ name }) => name === which);
  if (environment && !environment.promotion) {
    throw new SoundBiteError('nothing-to-abort', `no promotion is running in ${which}`, {
      hint: 'soundbite history',
    });
  }
  const id = environment?.promotion?.id ?? which;
  const view = await client.abort(id, typeof reason === 'string' ? reason : undefined);
  const tooLate = isFinal(view.state) && view.state !== 'aborted';
  return {
    document: promotionDocument(view),
    text: tooLate
      ? `too late: ${promotionSummary(view, shell.paint)}`
      : `${promotionSummary(view, shell.paint)}${isFinal(view.state) ? '' : '; it is being stopped'}`,
    exit: tooLate ? exits.failed : exits.done,
  };
};
