import { exportedAs, importersOf } from './stacks/combined.ts';
import { asList, asRecord, isSame, type Resource, readTemplate, type Template, textOf } from './template.ts';
import { covers, type Permission, permissionsOf, permissionTypes } from './template-permissions.ts';
import { referencesIn } from './template-references.ts';
import { restSnapshot, watchers } from './watchers.ts';

/** One way in which a new template would take something away from what runs. */
export interface Removal {
  /** What `--allow-removal` names: a logical id, or `<logical id>/<what>` for a part of a resource. */
  readonly id: string;
  /** `export`: another stack imports it, so CloudFormation refuses that it goes or is replaced, whoever names it. */
  readonly what: 'resource' | 'replacement' | 'permission' | 'parameter' | 'output' | 'export' | 'index' | 'queue-link';
  readonly detail: string;
}

/** What a deployment would do to a resource. */
export interface ResourceChange {
  readonly id: string;
  readonly type: string;
  readonly change: 'add' | 'modify' | 'remove' | 'replace';
}

/** Not replaced, and yet what was there is gone once these change. */
const asGoodAsReplaced: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::SecretsManager::Secret': {
    GenerateSecretString: 'a new secret would be generated',
    SecretString: 'the secret would be overwritten',
  },
  'AWS::Lambda::Function': {
    Role: 'versions with different roles cannot share an alias, so traffic could not be shifted',
  },
  'AWS::Lambda::Alias': {
    FunctionVersion: 'CloudFormation would move the alias; only the controller may',
    RoutingConfig: 'CloudFormation would move the weights; only the controller may',
  },
};

/**
 * Everything that the next template takes away from what the current one gives (null: nothing was deployed yet), in order of ids.
 * Versions that are live or may come back use it. Careful where it cannot know: a permission that is spelled in a new way, so that
 * no single statement shows it is still there, counts as taken away. What CloudFormation replaces because a property changes is not in the
 * templates: its change set says that (`losses`), and before there is one, a specification (`forecastReplacements`).
 */
