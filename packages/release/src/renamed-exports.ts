import type { ChosenStack } from './chosen-stacks.ts';

/**
 * A template in which exports that begin with a stack's name, as the CDK makes them, begin with the name that the stack gets: an account knows each name of an export
 * once, and may have several environments. What exports and what imports is changed alike. Pure.
 */
export const renamedExports = (
  template: Readonly<Record<string, unknown>>,
  stacks: readonly Pick<ChosenStack, 'was' | 'name'>[],
): Record<string, unknown> =>
  JSON.parse(JSON.stringify(template), (key, value: unknown) => {
    if (key === 'Fn::ImportValue') return renamed(value, stacks);
    if (key !== 'Export' || typeof value !== 'object' || value === null || !('Name' in value)) return value;
    return { ...value, Name: renamed(value.Name, stacks) };
  }) as Record<string, unknown>;

function renamed(name: unknown, stacks: readonly Pick<ChosenStack, 'was' | 'name'>[]): unknown {
  const of = stacks.find(({ was }) => typeof name === 'string' && name.startsWith(`${was}:`));
  return of ? `${of.name}${String(name).slice(of.was.length)}` : name;
}
