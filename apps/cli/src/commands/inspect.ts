import { inspect, readAssembly } from '@soundbite/model';
import { inspectionReport } from '@soundbite/reports';
import { assemblyFiles } from '../assembly-files.ts';
import type { CommandAction } from '../command-entry.ts';
import { exits } from '../exits.ts';

/** Works without an account and a control plane: it reads what `cdk synth` wrote, and nothing else. */
export const run: CommandAction = async (shell, [directory = 'cdk.out']) => {
  const inspection = inspect(await readAssembly(assemblyFiles(directory, shell.host.cwd())));
  const isFit = inspection.problems.length === 0 && inspection.functions.every(({ promotable }) => promotable);
  const exit = isFit ? exits.done : exits.failed;
  return { document: inspection, text: inspectionReport(inspection, shell.paint), exit };
};
