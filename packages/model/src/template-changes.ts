import { asList, asRecord, isSame, type Resource, readTemplate, type Template, textOf } from './template.ts';
import { covers, type Permission, permissionsOf, permissionTypes } from './template-permissions.ts';

/** One way in which a new template would take something away from what runs. */
export interface Removal {
  /** What `--allow-removal` names: a logical id, or `<logical id>/<what>` for a part of a resource. */
  readonly id: string;
  readonly what: 'resource' | 'replacement' | 'permission' | 'parameter' | 'output' | 'index' | 'queue-link';
  readonly detail: string;
}

/** What a deployment would do to a resource, as far as two templates tell (not: what follows from parameters). */
export interface ResourceChange {
  readonly id: string;
  readonly type: string;
  readonly change: 'add' | 'modify' | 'remove' | 'replace';
}

/** Properties whose change makes CloudFormation create a new resource and delete the old one. From its resource reference. */
const createOnly: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['ProtocolType'],
  'AWS::ApiGatewayV2::Authorizer': ['ApiId'],
  'AWS::ApiGatewayV2::Integration': ['ApiId'],
  'AWS::ApiGatewayV2::Route': ['ApiId'],
  'AWS::ApiGatewayV2::Stage': ['ApiId', 'StageName'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::Table': ['ImportSourceSpecification', 'KeySchema', 'LocalSecondaryIndexes', 'TableName'],
  'AWS::Events::Rule': ['EventBusName', 'Name'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'Path'],
  'AWS::IAM::Role': ['Path', 'RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::Lambda::Alias': ['FunctionName', 'Name'],
  'AWS::Lambda::EventSourceMapping': ['EventSourceArn', 'SelfManagedEventSource', 'StartingPosition'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::Lambda::Version': ['CodeSha256', 'Description', 'FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupClass', 'LogGroupName'],
  'AWS::S3::Bucket': ['BucketName', 'BucketNamePrefix'],
  'AWS::SNS::Subscription': ['Endpoint', 'Protocol', 'TopicArn'],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
  'AWS::SQS::Queue': ['FifoQueue', 'QueueName'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::SecretsManager::Secret': ['Name'],
};

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

/** Nothing that runs needs these: they may come and go. */
const watchers: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
]);

/**
 * Everything that the next template takes away from what the current one gives (null: nothing was deployed yet), in order of ids.
 * Versions that are live or may come back use it. Careful where it cannot know: a permission that is spelled in a new way, so that
 * no single statement shows it is still there, counts as taken away.
 */
export function removals(current: unknown, next: unknown): Removal[] {
  if (current === null || current === undefined) return [];
  const [before, after] = [readTemplate(current), readTemplate(next)];
  return [
    ...[...before.resources.values()].flatMap((resource) => ofResource(resource, before, after)),
    ...ofPermissions(before, after),
    ...missing(before.parameters, after.parameters, 'parameter'),
    ...missing(before.outputs, after.outputs, 'output'),
    ...ofExports(before, after),
  ].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** What a deployment would add, modify, replace and remove, in order of ids. */
export function resourceChanges(current: unknown, next: unknown): ResourceChange[] {
  const [before, after] = [readTemplate(current), readTemplate(next)];
  const ids = [...new Set([...before.resources.keys(), ...after.resources.keys()])].sort();
  return ids.flatMap((id) => {
    const [old, fresh] = [before.resources.get(id), after.resources.get(id)];
    const type = fresh?.type ?? old?.type ?? '';
    const change = !old ? 'add' : !fresh ? 'remove' : changeOf(old, fresh, before, after);
    return change ? [{ id, type, change }] : [];
  });
}

function changeOf(old: Resource, fresh: Resource, before: Template, after: Template): 'modify' | 'replace' | null {
  if (replacedBy(old, fresh).length > 0) return 'replace';
  const alike = isSame(old.properties, fresh.properties) && isSame(conditionOf(old, before), conditionOf(fresh, after));
  return alike ? null : 'modify';
}

function ofResource(old: Resource, before: Template, after: Template): Removal[] {
  const { id, type } = old;
  const fresh = after.resources.get(id);
  const harmless = watchers.has(type) || permissionTypes.has(type);
  if (!fresh) return harmless ? [] : [{ id, what: 'resource', detail: `${type} is removed` }];
  const replaced = harmless ? [] : replacedBy(old, fresh);
  const underCondition = harmless ? [] : newCondition(old, fresh, before, after);
  if (fresh.type !== type) return replaced.map((detail) => ({ id, what: 'replacement', detail }));
  return [
    ...replaced.map((detail): Removal => ({ id, what: 'replacement', detail })),
    ...underCondition,
    ...overwritten(old, fresh),
    ...(partsOf[type]?.(old, fresh) ?? []),
  ];
}

/** Why CloudFormation would replace a resource; empty when it would not. */
function replacedBy(old: Resource, fresh: Resource): string[] {
  if (old.type !== fresh.type) return [`${old.type} becomes ${fresh.type}`];
  const changed = (createOnly[old.type] ?? []).filter((name) => !isSame(old.properties[name], fresh.properties[name]));
  const retyped = old.type === 'AWS::DynamoDB::Table' ? retypedAttributes(old, fresh) : [];
  return [...changed, ...retyped].map((name) => `${old.type} is replaced when ${name} changes`);
}

function retypedAttributes(old: Resource, fresh: Resource): string[] {
  const typesOf = (resource: Resource) =>
    new Map(byName(resource.properties.AttributeDefinitions, 'AttributeName').map(([name, value]) => [name, value]));
  const types = typesOf(fresh);
  return [...typesOf(old)]
    .filter(([name, definition]) => types.has(name) && !isSame(types.get(name), definition))
    .map(([name]) => `AttributeDefinitions of ${name}`);
}

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

/** Parts of a resource that can go while it stays. */
const partsOf: Readonly<Record<string, Parts>> = {
  'AWS::DynamoDB::Table': (old, fresh) => {
    const kept = new Map(byName(fresh.properties.GlobalSecondaryIndexes, 'IndexName'));
    return byName(old.properties.GlobalSecondaryIndexes, 'IndexName').flatMap(([name, index]): Removal[] => {
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
    const closed = !isSame(old.properties.AuthorizationType, fresh.properties.AuthorizationType);
    return [
      ...changed.map(
        (name): Removal => ({
          id: `${old.id}/${name}`,
          what: 'resource',
          detail: `the route ${route} no longer points where it did: ${name} changes`,
        }),
      ),
      ...(closed && !isOpen(fresh)
        ? [
            {
              id: `${old.id}/AuthorizationType`,
              what: 'resource',
              detail: `the route ${route} requires authorization`,
            } as const,
          ]
        : []),
    ];
  },
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

const isOff = (value: unknown) => value === false || value === 'false';
const isOpen = ({ properties }: Resource) => [undefined, 'NONE'].includes(properties.AuthorizationType as string);

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

/** Exports by name: another stack may import it. */
function ofExports(before: Template, after: Template): Removal[] {
  return [...before.outputs].flatMap(([id, output]): Removal[] => {
    const name = asRecord(output.Export).Name;
    const present = after.outputs.get(id);
    if (name === undefined || !present || isSame(name, asRecord(present.Export).Name)) return [];
    return [{ id: `${id}/Export`, what: 'output', detail: `the export ${textOf(name)} is removed` }];
  });
}
