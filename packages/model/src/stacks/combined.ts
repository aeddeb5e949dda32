import { awsNames } from '../names.ts';
import { stackParameters } from '../stack-parameters.ts';
import { asList, asRecord, type Json, textOf } from '../template.ts';
import { referencesIn } from '../template-references.ts';

/** A stack's template, and the name of the stack. */
export interface StackTemplate {
  readonly stack: string;
  readonly template: unknown;
}

/** Between a stack's name and what is of it, in a template of several stacks. */
const separator = '/';

/** What is named `id` in a stack, in the template that combines it with others: `soundbite-dev-OrdersApi/Handler`. */
export const combinedId = (stacks: readonly string[], stack: string, id: string): string =>
  stacks.length > 1 ? `${stack}${separator}${id}` : id;

/** The stack and the id in it of what a combined template calls `id`; without a stack's name it is of the only one. */
export function ownId(id: string): { readonly stack: string | null; readonly id: string } {
  const at = id.indexOf(separator);
  return at < 0 ? { stack: null, id } : { stack: id.slice(0, at), id: id.slice(at + 1) };
}

/**
 * The templates of all stacks of an environment read as one, so that whatever judges a template judges a service of several stacks, too: ids begin with the
 * stack's name, what a stack imports from another one of them is what that exports, and each stack's name stands for itself. It is never deployed. The template of
 * the only stack of the usual name is itself. Pure.
 */
export function combinedTemplate(parts: readonly StackTemplate[], environment: string): unknown {
  const [first, ...more] = parts;
  if (!first) return {};
  if (more.length === 0)
    return first.stack === awsNames(environment).stack
      ? first.template
      : { ...asRecord(first.template), [stacksKey]: [first.stack] };
  const scopes = parts.map((part) => scopeOf(part, parts));
  return {
    [stacksKey]: parts.map(({ stack }) => stack),
    ...Object.fromEntries(
      sections.map((name) => [name, Object.assign({}, ...scopes.map((scope) => sectionOf(scope, name)))]),
    ),
  };
}

const stacksKey = 'Stacks';
const sections = ['Parameters', 'Mappings', 'Conditions', 'Resources', 'Outputs'] as const;

/** The names of the stacks that a template combines; none: it is of the one of the usual name. */
export const combinedStacks = (template: unknown): readonly string[] =>
  asList(asRecord(template)[stacksKey]).map(String);

/** Parameters or outputs of stacks by the ids that they have in the combined template. */
export const combinedRecord = <T>(
  parts: readonly { readonly stack: string; readonly of: Readonly<Record<string, T>> }[],
) =>
  Object.fromEntries(
    parts.flatMap(({ stack, of }) =>
      Object.entries(of).map(([id, value]) => [
        parts.length > 1 && !isGiven(id) ? `${stack}${separator}${id}` : id,
        value,
      ]),
    ),
  ) as Readonly<Record<string, T>>;

/** Every stack has these parameters, with the same values. */
const isGiven = (id: string): boolean => Object.values<string>(stackParameters).includes(id);

const importersKey = 'ImportedBy';
const exportedKey = 'ExportedAs';

/** The stacks of the same environment that import an output of a combined template; null: it is exported to none of them, or the template is of one stack. */
export function importersOf(output: unknown): readonly string[] | null {
  const stacks = asRecord(output)[importersKey];
  return Array.isArray(stacks) ? stacks.map(String) : null;
}

/** The name under which an output is exported, as its template gives it; undefined: it is not. */
export const exportedAs = (output: unknown): unknown =>
  asRecord(asRecord(output).Export).Name ?? asRecord(output)[exportedKey];

/** One stack among others. */
interface Scope extends StackTemplate {
  /** A local name in the combined template; what is no name of the stack (`AWS::Region`) stays as it is. */
  named(section: (typeof sections)[number], id: string): string;
  /** What another stack of these exports under a name, in its combined form; undefined: none of them. */
  exported(name: unknown): unknown;
  /** Which of these stacks import what is exported under a name. */
  importers(name: unknown): readonly string[];
}

