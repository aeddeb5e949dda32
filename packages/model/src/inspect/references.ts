import { asRecord, textOf } from '../template.ts';
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
      else if (stack.template.resources.has(reference.id)) found.add(keyText({ stack: stack.name, id: reference.id }));
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

type Reference = { readonly is: 'local'; readonly id: string } | { readonly is: 'import'; readonly name: string };

/** Every reference of an expression, however deep. */
function* referencesIn(value: unknown): Generator<Reference> {
  if (Array.isArray(value)) for (const item of value) yield* referencesIn(item);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, argument] of Object.entries(value)) {
    if (name === 'Ref' && typeof argument === 'string') yield { is: 'local', id: argument };
    else if (name === 'Fn::GetAtt') yield { is: 'local', id: attributeOwner(argument) };
    else if (name === 'Fn::ImportValue') yield { is: 'import', name: textOf(argument) };
    else if (name === 'Fn::Sub') yield* substituted(argument);
    else yield* referencesIn(argument);
  }
}

const attributeOwner = (argument: unknown): string =>
  Array.isArray(argument) ? String(argument[0]) : (String(argument).split('.')[0] ?? '');

/** `${Id}` and `${Id.Attribute}` of a substitution, and what its own variables lead to. */
function* substituted(argument: unknown): Generator<Reference> {
  const [text, variables] = Array.isArray(argument) ? [argument[0], asRecord(argument[1])] : [argument, {}];
  for (const [, id = ''] of String(text).matchAll(/\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}/g))
    if (!(id in variables)) yield { is: 'local', id };
  yield* referencesIn(variables);
}
