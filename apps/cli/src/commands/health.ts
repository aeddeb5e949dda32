import { healthReport } from '@soundbite/reports';
import type { Run } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits } from '../exits.ts';
import { named } from '../names.ts';

/** An empty environment is not a failure: nothing was promised there. */
export const run: Run = async (shell, args) => {
  const report = await connectTo(shell).health(named(args));
  const ill = report.environments.some(({ state }) => state === 'down' || state === 'degraded');
  return { document: report, text: healthReport(report, shell.paint), exit: ill ? exits.failed : exits.done };
};
