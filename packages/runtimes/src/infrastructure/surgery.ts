import type { StackMember } from '@soundbite/model';
import { asRecord, type Json } from '@soundbite/model/template.ts';

/** The value that an expression (`Ref`, or an attribute by its name) had in a stack; undefined if unknown. */
export type ValueOf = (member: StackMember, attribute: string | undefined) => string | undefined;

/**
 * A template without some of its resources. Whatever names one of them gets the value that it had, so that CloudFormation sees no change there.
 * A property of a resource of which no such value is known is left out.
 */
export function withoutResources(template: unknown, taken: readonly StackMember[], worthOf: ValueOf): Json {
  const byId = new Map(taken.map((member) => [member.id, member]));
  const { Resources, Outputs, ...rest } = asRecord(template);
  const resources = Object.entries(asRecord(Resources))
    .filter(([id]) => !byId.has(id))
    .map(([id, resource]) => [id, withoutMentions(asRecord(resource), byId, worthOf)]);
  const outputs = Object.entries(asRecord(Outputs)).flatMap(([id, output]) => {
    const value = literal(output, byId, worthOf);
    return value === unknown ? [] : [[id, value]];
  });
  return {
    ...rest,
    Resources: Object.fromEntries(resources),
    ...(outputs.length > 0 ? { Outputs: Object.fromEntries(outputs) } : {}),
  };
}

const unknown = Symbol('unknown');
type Taken = ReadonlyMap<string, StackMember>;

function withoutMentions({ Properties, DependsOn, ...rest }: Json, taken: Taken, worthOf: ValueOf): Json {
  const properties = Object.entries(asRecord(Properties)).flatMap(([name, value]) => {
    const placed = literal(value, taken, worthOf);
    return placed === unknown ? [] : [[name, placed]];
  });
  const before = (Array.isArray(DependsOn) ? DependsOn : DependsOn === undefined ? [] : [DependsOn]).filter(
    (id) => !taken.has(String(id)),
  );
  return {
    ...rest,
    ...(Properties === undefined ? {} : { Properties: Object.fromEntries(properties) }),
    ...(before.length > 0 ? { DependsOn: before } : {}),
  };
}

/** A value with literals in the place of what is taken out; `unknown` when one of them has none. */
function literal(value: unknown, taken: Taken, worthOf: ValueOf): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, taken, worthOf));
    return items.includes(unknown) ? unknown : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const mentioned = mentionOf(asRecord(value), taken);
  if (mentioned) return worthOf(mentioned.member, mentioned.attribute) ?? unknown;
  const entries = Object.entries(value).map(([key, part]) => [
    key,
    key === 'Fn::Sub' ? substituted(part, taken, worthOf) : literal(part, taken, worthOf),
  ]);
  return entries.some(([, part]) => part === unknown) ? unknown : Object.fromEntries(entries);
}

function mentionOf(value: Json, taken: Taken) {
  if (Object.keys(value).length !== 1) return null;
  const { Ref, 'Fn::GetAtt': got } = value;
  if (typeof Ref === 'string') return memberOf(taken, Ref, undefined);
  const [id, attribute] = typeof got === 'string' ? splitOnce(got) : Array.isArray(got) ? got.map(String) : [];
  return id === undefined ? null : memberOf(taken, id, attribute);
}

function memberOf(taken: Taken, id: string, attribute: string | undefined) {
  const member = taken.get(id);
  return member ? { member, attribute } : null;
}

const splitOnce = (text: string): [string, string | undefined] => {
  const at = text.indexOf('.');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};

/** `${Id}` and `${Id.Attribute}` within a substitution. */
function substituted(part: unknown, taken: Taken, worthOf: ValueOf): unknown {
  const [text, ...variables] = Array.isArray(part) ? part : [part];
  let isKnown = true;
  const replaced = String(text).replaceAll(/\$\{([^!}][^}]*)\}/g, (whole, name: string) => {
    const [id, attribute] = splitOnce(name);
    const member = taken.get(id);
    if (!member) return whole;
    const value = worthOf(member, attribute);
    if (value === undefined) isKnown = false;
    return value ?? whole;
  });
  if (!isKnown) return unknown;
  if (variables.length === 0) return replaced;
  const rest = literal(variables, taken, worthOf);
  return rest === unknown ? unknown : [replaced, ...(rest as unknown[])];
}