function scopeOf({ stack, template }: StackTemplate, parts: readonly StackTemplate[]): Scope {
  const all = asRecord(template);
  const exported = (name: unknown): unknown => {
    for (const other of parts)
      for (const output of Object.values(asRecord(asRecord(other.template).Outputs))) {
        const { Export, Value } = asRecord(output);
        const known = asRecord(Export).Name;
        if (known !== undefined && textOf(known) === textOf(name))
          return rewritten(
            Value,
            scopeOf(
              other,
              parts.filter((one) => one !== other),
            ),
          );
      }
    return undefined;
  };
  const importers = (name: unknown): string[] =>
    parts.filter((other) => importsIn(other.template).has(textOf(name))).map((other) => other.stack);
  return {
    ...{ stack, template, exported, importers },
    named: (section, id) =>
      Object.hasOwn(asRecord(all[section]), id) && !isGiven(id) ? `${stack}${separator}${id}` : id,
  };
}

const importsIn = (template: unknown): ReadonlySet<string> =>
  new Set([...referencesIn(asRecord(template).Resources)].flatMap((one) => (one.is === 'import' ? [one.name] : [])));

function sectionOf(scope: Scope, section: (typeof sections)[number]): Json {
  const all = Object.entries(asRecord(asRecord(scope.template)[section]));
  return Object.fromEntries(all.map(([id, value]) => [scope.named(section, id), entryOf(value, section, scope)]));
}

function entryOf(value: unknown, section: (typeof sections)[number], scope: Scope): unknown {
  if (section === 'Parameters' || section === 'Mappings') return value;
  if (section === 'Conditions') return rewritten(value, scope);
  const { Condition, DependsOn, Export, ...rest } = asRecord(value);
  const exported = asRecord(Export).Name;
  return {
    ...asRecord(rewritten(rest, scope)),
    ...(exported === undefined ? {} : { [exportedKey]: exported, [importersKey]: scope.importers(exported) }),
    ...(typeof Condition === 'string' ? { Condition: scope.named('Conditions', Condition) } : {}),
    ...(DependsOn === undefined
      ? {}
      : { DependsOn: asList(DependsOn).map((id) => scope.named('Resources', String(id))) }),
  };
}

/** An expression with the names of the combined template. */
function rewritten(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, scope));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined], ...more] = entries;
  const special = more.length === 0 ? intrinsics[name]?.(argument, scope) : undefined;
  if (special !== undefined) return special;
  return Object.fromEntries(entries.map(([key, one]) => [key, rewritten(one, scope)]));
}

const intrinsics: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: (argument, scope) => referenceTo(String(argument), scope),
  'Fn::GetAtt': (argument, scope) => {
    const [id = '', ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
    return {
      'Fn::GetAtt': [
        scope.named('Resources', String(id)),
        Array.isArray(argument) ? rewritten(rest[0], scope) : rest.join('.'),
      ],
    };
  },
  'Fn::Sub': (argument, scope) => substituted(argument, scope),
  'Fn::ImportValue': (argument, scope) => scope.exported(argument) ?? { 'Fn::ImportValue': rewritten(argument, scope) },
  'Fn::If': (argument, scope) => {
    const [condition, ...rest] = asList(argument);
    return { 'Fn::If': [scope.named('Conditions', String(condition)), ...rest.map((one) => rewritten(one, scope))] };
  },
  Condition: (argument, scope) =>
    typeof argument === 'string' ? { Condition: scope.named('Conditions', argument) } : undefined,
  'Fn::FindInMap': (argument, scope) => {
    const [map, ...keys] = asList(argument);
    const named = typeof map === 'string' ? scope.named('Mappings', map) : rewritten(map, scope);
    return { 'Fn::FindInMap': [named, ...keys.map((one) => rewritten(one, scope))] };
  },
};

function referenceTo(id: string, scope: Scope): unknown {
  if (id === 'AWS::StackName') return scope.stack;
  const parameter = scope.named('Parameters', id);
  return { Ref: parameter === id ? scope.named('Resources', id) : parameter };
}

/** As a join: the ids of a combined template are none that a substitution may hold. */
function substituted(argument: unknown, scope: Scope): unknown {
  const [text, given] = Array.isArray(argument) ? [String(argument[0]), asRecord(argument[1])] : [String(argument), {}];
  const parts = text.split(/(\$\{[^}]+\})/).flatMap((part): unknown[] => {
    const name = /^\$\{([^!}][^}]*)\}$/.exec(part)?.[1];
    if (name === undefined) return part === '' ? [] : [part.replace(/^\$\{!/, '${')];
    if (Object.hasOwn(given, name)) return [rewritten(given[name], scope)];
    const [id = '', ...attribute] = name.split('.');
    return [attribute.length > 0 ? rewritten({ 'Fn::GetAtt': name }, scope) : referenceTo(id, scope)];
  });
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  return parts.length === 1 ? parts[0] : { 'Fn::Join': ['', parts] };
}
