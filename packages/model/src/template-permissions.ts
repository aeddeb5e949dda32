import { canonicalJson } from './digest.ts';
import { asList, asRecord, type Json, type Resource, type Template, textOf } from './template.ts';

/**
 * One permission at its smallest: who may (or may not) do which action to which resource. `holder` is the logical id of the role,
 * or of the resource whose policy it stands in.
 */
export interface Permission {
  readonly holder: string;
  readonly effect: 'Allow' | 'Deny';
  /** The principal of a resource's policy; `role` in a role's own policies. */
  readonly principal: string;
  /** May hold wildcards, as IAM writes them. */
  readonly action: string;
  readonly resource: string;
  /** What must hold besides: conditions of the statement and of the template. Empty: nothing. */
  readonly condition: string;
}

/** Resources that only hold permissions: removing one removes what it grants, not a resource. */
export const permissionTypes: ReadonlySet<string> = new Set([
  'AWS::IAM::Policy',
  'AWS::IAM::RolePolicy',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/** Policies of resources: which property names the resource (none: it is the resource itself), which holds the document. */
const resourcePolicies: Readonly<Record<string, { readonly of?: string; readonly document: string }>> = {
  'AWS::DynamoDB::Table': { document: 'ResourcePolicy' },
  'AWS::KMS::Key': { document: 'KeyPolicy' },
  'AWS::S3::BucketPolicy': { of: 'Bucket', document: 'PolicyDocument' },
  'AWS::SNS::TopicPolicy': { of: 'Topics', document: 'PolicyDocument' },
  'AWS::SQS::QueuePolicy': { of: 'Queues', document: 'PolicyDocument' },
  'AWS::SecretsManager::ResourcePolicy': { of: 'SecretId', document: 'ResourcePolicy' },
};

/** All permissions that a template states. */
export function permissionsOf(template: Template): Permission[] {
  return [...template.resources.values()].flatMap((resource) => permissionsIn(resource, template));
}

function permissionsIn(resource: Resource, template: Template): Permission[] {
  const { id, type, properties } = resource;
  const under = resource.condition === undefined ? '' : `if ${resource.condition}`;
  const stated = (holder: string, document: unknown) => statements(holder, document, under);
  switch (type) {
    case 'AWS::IAM::Role':
      return [
        ...asList(properties.Policies).flatMap((inline) => stated(id, asRecord(inline).PolicyDocument)),
        ...stated(id, properties.AssumeRolePolicyDocument),
        ...managedPolicies(id, properties, template, under),
      ];
    case 'AWS::IAM::Policy':
      return holders(properties.Roles).flatMap((role) => stated(role, properties.PolicyDocument));
    case 'AWS::IAM::RolePolicy':
      return holders(properties.RoleName).flatMap((role) => stated(role, properties.PolicyDocument));
    case 'AWS::IAM::ManagedPolicy':
      return [id, ...holders(properties.Roles)].flatMap((holder) => stated(holder, properties.PolicyDocument));
    case 'AWS::Lambda::Permission':
      return [invocation(properties, under)];
    default: {
      const policy = resourcePolicies[type];
      if (!policy) return [];
      const targets = policy.of === undefined ? [id] : holders(properties[policy.of]);
      return targets.flatMap((target) => stated(target, properties[policy.document]));
    }
  }
}

/** `{"Ref":"ApiRole"}` → `ApiRole`: policies name roles, buckets and queues by reference. */
const holders = (value: unknown): string[] =>
  asList(value).map((item) => textOf(item).replace(/^\$\{([A-Za-z0-9]+)(?:\.\w+)?\}$/, '$1'));

/** Managed policies of a template count by their statements, others by their name. */
function managedPolicies(role: string, properties: Json, template: Template, under: string): Permission[] {
  return asList(properties.ManagedPolicyArns).flatMap((arn) => {
    const [holder = ''] = holders(arn);
    const managed = template.resources.get(holder);
    if (managed?.type === 'AWS::IAM::ManagedPolicy') return statements(role, managed.properties.PolicyDocument, under);
    return [
      {
        holder: role,
        effect: 'Allow',
        principal: 'role',
        action: textOf(arn),
        resource: 'managed policy',
        condition: under,
      },
    ];
  });
}

/** A function's policy, one resource for each statement. */
function invocation(properties: Json, under: string): Permission {
  const { Action, FunctionName, Principal, ...conditions } = properties;
  return {
    holder: holders(FunctionName)[0] ?? '',
    effect: 'Allow',
    principal: textOf(Principal),
    action: textOf(Action),
    resource: textOf(FunctionName),
    condition: joined(under, Object.keys(conditions).length > 0 ? canonicalJson(conditions) : ''),
  };
}

function statements(holder: string, document: unknown, under: string): Permission[] {
  return asList(asRecord(document).Statement).flatMap((statement) => atoms(holder, asRecord(statement), under));
}

function atoms(holder: string, statement: Json, under: string): Permission[] {
  const { Effect, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') {
    // A statement that is an expression itself: it is kept when it stays as it is written.
    const action = textOf(statement);
    return [{ holder, effect: 'Allow', principal: 'role', action, resource: '', condition: under }];
  }
  const condition = joined(under, Condition === undefined ? '' : canonicalJson(Condition));
  const actions = parts(statement, 'Action');
  const resources = parts(statement, 'Resource');
  return principals(statement).flatMap((principal) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({ holder, effect: Effect, principal, action, resource, condition })),
    ),
  );
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. The negated form is compared as a whole. */
function parts(statement: Json, name: 'Action' | 'Resource'): string[] {
  const negated = statement[`Not${name}`];
  if (negated !== undefined) return [textOf({ not: asList(negated).map(textOf).sort() })];
  const listed = asList(statement[name]).map(textOf);
  // A trust policy names no resource: it is the role.
  return listed.length > 0 ? listed : ['this'];
}

function principals(statement: Json): string[] {
  if (statement.NotPrincipal !== undefined) return [textOf({ not: statement.NotPrincipal })];
  const { Principal } = statement;
  if (Principal === undefined) return ['role'];
  if (Principal === '*') return ['*'];
  return Object.entries(asRecord(Principal)).flatMap(([kind, names]) =>
    asList(names).map((name) => (name === '*' ? '*' : `${kind}:${textOf(name)}`)),
  );
}

const joined = (...conditions: string[]) => conditions.filter((condition) => condition !== '').join(' and ');

/** Whether `wide` grants (or denies) all that `narrow` does, as far as one statement can show it. */
export function covers(wide: Permission, narrow: Permission): boolean {
  return (
    wide.holder === narrow.holder &&
    wide.effect === narrow.effect &&
    (wide.principal === '*' || wide.principal === narrow.principal) &&
    (wide.condition === '' || wide.condition === narrow.condition) &&
    includes(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    includes(wide.resource, narrow.resource)
  );
}

/** Whether everything that one wildcard pattern matches is matched by another. */
export function includes(wide: string, narrow: string): boolean {
  // The narrow pattern is read as a text: its `*` can only be met by a `*`, its `?` by either.
  const pattern = wide
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '[^*]' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${pattern}$`, 's').test(narrow);
}