export function removals(current: unknown, next: unknown): Removal[] {
  if (current === null || current === undefined) return [];
  const [before, after] = [readTemplate(current), readTemplate(next)];
  return [
    ...[...before.resources.values()].flatMap((resource) => ofResource(resource, before, after)),
    ...ofPermissions(before, after),
    ...missing(before.parameters, after.parameters, 'parameter'),
    ...missing(before.outputs, after.outputs, 'output').flatMap((one) => ofImporters(one, before.outputs.get(one.id))),
    ...ofExports(before, after),
  ].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** What a deployment would add, modify, replace (those with the ids of `replaced`, and of another type) and remove, in order of ids. */
export function resourceChanges(
  current: unknown,
  next: unknown,
  replaced: ReadonlySet<string> = new Set(),
): ResourceChange[] {
  const [before, after] = [readTemplate(current), readTemplate(next)];
  const ids = [...new Set([...before.resources.keys(), ...after.resources.keys()])].sort();
  return ids.flatMap((id) => {
    const [old, fresh] = [before.resources.get(id), after.resources.get(id)];
    const type = fresh?.type ?? old?.type ?? '';
    const change = !old
      ? 'add'
      : !fresh
        ? 'remove'
        : replaced.has(id)
          ? 'replace'
          : changeOf(old, fresh, before, after);
    return change ? [{ id, type, change }] : [];
  });
}

function changeOf(old: Resource, fresh: Resource, before: Template, after: Template): 'modify' | 'replace' | null {
  if (old.type !== fresh.type) return 'replace';
  const alike = isSame(old.properties, fresh.properties) && isSame(conditionOf(old, before), conditionOf(fresh, after));
  return alike ? null : 'modify';
}

function ofResource(old: Resource, before: Template, after: Template): Removal[] {
  const { id, type } = old;
  const fresh = after.resources.get(id);
  const harmless = watchers.has(type) || permissionTypes.has(type) || type === restSnapshot;
  if (!fresh) return harmless ? [] : [{ id, what: 'resource', detail: `${type} is removed` }];
  if (fresh.type !== type) return harmless ? [] : [otherType(old, fresh)];
  const underCondition = harmless ? [] : newCondition(old, fresh, before, after);
  return [...underCondition, ...overwritten(old, fresh), ...(partsOf[type]?.(old, fresh) ?? [])];
}

const otherType = ({ id, type }: Resource, fresh: Resource): Removal => ({
  id,
  what: 'replacement',
  detail: `${type} becomes ${fresh.type}, which CloudFormation takes only under another logical id`,
});

/** A resource that comes under a condition, or under another one, may be gone where it stood. */
function newCondition(old: Resource, fresh: Resource, before: Template, after: Template): Removal[] {
  if (fresh.condition === undefined || isSame(conditionOf(old, before), conditionOf(fresh, after))) return [];
  return [{ id: old.id, what: 'resource', detail: `${old.type} now stands under the condition ${fresh.condition}` }];
}

const conditionOf = ({ condition }: Resource, template: Template): unknown =>
  condition === undefined ? undefined : (template.conditions.get(condition) ?? condition);

function overwritten(old: Resource, fresh: Resource): Removal[] {
  return Object.entries(asGoodAsReplaced[old.type] ?? {})
    .filter(([name]) => !isSame(old.properties[name], fresh.properties[name]))
    .map(([name, detail]) => ({ id: `${old.id}/${name}`, what: 'replacement', detail }));
}

type Parts = (old: Resource, fresh: Resource) => Removal[];

/** A key's other type makes another table. Source: CloudFormation's reference of AttributeDefinitions. */
function retypedAttributes(old: Resource, fresh: Resource): Removal[] {
  const typesOf = (resource: Resource) => new Map(byName(resource.properties.AttributeDefinitions, 'AttributeName'));
  const types = typesOf(fresh);
  return [...typesOf(old)]
    .filter(([name, definition]) => types.has(name) && !isSame(types.get(name), definition))
    .map(([name]) => ({
      id: old.id,
      what: 'replacement',
      detail: `${old.type} is replaced when AttributeDefinitions of ${name} changes`,
    }));
}

/** Parts of a resource that can go while it stays. */
const partsOf: Readonly<Record<string, Parts>> = {
  'AWS::DynamoDB::Table': (old, fresh) => {
    const retyped = retypedAttributes(old, fresh);
    const indexesOf = ({ properties }: Resource) =>
      ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((kind) => byName(properties[kind], 'IndexName'));
    const kept = new Map(indexesOf(fresh));
    const lost = indexesOf(old).flatMap(([name, index]): Removal[] => {
      const id = `${old.id}/${name}`;
      const present = asRecord(kept.get(name));
      if (!kept.has(name)) return [{ id, what: 'index', detail: `the index ${name} is removed` }];
      const changed = ['KeySchema', 'Projection'].filter((part) => !isSame(asRecord(index)[part], present[part]));
      return changed.map((part) => ({
        id,
        what: 'index',
        detail: `the index ${name} is rebuilt when ${part} changes`,
      }));
    });
    return [...retyped, ...lost];
  },
  'AWS::SQS::Queue': (old, fresh) => {
    const target = ({ properties }: Resource) => asRecord(properties.RedrivePolicy).deadLetterTargetArn;
    if (target(old) === undefined || isSame(target(old), target(fresh))) return [];
    const detail = `dead letters no longer go to ${textOf(target(old))}`;
    return [{ id: `${old.id}/RedrivePolicy`, what: 'queue-link', detail }];
  },
  'AWS::Lambda::EventSourceMapping': (old, fresh) =>
    ['FunctionName', 'Enabled', 'FunctionResponseTypes']
      .filter((name) => !isSame(old.properties[name], fresh.properties[name]))
      .filter((name) => name !== 'Enabled' || isOff(fresh.properties[name]))
      .filter((name) => name !== 'FunctionResponseTypes' || old.properties[name] !== undefined)
      .map((name) => ({
        id: `${old.id}/${name}`,
        what: 'queue-link',
        detail: `${textOf(old.properties.EventSourceArn)} no longer feeds its function as before: ${name} changes`,
      })),
  'AWS::ApiGatewayV2::Route': (old, fresh) => {
    const route = textOf(old.properties.RouteKey);
    const changed = ['RouteKey', 'Target'].filter((name) => !isSame(old.properties[name], fresh.properties[name]));
    return [
      ...changed.map(
        (name): Removal => ({
          id: `${old.id}/${name}`,
          what: 'resource',
          detail: `the route ${route} no longer points where it did: ${name} changes`,
        }),
      ),
      ...closed(old, fresh, `the route ${route}`),
    ];
  },
  'AWS::ApiGateway::Method': (old, fresh) => closed(old, fresh, `the method ${textOf(old.properties.HttpMethod)}`),
  'AWS::Events::Rule': (old, fresh) => {
    const kept = new Map(byName(fresh.properties.Targets, 'Id'));
    const lost = byName(old.properties.Targets, 'Id').filter(([name, target]) => !isSame(kept.get(name), target));
    return lost.map(([name]) => ({
      id: `${old.id}/${name}`,
      what: 'queue-link',
      detail: `the target ${name} is not called as it was`,
    }));
  },
  'AWS::IAM::Role': (old, fresh) => {
    const boundary = fresh.properties.PermissionsBoundary;
    if (boundary === undefined || isSame(boundary, old.properties.PermissionsBoundary)) return [];
    return [
      { id: `${old.id}/PermissionsBoundary`, what: 'permission', detail: `bounded by ${textOf(boundary)} from now on` },
    ];
  },
};

/** Callers that were let in without authorization are not any more, or by another one. */
function closed(old: Resource, fresh: Resource, what: string): Removal[] {
  const isOpen = [undefined, 'NONE'].includes(fresh.properties.AuthorizationType as string);
  if (isOpen || isSame(old.properties.AuthorizationType, fresh.properties.AuthorizationType)) return [];
  return [{ id: `${old.id}/AuthorizationType`, what: 'resource', detail: `${what} requires authorization` }];
}

const isOff = (value: unknown) => value === false || value === 'false';

function byName(list: unknown, key: string): [string, unknown][] {
  return asList(list).map((item) => [textOf(asRecord(item)[key]), item]);
}

/** Permissions that no statement grants any more, and new denials; one for each holder and action. */
function ofPermissions(before: Template, after: Template): Removal[] {
  const [old, fresh] = [permissionsOf(before), permissionsOf(after)];
  const lost = old.filter((one) => one.effect === 'Allow' && !fresh.some((other) => covers(other, one)));
  const denied = fresh.filter((one) => one.effect === 'Deny' && !old.some((other) => covers(other, one)));
  // A new resource cannot remove anything, and a missing one is reported as removed.
  const stays = ({ holder }: Permission) =>
    (before.resources.has(holder) || !isLogicalId(holder)) && (after.resources.has(holder) || !isLogicalId(holder));
  return [...grouped(lost.filter(stays), ''), ...grouped(denied.filter(stays), 'deny:')];
}

const isLogicalId = (holder: string) => /^[A-Za-z0-9]+$/.test(holder);

function grouped(permissions: readonly Permission[], prefix: string): Removal[] {
  const byAction = Map.groupBy(permissions, ({ holder, action }) => `${holder}/${prefix}${action}`);
  return [...byAction].map(([id, list]) => {
    const places = [...new Set(list.map(placeOf))].sort().join(', ');
    const [first] = list;
    const detail = prefix
      ? `${first?.action} is denied on ${places}`
      : `${first?.action} is no longer allowed on ${places}`;
    return { id, what: 'permission', detail };
  });
}

const placeOf = ({ resource, principal, condition }: Permission) =>
  [resource, principal === 'role' ? '' : `for ${principal}`, condition && `when ${condition}`]
    .filter(Boolean)
    .join(' ');

function missing(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  what: 'parameter' | 'output',
): Removal[] {
  return [...before.keys()]
    .filter((id) => !after.has(id))
    .map((id) => ({ id, what, detail: `the ${what} ${id} is removed` }));
}

/**
 * An output by which stacks of one environment know of each other. One that another stack imports as it is deployed cannot go in the same deployment; of one that none imports
 * CloudFormation itself says whether a stranger does.
 */
function ofImporters(removal: Removal, output: unknown): Removal[] {
  const importers = importersOf(output);
  if (importers === null) return [removal];
  if (importers.length === 0) return [];
  const detail = `${removal.detail}, and ${importers.join(', ')} imports it as it is deployed: keep it for one release more (exportValue in the CDK)`;
  return [{ ...removal, what: 'export', detail }];
}

/** Exports by name, and what they say: another stack may import it. */
function ofExports(before: Template, after: Template): Removal[] {
  return [...before.outputs].flatMap(([id, output]): Removal[] => {
    const name = exportedAs(output);
    const present = after.outputs.get(id);
    if (name === undefined || !present) return [];
    if (isSame(name, exportedAs(present))) return ofOtherValue(id, [output, before], [present, after]);
    const removal = { id: `${id}/Export`, what: 'output', detail: `the export ${textOf(name)} is removed` } as const;
    return ofImporters(removal, output);
  });
}

type OutputIn = readonly [output: unknown, template: Template];

/** An export in use that says another resource. One that says the same otherwise (a name instead of a reference) is not known to change. */
function ofOtherValue(id: string, before: OutputIn, after: OutputIn): Removal[] {
  const [old, fresh] = [before, after].map(namedBy);
  const [left, come] = [old?.filter((one) => !fresh?.includes(one)), fresh?.filter((one) => !old?.includes(one))];
  if (!importersOf(before[0])?.length || !left?.length || !come?.length) return [];
  const detail = `the export ${textOf(exportedAs(before[0]))} says ${come.join(', ')} instead of ${left.join(', ')}`;
  return ofImporters({ id: `${id}/Value`, what: 'output', detail }, before[0]);
}

/** The resources that an output names. */
const namedBy = ([output, { resources }]: OutputIn): string[] =>
  [...referencesIn(asRecord(output).Value)].flatMap((one) =>
    one.is === 'local' && resources.has(one.id) ? [one.id] : [],
  );
