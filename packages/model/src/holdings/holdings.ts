import { combinedStacks } from '../stacks/combined.ts';
import { asList, asRecord, type Json, type Resource, readTemplate, type Template, textOf } from '../template.ts';
import { allowedTypes } from './allowed-types.ts';
import { usesIn } from './uses.ts';

/** A resource for which something is allowed by its name. */
export interface Holding {
  /** CloudFormation's type. */
  readonly type: string;
  /** Its logical id. */
  readonly id: string;
  /**
   * The name that the template gives, in CloudFormation's terms: `orders-${AWS::AccountId}`, `/aws/lambda/${Handler}` with the id of another one.
   * Null: CloudFormation names it.
   */
  readonly name: string | null;
  /** The logical id of the one that it is a part of, if that decides what is allowed. */
  readonly of?: string;
}

/** What a stack holds, as far as permissions depend on it. All lists are sorted; two templates that need the same have the same. */
export interface Holdings {
  /** Every type of resource, also those that nobody may hold. */
  readonly types: readonly string[];
  readonly resources: readonly Holding[];
  /** Actions that the service's roles may do at most: those that their policies state, and what belongs to them. */
  readonly uses: readonly string[];
  /** The names of the stacks that hold it; absent: one, of the usual name. */
  readonly stacks?: readonly string[];
}

/** The holdings of a stack that is not there. */
export const noHoldings: Holdings = { types: [], resources: [], uses: [] };

/** What a template's stack will hold. */
export const holdingsIn = (template: unknown): Holdings => ({
  ...holdingsOf(readTemplate(template)),
  ...inStacks(combinedStacks(template)),
});

/** Names of stacks, where there are others than the usual one: what was recorded before there were any is to stay the same. */
const inStacks = (stacks: readonly string[]) => (stacks.length > 0 ? { stacks: sorted(stacks) } : {});

/** The same, of a template that was read. */
export function holdingsOf(template: Template): Holdings {
  const all = [...template.resources.values()];
  return {
    types: sorted(all.map(({ type }) => type)),
    resources: ordered(all.flatMap((resource) => holdingOf(resource, template))),
    uses: usesIn(template),
  };
}

function holdingOf(resource: Resource, template: Template): Holding[] {
  const { id, type, properties } = resource;
  const row = allowedTypes[type];
  if (!row || (row.name === undefined && row.of === undefined)) return [];
  const given = row.name && properties[row.name.property];
  const of = row.of && ownerOf(properties[row.of], template);
  return [{ type, id, name: given === undefined ? null : textOf(given), ...(of === undefined ? {} : { of }) }];
}

/** The resource that an expression leads to; for an alias or version, its function. */
function ownerOf(value: unknown, template: Template): string {
  const { Ref, 'Fn::GetAtt': attribute } = asRecord(value);
  const id = String(Ref ?? asList(attribute)[0] ?? '');
  const owner = template.resources.get(id);
  const isOfFunction = owner?.type === 'AWS::Lambda::Alias' || owner?.type === 'AWS::Lambda::Version';
  return isOfFunction ? ownerOf(owner.properties.FunctionName, template) : id;
}

/** All that either holds. */
export const united = (one: Holdings, other: Holdings): Holdings => ({
  types: sorted([...one.types, ...other.types]),
  resources: ordered([...one.resources, ...other.resources]),
  uses: sorted([...one.uses, ...other.uses]),
  ...inStacks([...(one.stacks ?? []), ...(other.stacks ?? [])]),
});

/** What is needed and not allowed; null: all of it is. */
export function beyond(allowed: Holdings, needed: Holdings): Holdings | null {
  const known = new Set(allowed.resources.map(keyOf));
  const left = {
    types: needed.types.filter((type) => !allowed.types.includes(type)),
    resources: needed.resources.filter((one) => !known.has(keyOf(one))),
    uses: needed.uses.filter((use) => !allowed.uses.includes(use)),
  };
  const stacks = needed.stacks?.filter((name) => !allowed.stacks?.includes(name)) ?? [];
  const isAllowed = left.types.length + left.resources.length + left.uses.length + stacks.length === 0;
  return isAllowed ? null : { ...left, ...inStacks(stacks) };
}

/** One line for each thing: `AWS::SQS::Queue Jobs (named by CloudFormation)`. */
export function holdingLines({ types, resources, uses, stacks = [] }: Holdings): string[] {
  const named = new Set(resources.map(({ type }) => type));
  return [
    ...resources.map(({ type, id, name }) => `${type} ${id} (${name ?? 'named by CloudFormation'})`),
    ...types.filter((type) => !named.has(type)),
    ...uses.map((use) => `the service’s roles may ${use}`),
    ...stacks.map((stack) => `the stack ${stack}`),
  ];
}

/** Holdings as they were recorded; null if that is something else. */
export function readHoldings(value: unknown): Holdings | null {
  const { types, resources, uses, stacks } = asRecord(value);
  if (!Array.isArray(types) || !Array.isArray(resources) || !Array.isArray(uses)) return null;
  return {
    types,
    resources: resources.map((one) => readHolding(asRecord(one))),
    uses,
    ...inStacks(asList(stacks).map(String)),
  };
}

const readHolding = ({ type, id, name, of }: Json): Holding => ({
  type: String(type),
  id: String(id),
  name: typeof name === 'string' ? name : null,
  ...(of === undefined ? {} : { of: String(of) }),
});

const keyOf = ({ type, id, name, of }: Holding): string => JSON.stringify([type, id, name, of ?? null]);
const sorted = (list: readonly string[]): string[] => [...new Set(list)].sort();
const ordered = (list: readonly Holding[]): Holding[] => {
  const byKey = new Map(list.map((one) => [keyOf(one), one]));
  return sorted([...byKey.keys()]).flatMap((key) => byKey.get(key) ?? []);
};
