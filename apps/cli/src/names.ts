import { environmentsOf } from '@soundbite/model/declaration/chain.ts';
import { readDeclaration } from './declaration.ts';
import type { Shell } from './shell.ts';

type Given = readonly (string | undefined)[];

/** The names that were given, each once. */
export const givenNames = (args: Given): string[] => [...new Set(args.filter((name) => name !== undefined))];

/** The environments that a command reads: those named or, without a name, all; in declared order. `one`: the only one named. */
export interface Chosen {
  readonly names: readonly string[];
  readonly one: string | null;
}

/** Error `environment-unknown` (user), before anything is asked of anybody. */
export async function chosen(shell: Shell, args: Given): Promise<Chosen> {
  const { environments } = await readDeclaration(shell);
  const given = givenNames(args);
  const found = given.length > 0 ? environmentsOf(environments, given) : environments;
  return { names: found.map(({ name }) => name), one: given.length === 1 ? (given[0] ?? null) : null };
}
