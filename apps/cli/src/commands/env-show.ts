import { isConnectionError } from '@soundbite/client';
import { environmentsOf } from '@soundbite/model/declaration/chain.ts';
import { environmentReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';
import { chosen } from '../names.ts';

/** Without a control plane only the declaration is known: `url` and `record` are null then. */
export const run: CommandAction = async (shell, args) => {
  const { names, one } = await chosen(shell, args);
  const { environments } = await readDeclaration(shell);
  const client = connectTo(shell);
  const views = await Promise.all(
    environmentsOf(environments, names).map((declaration) =>
      client.environment(declaration.name).catch((error: unknown) => {
        if (isConnectionError(error)) return { name: declaration.name, declaration, url: null, record: null };
        throw error;
      }),
    ),
  );
  return {
    document: one === null ? { environments: views } : views[0],
    text: views.map(environmentReport).join('\n\n'),
  };
};
