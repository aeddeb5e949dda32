import { statusReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';

export const run: Run = async (shell) => {
  const status = await connectTo(shell).status();
  return { document: status, text: statusReport(status, shell.paint) };
};
