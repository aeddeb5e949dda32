import type { ParameterValues } from '../stack-parameters.ts';
import { asRecord, isSame, type Resource, readTemplate, type Template } from '../template.ts';
import type { Removal } from '../template-changes.ts';
import { permissionTypes } from '../template-permissions.ts';
import { referencesIn } from '../template-references.ts';
import { watchers } from '../watchers.ts';
import { heldByImports, importedResources } from './imported.ts';
import { partsAt } from './parts.ts';
import {
  type Deciding,
  isFixedAttribute,
  type Recreation,
  type RecreationRules,
  sentences,
  type TypeRules,
} from './recreation.ts';

/** A stack's side, or a release's: a template and the values of its parameters. */
export interface TemplateWithParameters {
  readonly template: unknown;
  readonly parameters: ParameterValues;
}

/** What a change makes of a resource: created anew for certain, perhaps, or only changed, with its ARN as it was or without a word on that. */
type Fate = 'replaced' | 'perhaps' | 'changed' | 'changed-with-arn';

/** What is found of one resource. */
interface Found {
  readonly certain: Deciding[];
  readonly possible: Deciding[];
  readonly unknown: string[];
  isChanged: boolean;
}

/** The types that both templates hold, if anything changes at all: of these the forecast needs the rules. */
export function typesInQuestion(current: TemplateWithParameters, next: TemplateWithParameters): ReadonlySet<string> {
  const [before, after] = [readTemplate(current.template), readTemplate(next.template)];
  const isAsBefore =
    isSame(current.template, next.template) && changedParameters(current.parameters, next.parameters).length === 0;
  const common = [...after.resources.values()].filter(({ id, type }) => before.resources.get(id)?.type === type);
  return new Set(isAsBefore ? [] : common.map(({ type }) => type));
}

/**
 * Which resources CloudFormation would create anew, as far as two templates and a specification tell, in order of ids. It follows references: a
 * property that never changes by itself may name a resource that does. What the specification does not know counts as replaced, and what another stack
 * imports must stay.
 */
export function forecastReplacements(
  current: TemplateWithParameters,
  next: TemplateWithParameters,
  rules: RecreationRules,
): Removal[] {
  const [before, after] = [readTemplate(current.template), readTemplate(next.template)];
  const causes = staticCauses(current, next);
  const both = [...after.resources.values()].flatMap((fresh) => {
    const old = before.resources.get(fresh.id);
    return old ? [{ old, fresh }] : [];
  });
  const fates = new Map<string, Fate>();
  for (const { old, fresh } of both) if (old.type !== fresh.type) fates.set(fresh.id, 'replaced');
  let found = new Map<string, Found>();
  // A change reaches those that refer to it, and from there further ones: until nothing is added.
  for (let known: string | null = null; known !== spelled(fates); ) {
    known = spelled(fates);
    found = new Map(both.map(({ old, fresh }) => [fresh.id, look(old, fresh, rules.get(fresh.type), causes, fates)]));
    for (const { fresh } of both) if (fates.get(fresh.id) !== 'replaced') setFate(fates, fresh, found.get(fresh.id));
  }
  const all = both.flatMap(({ old, fresh }) => told(old, fresh, found.get(fresh.id), rules.has(fresh.type)));
  return heldByImports(all, importedResources(current.template), (id) => fates.get(id) === 'replaced').sort(byId);
}

const byId = (a: Removal, b: Removal) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const spelled = (fates: ReadonlyMap<string, Fate>) => [...fates].sort().join(' ');

function setFate(fates: Map<string, Fate>, { id, type }: Resource, found: Found | undefined): void {
  if (!found?.isChanged) return;
  if (found.certain.length > 0) fates.set(id, 'replaced');
  else if (found.possible.length + found.unknown.length > 0) fates.set(id, 'perhaps');
  else fates.set(id, isFixedAttribute(type, 'Arn') ? 'changed' : 'changed-with-arn');
}

