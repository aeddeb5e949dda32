import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Declaration,
  type DeclarationReading,
  type Environment,
  environmentsFile,
  parseDeclaration,
  problemText,
  SoundBiteError,
  type TextOf,
} from '@soundbite/model';
import type { Config } from '../config.ts';

/**
 * Reads today's declaration whenever one of the files that it was read from changed: the schema of the settings is one, too. Errors:
 * `declaration-invalid` with the first problem's place and all of them in the message.
 */
export function declarationReader({
  root,
  cloudVariables,
  runtime = null,
}: Pick<Config, 'root' | 'cloudVariables'> & Partial<Pick<Config, 'runtime'>>): () => Declaration {
  const stamped = (files: Iterable<string>) => [...files].map((file) => stampOf(join(root, file))).join();
  let read:
    | { readonly files: readonly string[]; readonly stamp: string; readonly declaration: Declaration }
    | undefined;
  return () => {
    if (read && read.stamp === stamped(read.files)) return read.declaration;
    const stamps = new Map<string, string>();
    const declaration = load(root, { variables: cloudVariables, runtime }, (file) => {
      // Taken first: what changes while it is read is read again.
      stamps.set(file, stampOf(join(root, file)));
      return textIn(root, file);
    });
    read = { files: [...stamps.keys()], stamp: [...stamps.values()].join(), declaration };
    return declaration;
  };
}

function load(root: string, reading: DeclarationReading, textOf: TextOf): Declaration {
  if (textOf(environmentsFile) === undefined)
    throw new SoundBiteError('declaration-invalid', `${join(root, environmentsFile)} is not there`, {
      hint: `restore ${environmentsFile}`,
    });
  const parsed = parseDeclaration(textOf, reading);
  if (parsed.ok) return parsed.declaration;
  const first = parsed.problems[0];
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'), {
    hint: 'fix the named lines',
    ...(first ? { path: first.path, line: first.line } : {}),
  });
}

function textIn(root: string, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8');
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
