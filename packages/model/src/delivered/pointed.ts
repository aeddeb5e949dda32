import { asRecord, textOf } from '../template.ts';
import type { FoundComponent } from './found-component.ts';
import { isFunction } from './is-function.ts';

/** What an expression may name a component's function by, and what it is to name instead. */
type Pointing = Pick<FoundComponent, 'id' | 'alias' | 'aliasName' | 'exports'>;

/**
 * An expression with a component's alias where it named the function: its reference and its ARN become the alias's ARN; in the middle of a text, and where
 * another stack has the function, the name becomes `<name>:live`. An expression without the function is answered as it is. Pure.
 */
export function pointedAt(value: unknown, component: Pointing): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isFunction(value, component.id)) return { Ref: component.alias };
  if (isImported(value, component)) return { 'Fn::Join': [':', [value, component.aliasName]] };
  const changed = replaced(value, component);
  return JSON.stringify(changed) === JSON.stringify(value) ? value : changed;
}

function replaced(value: object, component: Pointing): unknown {
  if (Array.isArray(value)) return value.map((part) => pointedAt(part, component));
  const of = asRecord(value);
  if (Array.isArray(of['Fn::Join'])) {
    const [separator, parts] = of['Fn::Join'] as [unknown, unknown];
    return { 'Fn::Join': [separator, Array.isArray(parts) ? joined(String(separator), parts, component) : parts] };
  }
  if (of['Fn::Sub'] !== undefined) return { 'Fn::Sub': substituted(of['Fn::Sub'], component) };
  return Object.fromEntries(Object.entries(of).map(([key, part]) => [key, pointedAt(part, component)]));
}

/** Behind some name the alias stands already: an app writes it so, and a stack that was handed back has it. */
function joined(separator: string, parts: readonly unknown[], component: Pointing): unknown[] {
  const hasAlias = new RegExp(`^${qualifier(component)}`);
  return parts.map((part, at) => {
    const next = parts[at + 1];
    return typeof next === 'string' && hasAlias.test(`${separator}${next}`) ? part : inText(part, component);
  });
}

/** Of a text: `:live`, and not the beginning of another name. */
const qualifier = ({ aliasName }: Pointing): string => `:${aliasName}(?![\\w-])`;

/** The ARN of the alias says everything; a name needs its qualifier. */
function inText(part: unknown, component: Pointing): unknown {
  if (asRecord(part).Ref === component.id) return { 'Fn::Join': [':', [part, component.aliasName]] };
  return pointedAt(part, component);
}

function substituted(sub: unknown, component: Pointing): unknown {
  if (Array.isArray(sub)) {
    const [text, values] = sub as [unknown, unknown];
    const named = Object.entries(asRecord(values)).map(([name, part]) => [
      name,
      unqualified(name, component).test(String(text)) ? inText(part, component) : part,
    ]);
    return [substituted(text, component), Object.fromEntries(named)];
  }
  const { id, alias, aliasName } = component;
  return String(sub)
    .replaceAll(unqualified(`${id}\\.Arn`, component), () => `\${${alias}}`)
    .replaceAll(unqualified(id, component), () => `\${${id}}:${aliasName}`);
}

/** A placeholder behind which the alias does not stand. */
const unqualified = (name: string, component: Pointing): RegExp =>
  new RegExp(`\\$\\{${name}\\}(?!${qualifier(component)})`, 'g');

const isImported = (value: unknown, { exports }: Pointing): boolean => {
  const { 'Fn::ImportValue': name } = asRecord(value);
  return name !== undefined && exports.includes(textOf(name));
};
