import type { Caller } from '../inspect/triggers.ts';
import { awsNames } from '../names.ts';
import { stackParameters } from '../stack-parameters.ts';
import { asList, asRecord, type Json } from '../template.ts';
import { adoptionOf, aliasOf, firstVersion, ifNew, withoutThese } from './alias.ts';
import type { FoundComponent } from './found-component.ts';
import { pointedAt } from './pointed.ts';
import { deploymentIds, withDeployments } from './rest-apis.ts';

/** The output in which a delivered stack names its components. */
export const componentsOutput = 'Components';

/** One stack of a service's app in an environment. */
export interface StackDelivery {
  /** As the app calls it, and as it is deployed. */
  readonly stack: string;
  readonly name: string;
  readonly environment: string;
  /** Those of the whole service, in the order of traffic. */
  readonly components: readonly FoundComponent[];
  /** There are others: each says only what it has of a component. */
  readonly isOneOfSeveral: boolean;
}

/**
 * What is deployed of a service's stack in an environment: its template as the app made it, and what a promotion needs besides. Each component has its
 * alias, and what called its function calls the alias; a role does no more than the environment's boundary allows. What is there already stays as it is, and so does each
 * function: one whose code and configuration did not change has the version of the release before. Pure.
 */
export function deliveredTemplate(template: Json, delivery: StackDelivery): Json {
  const { environment, stack } = delivery;
  const components = delivery.components.map((component) => seenFrom(stack, component));
  const deployments = deploymentIds(delivery.components, stack);
  const made = new Set(delivery.components.flatMap((one) => (one.stack === stack ? one.versions : [])));
  const resources = withoutThese(made, asRecord(template.Resources));
  const all = Object.entries(resources).map(
    ([id, resource]) => [deployments.get(id) ?? id, asRecord(withDeployments(resource, deployments))] as const,
  );
  const outputs = asRecord(withDeployments(template.Outputs, deployments));
  const told = described(components, delivery, deployments);
  const adoptions = components.map((component) => adoptionOf(component, resources));
  const conditions = Object.assign({}, ...adoptions.map((one) => one.conditions)) as Json;
  return {
    ...template,
    Parameters: {
      ...parameters,
      ...Object.assign({}, ...adoptions.map((one) => one.parameters)),
      ...asRecord(template.Parameters),
    },
    ...(Object.keys(conditions).length === 0
      ? {}
      : { Conditions: { ...asRecord(template.Conditions), ...conditions } }),
    Resources: {
      ...Object.fromEntries(
        all.map(([id, resource]) => [id, delivered({ id, resource, components, environment, stack })] as const),
      ),
      ...Object.assign({}, ...all.map(([id, resource]) => permissionOfAlias(id, resource, components))),
      ...Object.assign({}, ...components.map((component) => aliasOf(component, resources))),
      ...recordIn(resources, delivery),
    },
    ...(told ? { Outputs: { ...outputs, [componentsOutput]: { Value: told } } } : {}),
  };
}

/**
 * Says in the account which release a stack has. CloudFormation takes no deployment in which no resource changes, and a release may change nothing of a stack but
 * that: its smoke, its settings, another stack. What names the release itself needs no record.
 */
function recordIn(resources: Json, { environment, name }: StackDelivery): Json {
  if (JSON.stringify(resources).includes(JSON.stringify({ Ref: stackParameters.releaseDigest }))) return {};
  const Name = `/soundbite/${environment}/${name}/release`;
  const Properties = { Type: 'String', Name, Value: { Ref: stackParameters.releaseDigest } };
  return { [recordId]: { Type: 'AWS::SSM::Parameter', Properties } };
}

/** Logical id of the record of the release that a stack has. */
export const recordId = 'DeployedRelease';

/** A component as the template of a stack can name it: where another one has its function, by what that exports alone. */
const seenFrom = (stack: string, component: FoundComponent): FoundComponent =>
  component.stack === stack ? component : { ...component, id: '', alias: '', aliasIs: 'own' };

/** What every deployment gives. */
const parameters = {
  [stackParameters.releaseDigest]: { Type: 'String', Description: 'Digest of the release that is deployed' },
  [stackParameters.cloudKind]: {
    Type: 'String',
    AllowedValues: ['emulated', 'real'],
    Description: 'Whether the account is emulated',
  },
};

interface Delivery {
  readonly id: string;
  readonly resource: Json;
  readonly components: readonly FoundComponent[];
  readonly environment: string;
  readonly stack: string;
}

function delivered({ id, resource, components, environment, stack }: Delivery): Json {
  const properties = asRecord(resource.Properties);
  const changed = (Properties: Json): Json => ({ ...resource, Properties });
  if (resource.Type === 'AWS::IAM::Role' && properties.PermissionsBoundary === undefined)
    return changed({ ...properties, PermissionsBoundary: boundaryOf(environment) });
  if (resource.Type === 'AWS::Lambda::Permission') return changed(permittedByUrl(properties, components));
  const isIt = (place: string, name: string) => place === stack && name === id;
  const moving = components.filter(({ moves }) => moves.some(({ node }) => isIt(node.stack.name, node.resource.id)));
  if (moving[0] && resource.Type === 'AWS::Lambda::Url') return ofAlias(resource, moving[0]);
  const pointed = moving.reduce((before, one) => asRecord(pointedAt(before, one)), properties);
  const fed = components.find(({ queues }) => queues.some((one) => isIt(one.stack, one.mapping)));
  if (fed) return changed({ ...pointed, Enabled: enabledOf(fed, properties.Enabled) });
  return moving.length > 0 ? changed(pointed) : resource;
}

