import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Declaration,
  type DeclarationText,
  type Environment,
  parseDeclaration,
  problemText,
  SoundBiteError,
} from '@soundbite/model';
import type { Shell } from './shell.ts';

/**
 * environments.yaml with environments.local.yaml and the SOUNDBITE_CLOUD_* variables over it.
 * Error `declaration-invalid`: every problem at once, one a line; path and line are those of the first.
 */
export async function readDeclaration(shell: Shell): Promise<Declaration> {
  const main = await read(shell, 'environments.yaml');
  if (!main) {
    throw new SoundBiteError('declaration-invalid', `there is no environments.yaml in ${shell.root}`, {
      hint: 'git checkout environments.yaml',
    });
  }
  const local = await read(shell, 'environments.local.yaml');
  const parsed = parseDeclaration(main, local ?? undefined, cloudVariables(shell));
  if (parsed.ok) return parsed.declaration;
  const [first] = parsed.problems;
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'), {
    hint: 'fix these lines, then run: soundbite env list',
    ...(first ? { path: first.path, line: first.line } : {}),
  });
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

async function read({ root }: Shell, file: string): Promise<DeclarationText | null> {
  try {
    return { file, text: await readFile(join(root, file), 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** `2 problems, first: …` of a declaration that could not be read. */
export function problemCount(error: unknown): string {
  if (!(error instanceof SoundBiteError)) throw error;
  const problems = error.message.split('\n');
  return problems.length === 1 ? error.message : `${problems.length} problems, first: ${problems[0]}`;
}
