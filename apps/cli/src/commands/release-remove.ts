import { removedReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { askPerson, confirmationMissing, isYes, notConfirmed } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { resolveRelease } from '../releases.ts';

/** The whole digest needs no release that can be read: what is left of an altered one can be removed too. */
export const run: CommandAction = async (shell, [typed = ''], { yes }) => {
  const client = connectTo(shell);
  const release = await resolveRelease(client, typed);
  if (yes !== true) {
    const hint = `soundbite release remove ${release} --yes`;
    const answer = await askPerson(shell, `This removes ${release} from this home. Go on? [y/N] `);
    if (answer === null) throw confirmationMissing(`removing ${release}`, hint);
    if (!isYes(answer)) throw notConfirmed(`${release} was not confirmed`, hint);
  }
  const removed = await client.remove(release);
  return { document: removed, text: removedReport(removed) };
};
