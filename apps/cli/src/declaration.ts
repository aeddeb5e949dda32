import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Declaration,
  type DeclarationReading,
  type Environment,
  environmentsFile,
  parseDeclaration,
  problemText,
  SoundBiteError,
} from '@soundbite/model';
import { runtimeOfHome } from './home-runtime.ts';
import type { Shell } from './shell.ts';

/**
 * environments.yaml with environments.local.yaml and the SOUNDBITE_CLOUD_* variables over it.
 * Error `declaration-invalid`: every problem at once, one a line; path and line are those of the first.
 */
export async function readDeclaration(
  shell: Shell,
  reading: Pick<DeclarationReading, 'settings'> = {},
): Promise<Declaration> {
  if (textIn(shell, environmentsFile) === undefined) {
    throw new SoundBiteError('declaration-invalid', `there is no ${environmentsFile} in ${shell.root}`, {
      hint: `git checkout ${environmentsFile}`,
    });
  }
  const parsed = parseDeclaration((file) => textIn(shell, file), {
    ...{ variables: cloudVariables(shell), runtime: runtimeOfHome(shell.home) },
    ...reading,
  });
  if (parsed.ok) return parsed.declaration;
  const [first] = parsed.problems;
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'), {
    hint: 'fix these lines, then run: soundbite env list',
    ...(first ? { path: first.path, line: first.line } : {}),
  });
}

/** The declared environments for help, hints and completion: none when the declaration is wrong, which every command says by itself. */
export async function knownEnvironments(shell: Shell): Promise<readonly Environment[]> {
  const declaration = await readDeclaration(shell, { settings: 'unchecked' }).catch(() => null);
  return declaration?.environments ?? [];
}

/** The declared environment of a name. Error `environment-unknown` (user). */
export async function declaredEnvironment(shell: Shell, name: string): Promise<Environment> {
  const { environments } = await readDeclaration(shell);
  const found = environments.find((environment) => environment.name === name);
  if (found) return found;
  throw new SoundBiteError('environment-unknown', `no environment named "${name}" is declared`, {
    hint: `declared: ${environments.map((environment) => environment.name).join(', ')}`,
  });
}

function cloudVariables({ host }: Shell): Record<string, string> {
  const entries = Object.entries(host.env).filter(([name]) => name.startsWith('SOUNDBITE_CLOUD_'));
  return Object.fromEntries(entries) as Record<string, string>;
}

function textIn({ root }: Shell, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `2 problems, first: …` of a declaration that could not be read. */
export function problemCount(error: unknown): string {
  if (!(error instanceof SoundBiteError)) throw error;
  const problems = error.message.split('\n');
  return problems.length === 1 ? error.message : `${problems.length} problems, first: ${problems[0]}`;
}
