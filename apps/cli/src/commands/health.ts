import { healthReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits } from '../exits.ts';
import { givenNames } from '../names.ts';

/** An empty environment is not a failure: nothing was promised there. */
export const run: CommandAction = async (shell, args) => {
  const report = await connectTo(shell).health(givenNames(args));
  const ill = report.environments.some(({ state }) => state === 'down' || state === 'degraded');
  return { document: report, text: healthReport(report, shell.paint), exit: ill ? exits.failed : exits.done };
};
