import type { Client } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { minuteText } from '@soundbite/model/flow/minute-text.ts';
import type { GateRecord } from '@soundbite/model/gates/record.ts';
import { promotionDocument } from '@soundbite/reports';
import type { Options } from './command-entry.ts';
import { addressFor, connectTo } from './connection.ts';
import { meantPromotion, waitingIn } from './meant-promotion.ts';
import type { CommandResult, Shell } from './shell.ts';

/** A promotion by its id, or what alone waits for people in an environment. Errors: `nothing-to-approve`, `usage` where several wait. */
const asked = async (client: Client, which: string, command: string) =>
  client.promotion(
    await meantPromotion(client, which, {
      of: (why) => waitingIn(why).flatMap(({ promotion, gates }) => (gates.some(isApproval) ? [promotion] : [])),
      none: (environment) =>
        new SoundBiteError('nothing-to-approve', `no promotion waits for people in ${environment}`),
      command,
    }),
  );

const isApproval = ({ gate }: GateRecord): boolean => gate === 'approval';

/** Makes a link by which somebody decides it: who asks, or the person who is named. */
export async function linked(shell: Shell, which: string, person: Options[string]): Promise<CommandResult> {
  const client = connectTo(shell);
  const { promotion, environment } = await asked(client, which, 'approve --link');
  const { path, ...link } = await client.approvalLink(promotion, typeof person === 'string' ? person : undefined);
  const address = `${await addressFor(shell)}${path}`;
  const about = `${link.person} decides promotion ${promotion} into ${environment} by it, once, until ${minuteText(link.expires)}`;
  return { document: { ...link, link: address }, text: `${address}\n\n${about}` };
}

/** Says yes or no to a promotion, or to what waits in an environment, with the release that it was seen to bring. */
export async function decided(
  shell: Shell,
  which: string,
  verdict: 'yes' | 'no',
  reason: Options[string],
): Promise<CommandResult> {
  const client = connectTo(shell);
  const { promotion, release } = await asked(client, which, verdict === 'yes' ? 'approve' : 'reject');
  const said = typeof reason === 'string' ? { reason } : {};
  const view = await client.decide(promotion, { verdict, release, ...said });
  const lacks = view.waitingFor.find(({ gate }) => gate === 'approval');
  const text = `said ${verdict} to promotion ${promotion} of ${release.slice(7, 19)} into ${view.environment}`;
  return {
    document: promotionDocument(view),
    text: lacks ? `${text}; soundbite history shows what becomes of it` : text,
  };
}