/**
 * Enabled when the first promotion is finalised: before it, the alias is on a version that nobody has tried. What takes messages when its stack is adopted goes on with
 * it; one that is in another stack than the alias rests until then.
 */
const enabledOf = (component: FoundComponent, own: unknown): unknown =>
  component.aliasIs === 'own' ? false : ifNew(component, false, own ?? true);

/** A function's URL, as one of its alias. It names the alias, and CloudFormation does not see from that what has to be there first. */
const ofAlias = (resource: Json, { alias, aliasName }: FoundComponent): Json => ({
  ...resource,
  Properties: { ...asRecord(resource.Properties), Qualifier: aliasName },
  ...(alias === '' ? {} : { DependsOn: [...new Set([...asList(resource.DependsOn), alias])] }),
});

const boundaryOf = (environment: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${awsNames(environment).permissionsBoundary}`,
});

/**
 * A permission to call a function through an API is given for its alias, too, if what has it is pointed there. The function's own stays: what may call it is
 * never replaced. Those of rules and topics stay alone with the function, which they call no more: the alias gets its own when a release is live.
 */
function permissionOfAlias(id: string, resource: Json, components: readonly FoundComponent[]): Json {
  const properties = asRecord(resource.Properties);
  if (resource.Type !== 'AWS::Lambda::Permission' || properties.Principal !== gateway) return {};
  const Properties = ofAliasInstead(properties, ['http-api', 'rest-api'], components);
  return Properties === properties ? {} : { [`${id}OfAlias`]: { ...resource, Properties } };
}

/** A permission to call a function by its URL is one to call its alias: the URL is the alias's. */
function permittedByUrl(properties: Json, components: readonly FoundComponent[]): Json {
  const isByUrl = properties.FunctionUrlAuthType !== undefined || properties.InvokedViaFunctionUrl !== undefined;
  return isByUrl ? ofAliasInstead(properties, ['function-url'], components) : properties;
}

/** What a permission of a function says, for the alias that its callers of these kinds are pointed at; as it is where none is. */
function ofAliasInstead(
  properties: Json,
  kinds: readonly Caller['kind'][],
  components: readonly FoundComponent[],
): Json {
  const { FunctionName } = properties;
  const isCalled = ({ moves }: FoundComponent) => moves.some(({ kind }) => kinds.includes(kind));
  const moved = components.find((one) => isCalled(one) && pointedAt(FunctionName, one) !== FunctionName);
  return moved ? { ...properties, FunctionName: pointedAt(FunctionName, moved) } : properties;
}

const gateway = 'apigateway.amazonaws.com';

/** The components as JSON in which CloudFormation puts the names that it gave; null: the stack has nothing of any. */
function described(
  components: readonly FoundComponent[],
  { stack, isOneOfSeveral }: StackDelivery,
  deployments: ReadonlyMap<string, string>,
): Json | null {
  const list = components.flatMap((component, at) => {
    const of = partOf(component, stack, deployments);
    return of === null ? [] : [{ ...(isOneOfSeveral ? { at } : {}), ...of }];
  });
  return list.length === 0 ? null : { 'Fn::Join': ['', partsOf(list)] };
}

/** What a stack has of a component. */
function partOf(component: FoundComponent, stack: string, deployments: ReadonlyMap<string, string>): Json | null {
  const { name, id, health, path, contract, rest } = component;
  const api = component.api?.stack === stack ? component.api.id : null;
  const url = component.url?.stack === stack ? { url: { 'Fn::GetAtt': [component.url.id, 'FunctionUrl'] } } : {};
  const queues = component.queues
    .filter((queue) => queue.stack === stack)
    .map(({ mapping, url }) => ({ mapping: { Ref: mapping }, url }));
  const callers = component.callers.filter((caller) => caller.stack === stack).map(({ stack: _, ...caller }) => caller);
  const isRest = rest?.stack === stack;
  const deployment = isRest ? { Ref: deployments.get(rest.deployment) ?? rest.deployment } : null;
  const served = isRest ? { rest: { api: rest.id, stage: rest.stage, deployment } } : {};
  const called = { api, ...served, ...url, queues, ...(callers.length === 0 ? {} : { callers }) };
  if (component.stack === stack)
    return {
      name,
      id,
      health,
      ...(path === null ? {} : { path }),
      contract,
      function: { Ref: id },
      ...aliasIn(component),
      ...called,
    };
  const isUncalled = api === null && !isRest && queues.length === 0 && callers.length === 0 && !('url' in url);
  return isUncalled ? null : { name, ...called };
}

/** What its alias is called, and where it stands at first. One that stays as it is needs no word: it is `live`, on version 1. */
const aliasIn = (component: FoundComponent): Json =>
  component.aliasIs === 'own' ? {} : { alias: component.aliasName, first: firstVersion(component) };

/** JSON text with expressions of CloudFormation between its parts. */
function partsOf(value: unknown): unknown[] {
  const expressions: unknown[] = [];
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (!isExpression(part)) return part;
    expressions.push(part);
    return mark;
  });
  const pieces = text.split(mark);
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [expressions[index - 1], piece]));
}

/** Stands in quotes where an expression does; JSON itself holds none. */
const mark = '\u007f';

const isExpression = (part: unknown): boolean => {
  const [name, ...more] = Object.keys(asRecord(part));
  return more.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'));
};
