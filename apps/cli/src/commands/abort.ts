import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isFinal } from '@soundbite/model/promotion.ts';
import { promotionDocument, promotionSummary } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits } from '../exits.ts';
import { meantPromotion, waitingIn } from '../meant-promotion.ts';

/** Ends with 0 when the promotion was stopped or is being stopped, with 1 when it had ended before. */
export const run: CommandAction = async (shell, [which = ''], { reason }) => {
  const client = connectTo(shell);
  const id = await meantPromotion(client, which, {
    of: (why) => (why.underWay ? [why.underWay.id] : waitingIn(why).map(({ promotion }) => promotion)),
    none: (environment) =>
      new SoundBiteError('nothing-to-abort', `no promotion is running in ${environment}`, {
        hint: 'soundbite history',
      }),
    command: 'abort',
  });
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
