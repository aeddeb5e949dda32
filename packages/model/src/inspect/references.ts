import { asRecord, textOf } from '../template.ts';
import { referencesIn } from '../template-references.ts';
import { type Assembly, type AssemblyStack, keyText } from './assembly.ts';

/** Which resources an expression leads to, as `<stack>/<logical id>`: those of its own stack, and those that another one exports. */
export type Resolve = (stack: AssemblyStack, value: unknown) => ReadonlySet<string>;

/** Resolves references over all stacks of an assembly. */
export function resolver({ stacks }: Assembly): Resolve {
  const exports = exportsOf(stacks);
  return (stack, value) => {
    const found = new Set<string>();
    for (const reference of referencesIn(value)) {
      if (reference.is === 'import') for (const key of exports.get(reference.name) ?? []) found.add(key);
      else if (reference.is === 'local' && stack.template.resources.has(reference.id))
        found.add(keyText({ stack: stack.name, id: reference.id }));
    }
    return found;
  };
}

/** What each exported name leads to, within the stack that exports it. */
function exportsOf(stacks: readonly AssemblyStack[]): ReadonlyMap<string, readonly string[]> {
  const exported = stacks.flatMap(({ name: stack, template }) =>
    [...template.outputs.values()].flatMap(({ Export, Value }): [string, string[]][] => {
      const { Name } = asRecord(Export);
      if (Name === undefined) return [];
      const ids = [...referencesIn(Value)].flatMap((one) => (one.is === 'local' ? [one.id] : []));
      return [[textOf(Name), ids.map((id) => keyText({ stack, id }))]];
    }),
  );
  return new Map(exported);
}
