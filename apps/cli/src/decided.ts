import { SoundBiteError } from '@soundbite/model/errors.ts';
import { promotionDocument } from '@soundbite/reports';
import type { Options } from './command-entry.ts';
import { connectTo } from './connection.ts';
import type { CommandResult, Shell } from './shell.ts';

/** Says yes or no to a promotion, or to what waits in an environment, with the release that it was seen to bring. */
export async function decided(
  shell: Shell,
  which: string,
  verdict: 'yes' | 'no',
  reason: Options[string],
): Promise<CommandResult> {
  const client = connectTo(shell);
  const { environments } = await client.status();
  const environment = environments.find(({ name }) => name === which);
  if (environment && !environment.promotion)
    throw new SoundBiteError('nothing-to-approve', `no promotion waits in ${which}`);
  const { promotion, release } = await client.promotion(environment?.promotion?.id ?? which);
  const said = typeof reason === 'string' ? { reason } : {};
  const view = await client.decide(promotion, { verdict, release, ...said });
  const lacks = view.waitingFor.find(({ gate }) => gate === 'approval');
  const text = `said ${verdict} to promotion ${promotion} of ${release.slice(7, 19)} into ${view.environment}`;
  return {
    document: promotionDocument(view),
    text: lacks ? `${text}; soundbite history shows what becomes of it` : text,
  };
}
