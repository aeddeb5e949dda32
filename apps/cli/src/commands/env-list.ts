import { environmentsReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { readDeclaration } from '../declaration.ts';

/** Works without a control plane: it reads the declaration and nothing else. */
export const run: CommandAction = async (shell) => {
  const declaration = await readDeclaration(shell);
  return { document: declaration, text: environmentsReport(declaration.environments, shell.paint) };
};
