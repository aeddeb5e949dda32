import { findingsReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';
import { exits } from '../exits.ts';

export const run: Run = async (shell, [environment = '']) => {
  await readDeclaration(shell);
  const report = await connectTo(shell).validate(environment);
  return {
    document: report,
    text: findingsReport(report.findings, shell.paint),
    exit: report.ok ? exits.done : exits.failed,
  };
};
