import type { Environment } from '@soundbite/model';

/** What the help knows of an environment. */
export type HelpEnvironment = Pick<Environment, 'name' | 'runtime'>;

/** Stand in examples for declared environments: the first, the last, the one before the last, and the first that runs as processes. */
const places = /\{(first|middle|last|process)\}/g;

/**
 * Examples that can be typed as they stand: with the environments that are declared here. Left out are those for which there are too few, or none of
 * the kind. Where nothing can be read of them: `<environment>`.
 */
export function examplesFor(examples: readonly string[], declared: readonly HelpEnvironment[]): string[] {
  if (declared.length === 0) return examples.map((example) => example.replace(places, '<environment>'));
  const names: Readonly<Record<string, string | undefined>> = {
    first: declared[0]?.name,
    middle: (declared.at(-2) ?? declared[0])?.name,
    last: declared.at(-1)?.name,
    process: declared.find(({ runtime }) => runtime === 'process')?.name,
  };
  return examples.flatMap((example) => {
    const wanted = [...new Set([...example.matchAll(places)].map(([, place = '']) => names[place]))];
    const isMeant = wanted.length === new Set([...example.matchAll(places)].map(([place]) => place)).size;
    if (!isMeant || wanted.includes(undefined)) return [];
    return [example.replace(places, (_, place: string) => names[place] ?? '')];
  });
}
