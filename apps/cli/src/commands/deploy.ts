import { environmentsOf } from '@soundbite/model/declaration/chain.ts';
import { cutReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { cutOriginOf } from '../cut-origin.ts';
import { readDeclaration } from '../declaration.ts';
import { givenNames } from '../names.ts';
import { promoteInto } from './promote.ts';

export const run: CommandAction = async (shell, args, options) => {
  const { environments } = await readDeclaration(shell);
  // Before anything is cut: what was named is there.
  const [through] = environmentsOf(environments, givenNames(args));
  const origin = cutOriginOf(shell, options.label);
  const client = connectTo(shell);
  shell.progress.line('cutting a release from the working tree');
  const cut = await client.cut(origin);
  shell.progress.line(cutReport(cut));
  return promoteInto(shell, client, {
    environment: environments[0]?.name ?? '',
    release: cut.release,
    options: through ? { ...options, through: through.name } : options,
  });
};
