import { isConnectionError } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { environmentReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';

/** Without a control plane only the declaration is known: `url` and `record` are null then. */
export const run: Run = async (shell, [name = '']) => {
  const { environments } = await readDeclaration(shell);
  const declaration = environments.find((environment) => environment.name === name);
  if (!declaration)
    throw new SoundBiteError('environment-unknown', `${name} is no declared environment`, { source: 'user' });
  const view = await connectTo(shell)
    .environment(name)
    .catch((error: unknown) => {
      if (isConnectionError(error)) return { name, declaration, url: null, record: null };
      throw error;
    });
  return { document: view, text: environmentReport(view) };
};
