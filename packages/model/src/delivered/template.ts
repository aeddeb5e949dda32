import { awsNames } from '../names.ts';
import { stackParameters } from '../stack-parameters.ts';
import { asList, asRecord, type Json } from '../template.ts';
import { adoption, aliasOf, conditionsOf, firstVersion, ifNew } from './alias.ts';
import type { FoundComponent } from './components.ts';
import { pointedAt } from './pointed.ts';

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
 * What is deployed of a service's stack in an environment: its template as the app made it, and what a promotion needs besides. Each component gets the alias
 * `live`, and what called its function calls the alias; a role does no more than the environment's boundary allows. What is there already stays as it is, and so does each
 * function: one whose code and configuration did not change has the version of the release before. Pure.
 */
export function deliveredTemplate(template: Json, delivery: StackDelivery): Json {
  const { environment, stack } = delivery;
  const components = delivery.components.map((component) => seenFrom(stack, component));
  const resources = asRecord(template.Resources);
  const made = new Set(delivery.components.flatMap((one) => (one.stack === stack ? one.versions : [])));
  const kept = Object.entries(resources).filter(([id]) => !made.has(id));
  const changed = kept.map(
    ([id, resource]) => [id, delivered({ id, resource: asRecord(resource), components, environment, stack })] as const,
  );
  const told = described(components, delivery);
  const adoptions = adoptionsIn(components, stack, resources);
  return {
    ...template,
    Parameters: { ...parameters, ...adoptions.parameters, ...asRecord(template.Parameters) },
    ...(Object.keys(adoptions.conditions).length === 0
      ? {}
      : { Conditions: { ...asRecord(template.Conditions), ...adoptions.conditions } }),
    Resources: {
      ...Object.fromEntries(changed),
      ...Object.assign({}, ...kept.map(([id, resource]) => permitted(id, asRecord(resource), components))),
      ...Object.assign({}, ...components.map((component) => aliasOf(component, resources))),
      ...recordIn(resources, delivery),
    },
    ...(told ? { Outputs: { ...asRecord(template.Outputs), [componentsOutput]: { Value: told } } } : {}),
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

/** What says of a stack whether it was adopted: of each alias that it has, and of each mapping of a function that another stack has. */
function adoptionsIn(components: readonly FoundComponent[], stack: string, resources: Json) {
  const held = components.filter(({ aliasIs, alias }) => aliasIs !== 'own' && alias !== '');
  const apart = components.filter(({ alias }) => alias === '').flatMap(({ queues }) => queues);
  const mappings = apart.filter((queue) => queue.stack === stack).map(({ mapping }) => adoption(mapping));
  return {
    parameters: Object.assign(
      {},
      ...[...held.map(({ alias }) => adoption(alias)), ...mappings].map((one) => one.parameters),
    ),
    conditions: Object.assign(
      {},
      ...held.map((component) => conditionsOf(component, resources)),
      ...mappings.map((one) => one.conditions),
    ) as Json,
  };
}

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
  // Enabled when the first promotion is finalised: before it, the alias is on a version that nobody has tried.
  if (fed) return changed({ ...pointed, Enabled: enabledOf(fed, id, properties.Enabled) });
  return moving.length > 0 ? changed(pointed) : resource;
}

/** What takes messages when a stack is adopted goes on with it. */
function enabledOf({ alias, aliasIs }: FoundComponent, mapping: string, own: unknown): unknown {
  if (alias !== '' && aliasIs === 'own') return false;
  return ifNew(alias === '' ? mapping : alias, false, own ?? true);
}

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
 * A permission to call a function through an HTTP API is given for its alias, too, if what has it is pointed there. The function's own stays: what may call it is
 * never replaced. Those of rules and topics stay alone with the function, which they call no more: the alias gets its own when a release is live.
 */
function permitted(id: string, resource: Json, components: readonly FoundComponent[]): Json {
  const { FunctionName, Principal } = asRecord(resource.Properties);
  if (resource.Type !== 'AWS::Lambda::Permission' || Principal !== gateway) return {};
  const isCalled = ({ moves }: FoundComponent) => moves.some(({ kind }) => kind === 'http-api');
  const moved = components.find((one) => isCalled(one) && pointedAt(FunctionName, one) !== FunctionName);
  if (!moved) return {};
  const Properties = { ...asRecord(resource.Properties), FunctionName: pointedAt(FunctionName, moved) };
  return { [`${id}OfAlias`]: { ...resource, Properties } };
}

/** A permission to call a function by its URL is one to call its alias: the URL is the alias's. */
function permittedByUrl(properties: Json, components: readonly FoundComponent[]): Json {
  const { FunctionName } = properties;
  if (properties.FunctionUrlAuthType === undefined && properties.InvokedViaFunctionUrl === undefined) return properties;
  const isCalled = ({ moves }: FoundComponent) => moves.some(({ kind }) => kind === 'function-url');
  const moved = components.find((one) => isCalled(one) && pointedAt(FunctionName, one) !== FunctionName);
  return moved ? { ...properties, FunctionName: pointedAt(FunctionName, moved) } : properties;
}

const gateway = 'apigateway.amazonaws.com';

/** The components as JSON in which CloudFormation puts the names that it gave; null: the stack has nothing of any. */
function described(components: readonly FoundComponent[], { stack, isOneOfSeveral }: StackDelivery): Json | null {
  const list = components.flatMap((component, at) => {
    const of = partOf(component, stack);
    return of === null ? [] : [{ ...(isOneOfSeveral ? { at } : {}), ...of }];
  });
  return list.length === 0 ? null : { 'Fn::Join': ['', partsOf(list)] };
}

/** What a stack has of a component. */
function partOf(component: FoundComponent, stack: string): Json | null {
  const { name, id, health } = component;
  const api = component.api?.stack === stack ? component.api.id : null;
  const url = component.url?.stack === stack ? { url: { 'Fn::GetAtt': [component.url.id, 'FunctionUrl'] } } : {};
  const queues = component.queues
    .filter((queue) => queue.stack === stack)
    .map(({ mapping, url }) => ({ mapping: { Ref: mapping }, url }));
  const callers = component.callers.filter((caller) => caller.stack === stack).map(({ stack: _, ...caller }) => caller);
  const called = { api, ...url, queues, ...(callers.length === 0 ? {} : { callers }) };
  if (component.stack === stack) return { name, id, health, function: { Ref: id }, ...aliasPart(component), ...called };
  const isUncalled = api === null && queues.length === 0 && callers.length === 0 && !('url' in url);
  return isUncalled ? null : { name, ...called };
}

/** Where its alias stands at first, and what it is called: one of the app's own alone is told by nothing else. */
const aliasPart = (component: FoundComponent): Json =>
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
