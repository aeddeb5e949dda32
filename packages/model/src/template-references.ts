import { asRecord, textOf } from './template.ts';

/** What an expression of a template names: a resource or parameter (`attribute`: of a resource), another stack's export, a condition or a mapping. */
export type TemplateReference =
  | { readonly is: 'local'; readonly id: string; readonly attribute?: string }
  | { readonly is: 'import'; readonly name: string }
  | { readonly is: 'condition'; readonly name: string }
  | { readonly is: 'mapping'; readonly name: string };

/** Every reference of an expression, however deep. */
export function* referencesIn(value: unknown): Generator<TemplateReference> {
  if (Array.isArray(value)) for (const item of value) yield* referencesIn(item);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, argument] of Object.entries(value)) yield* referencesOf(name, argument);
}

function* referencesOf(name: string, argument: unknown): Generator<TemplateReference> {
  if (name === 'Ref' && typeof argument === 'string') yield { is: 'local', id: argument };
  else if (name === 'Fn::GetAtt') yield attributeIn(argument);
  else if (name === 'Fn::ImportValue') yield { is: 'import', name: textOf(argument) };
  else if (name === 'Fn::Sub') yield* substituted(argument);
  else if (name === 'Condition' && typeof argument === 'string') yield { is: 'condition', name: argument };
  else {
    const [first] = Array.isArray(argument) ? argument : [];
    if (name === 'Fn::If' && typeof first === 'string') yield { is: 'condition', name: first };
    if (name === 'Fn::FindInMap') yield { is: 'mapping', name: textOf(first) };
    yield* referencesIn(argument);
  }
}

function attributeIn(argument: unknown): TemplateReference {
  const [id = '', ...rest] = Array.isArray(argument) ? argument.map(textOf) : String(argument).split('.');
  return { is: 'local', id, attribute: rest.join('.') };
}

/** `${Id}` and `${Id.Attribute}` of a substitution, and what its own variables name. */
function* substituted(argument: unknown): Generator<TemplateReference> {
  const [text, variables] = Array.isArray(argument) ? [argument[0], asRecord(argument[1])] : [argument, {}];
  for (const [, id = '', attribute] of String(text).matchAll(/\$\{([A-Za-z0-9]+)(?:\.([^}]*))?\}/g))
    if (!(id in variables)) yield { is: 'local', id, ...(attribute === undefined ? {} : { attribute }) };
  yield* referencesIn(variables);
}