function told({ type }: Resource, fresh: Resource, found: Found | undefined, isKnown: boolean): Removal[] {
  if (!found || type !== fresh.type || watchers.has(type) || permissionTypes.has(type)) return [];
  const { certain, possible, unknown } = found;
  const because = (detail: string): Removal[] => [{ id: fresh.id, what: 'replacement', detail }];
  if (certain.length > 0) return because(sentences.certain(type, certain));
  if (unknown.length > 0) return because(sentences[isKnown ? 'unknownProperty' : 'unknownType'](type, unknown));
  return possible.length > 0 ? because(sentences.possible(type, possible)) : [];
}

/** One resource in the light of what is known of the others. */
function look(
  old: Resource,
  fresh: Resource,
  rules: TypeRules | undefined,
  causes: ReadonlySet<string>,
  fates: ReadonlyMap<string, Fate>,
): Found {
  const found: Found = { certain: [], possible: [], unknown: [], isChanged: false };
  for (const property of new Set([...Object.keys(old.properties), ...Object.keys(fresh.properties)])) {
    const whole = changeOf(old.properties[property], fresh.properties[property], causes, fates);
    if (!whole) continue;
    found.isChanged = true;
    const rule = rules?.properties[property];
    if (!rules || rule === undefined) found.unknown.push(property);
    else if (rule !== 'Never') add(found, property, rule, whole);
    else
      for (const [path, recreation] of Object.entries(rules.parts).filter(([path]) =>
        path.startsWith(`${property}/`),
      )) {
        const part = changeOf(partsAt(old.properties, path), partsAt(fresh.properties, path), causes, fates);
        if (part) add(found, path, recreation, part);
      }
  }
  return found;
}

function add({ certain, possible }: Found, property: string, recreation: Recreation, change: Change): void {
  (recreation === 'Always' && change.isCertain ? certain : possible).push({ property, through: change.through });
}

interface Change {
  /** Whether the value changes for certain. */
  readonly isCertain: boolean;
  readonly through: readonly string[];
}

/** Whether a value changes: it is written otherwise, or something that it names changes. */
function changeOf(
  old: unknown,
  fresh: unknown,
  causes: ReadonlySet<string>,
  fates: ReadonlyMap<string, Fate>,
): Change | null {
  if (!isSame(old, fresh)) return { isCertain: true, through: [] };
  const named = [...referencesIn(fresh)];
  const certain = named.flatMap((one) => {
    const name = one.is === 'local' ? one.id : 'name' in one ? one.name : '';
    return causes.has(`${one.is} ${name}`) || (one.is === 'local' && fates.get(name) === 'replaced') ? [name] : [];
  });
  if (certain.length > 0) return { isCertain: true, through: [...new Set(certain)] };
  const possible = named.flatMap((one) => {
    if (one.is !== 'local') return [];
    const fate = fates.get(one.id);
    if (fate === undefined) return [];
    // What only changes keeps its physical id.
    if (fate !== 'perhaps' && (one.attribute === undefined || (fate === 'changed' && one.attribute === 'Arn')))
      return [];
    return [one.attribute === undefined ? one.id : `${one.id}.${one.attribute}`];
  });
  return possible.length > 0 ? { isCertain: false, through: [...new Set(possible)] } : null;
}

const changedParameters = (current: ParameterValues, next: ParameterValues): string[] =>
  Object.keys(next).filter((name) => current[name] !== next[name]);

/** Parameters, mappings and conditions that another value or definition gives another result, as `<kind> <name>`. */
function staticCauses(current: TemplateWithParameters, next: TemplateWithParameters): ReadonlySet<string> {
  const [before, after] = [readTemplate(current.template), readTemplate(next.template)];
  const causes = new Set(changedParameters(current.parameters, next.parameters).map((name) => `local ${name}`));
  const [oldMappings, mappings] = [current, next].map(({ template }) => asRecord(asRecord(template).Mappings));
  for (const [name, mapping] of Object.entries(mappings ?? {}))
    if (!isSame(oldMappings?.[name], mapping)) causes.add(`mapping ${name}`);
  addConditions(causes, before, after);
  return causes;
}

/** One condition may be made of others. */
function addConditions(causes: Set<string>, before: Template, after: Template): void {
  for (let size = -1; size !== causes.size; ) {
    size = causes.size;
    for (const [name, definition] of after.conditions)
      if (changeOf(before.conditions.get(name), definition, causes, new Map())) causes.add(`condition ${name}`);
  }
}
