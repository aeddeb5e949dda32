import { type Client, isConnectionError } from '@soundbite/client';
import { environmentsOf } from '@soundbite/model/declaration/chain.ts';
import { environmentReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';
import { chosen } from '../names.ts';

/** Without a control plane only the declaration is known: `url`, `record` and `account` are null then. */
export const run: CommandAction = async (shell, args, options) => {
  const { names, one } = await chosen(shell, args);
  const { environments } = await readDeclaration(shell);
  const client = connectTo(shell);
  const views = await Promise.all(
    environmentsOf(environments, names).map((declaration) =>
      shown(client, declaration.name, options.account === true).catch((error: unknown) => {
        if (isConnectionError(error))
          return {
            ...{ name: declaration.name, declaration, url: null, record: null },
            ...(options.account === true ? { account: null } : {}),
          };
        throw error;
      }),
    ),
  );
  return {
    document: one === null ? { environments: views } : views[0],
    text: views.map(environmentReport).join('\n\n'),
  };
};

async function shown(client: Client, name: string, withAccount: boolean) {
  const [view, account] = await Promise.all([client.environment(name), withAccount ? client.account(name) : undefined]);
  return { ...view, ...(account ? { account } : {}) };
}
