import { shortDigest } from '@soundbite/model/digest.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { CommandAction } from '../command-entry.ts';
import { confirmEnvironment } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { declaredEnvironment } from '../declaration.ts';

export const run: CommandAction = async (shell, [name = ''], options) => {
  const environment = await declaredEnvironment(shell, name);
  if (typeof options.reason !== 'string')
    throw new SoundBiteError('usage', '--reason is required: it is recorded with the takeover', {
      hint: `soundbite takeover ${name} --reason "the laptop that had it is gone"`,
    });
  const meaning = `The database that held ${name} until now can no longer act on it; the release with the traffic is recorded as live.`;
  await confirmEnvironment(shell, { environment, options, verb: 'takeover', meaning });
  const result = await connectTo(shell).takeOver(name, name, options.reason);
  const live = result.live === null ? 'nothing takes traffic there' : `${shortDigest(result.live)} is recorded as live`;
  return {
    document: result,
    text: result.changed ? `${name} is taken over; ${live}` : `${name} is this database’s already; ${live}`,
  };
};
