import { environmentsReport } from '@soundbite/reports';
import type { Run } from '../command-entry.ts';
import { readDeclaration } from '../declaration.ts';

/** Works without a control plane: it reads the declaration and nothing else. */
export const run: Run = async (shell) => {
  const declaration = await readDeclaration(shell);
  return { document: declaration, text: environmentsReport(declaration.environments, shell.paint) };
};
