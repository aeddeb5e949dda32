import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Declaration,
  type DeclarationText,
  type Environment,
  parseDeclaration,
  problemText,
  SoundBiteError,
} from '@soundbite/model';
import type { Config } from '../config.ts';

const mainFile = 'environments.yaml';
const localFile = 'environments.local.yaml';

/** Reads today's declaration whenever one of its files changed. Errors: `declaration-invalid` with the first problem's place and all of them in the message. */
export function declarationReader({
  root,
  cloudVariables,
}: Pick<Config, 'root' | 'cloudVariables'>): () => Declaration {
  let read: { readonly stamp: string; readonly declaration: Declaration } | undefined;
  return () => {
    const stamp = [mainFile, localFile].map((file) => stampOf(join(root, file))).join();
    if (read?.stamp === stamp) return read.declaration;
    const declaration = load(root, cloudVariables);
    read = { stamp, declaration };
    return declaration;
  };
}

function load(root: string, variables: Readonly<Record<string, string>>): Declaration {
  const main = textOf(root, mainFile);
  if (!main)
    throw new SoundBiteError('declaration-invalid', `${join(root, mainFile)} is not there`, {
      hint: 'restore environments.yaml',
    });
  const parsed = parseDeclaration(main, textOf(root, localFile), variables);
  if (parsed.ok) return parsed.declaration;
  const first = parsed.problems[0];
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'), {
    hint: 'fix the named lines',
    ...(first ? { path: first.path, line: first.line } : {}),
  });
}

function textOf(root: string, file: string): DeclarationText | undefined {
  try {
    return { file, text: readFileSync(join(root, file), 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs}:${stat.size}:${stat.ino}` : '-';
}

/** The declared environment of a name. Errors: `environment-unknown`, with the nearest names in the hint. */
export function environmentNamed(declaration: Declaration, name: string): Environment {
  const found = declaration.environments.find((environment) => environment.name === name);
  if (found) return found;
  throw new SoundBiteError('environment-unknown', `no environment named "${name}" is declared`, {
    hint: `one of ${declaration.environments.map((environment) => environment.name).join(', ')}`,
  });
}

/** How many environments have Lambda functions in an account, as declared now; while nothing can be read, as before: an account restarts when it changes. */
export function environmentsOnLambda(declaration: () => Declaration): (account: string) => number {
  let { environments } = declaration();
  return (account) => {
    try {
      ({ environments } = declaration());
    } catch (error) {
      if (!(error instanceof SoundBiteError)) throw error;
    }
    return environments.filter(({ cloud, runtime }) => runtime === 'aws' && cloud.account === account).length;
  };
}
