import type { Client } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { minuteText } from '@soundbite/model/flow/minute-text.ts';
import { promotionDocument } from '@soundbite/reports';
import type { Options } from './command-entry.ts';
import { addressFor, connectTo } from './connection.ts';
import type { CommandResult, Shell } from './shell.ts';

/** A promotion by its id, or what waits in an environment. */
async function waitingIn(client: Client, which: string) {
  const { environments } = await client.status();
  const environment = environments.find(({ name }) => name === which);
  if (environment && !environment.promotion)
    throw new SoundBiteError('nothing-to-approve', `no promotion waits in ${which}`);
  return client.promotion(environment?.promotion?.id ?? which);
}

/** Makes a link by which somebody decides it: who asks, or the person who is named. */
export async function linked(shell: Shell, which: string, person: Options[string]): Promise<CommandResult> {
  const client = connectTo(shell);
  const { promotion, environment } = await waitingIn(client, which);
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
  const { promotion, release } = await waitingIn(client, which);
  const said = typeof reason === 'string' ? { reason } : {};
  const view = await client.decide(promotion, { verdict, release, ...said });
  const lacks = view.waitingFor.find(({ gate }) => gate === 'approval');
  const text = `said ${verdict} to promotion ${promotion} of ${release.slice(7, 19)} into ${view.environment}`;
  return {
    document: promotionDocument(view),
    text: lacks ? `${text}; soundbite history shows what becomes of it` : text,
  };
}
