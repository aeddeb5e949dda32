import { awsNames } from '../names.ts';
import { type Resource, readTemplate, type Template } from '../template.ts';
import type { AllowedType } from './allowed-type.ts';
import { allowedTypes } from './allowed-types.ts';
import { resolvedName } from './held-names.ts';
import { type Holdings, holdingsOf } from './holdings.ts';
import { typesIn, uselessServices } from './uses.ts';

/** What a template holds that no bootstrap may allow. */
export interface Unmanageable {
  /** The logical id of the resource; null: of the template as a whole. */
  readonly id: string | null;
  readonly message: string;
  readonly hint: string;
}

/** Everything of an environment's template that no bootstrap allows; none: it can be deployed. */
export const unmanageable = (template: unknown, environment: string): Unmanageable[] =>
  unmanageableIn(readTemplate(template), environment);

/** The same, of a template that was read. `held`: the types that the environment's stacks hold, when it has several. */
export function unmanageableIn(
  template: Template,
  environment: string,
  held: ReadonlySet<string> = typesIn(template),
): Unmanageable[] {
  const all = [...template.resources.values()];
  const known = all.flatMap((resource) => {
    const row = allowedTypes[resource.type];
    return row ? [{ resource, row }] : [];
  });
  return [
    ...otherTypes(all),
    ...known.flatMap(({ resource, row }) => nameless(resource, row)),
    ...unresolvable(holdingsOf(template), environment),
    ...vainly(template, held),
  ];
}

/** Of types that an app has without having written them. */
const hints: ReadonlyMap<string, string> = new Map([
  [
    'AWS::ApiGateway::Account',
    'give the RestApi cloudWatchRole: false and deploy that first; what it set holds for the whole account, and stays there',
  ],
]);

/** One for each type. */
function otherTypes(all: readonly Resource[]): Unmanageable[] {
  const found = Map.groupBy(
    all.filter(({ type }) => !(type in allowedTypes) && !isJudgedElsewhere(type)),
    ({ type }) => type,
  );
  return [...found].map(([type, [first, ...more]]) => ({
    id: first?.id ?? null,
    message: `${type}${more.length > 0 ? ` (${more.length + 1} times)` : ''} is no type of resource that a service may hold here`,
    hint:
      hints.get(type) ??
      'use a type of docs/reference/resource-types.md, or deploy it in a stack of its own beside the service',
  }));
}

/** Nested stacks and custom resources have sentences of their own. */
const isJudgedElsewhere = (type: string) => type.startsWith('Custom::') || type.startsWith('AWS::CloudFormation::');

function nameless({ id, type, properties }: Resource, { name }: AllowedType): Unmanageable[] {
  if (name?.otherwise !== 'unknowable' || properties[name.property] !== undefined) return [];
  return [
    {
      id,
      message: `${id} (${type}) has no name, and the one that CloudFormation makes up does not say whose it is`,
      hint: `give it a ${name.property} with the environment’s name in it`,
    },
  ];
}

/** Names that only a deployment knows, that hold wildcards, or that belong to the bootstrap itself. */
function unresolvable(holdings: Holdings, environment: string): Unmanageable[] {
  return holdings.resources.flatMap((holding) => {
    const { id, type, name } = holding;
    if (name === null) return [];
    const resolved = resolvedName(holding, holdings, environment);
    const why =
      resolved === null || /[*?]/.test(name)
        ? `has the name ${name}, which is not known before it is deployed`
        : isOurs(resolved, environment)
          ? `has the name ${name}, which belongs to the bootstrap`
          : null;
    const hint = 'give it a literal name, or leave the name to CloudFormation';
    return why === null ? [] : [{ id, message: `${id} (${type}) ${why}`, hint }];
  });
}

function isOurs(name: string, environment: string): boolean {
  const { fenceTable, controllerRole, qualifier } = awsNames(environment);
  return (
    [fenceTable, controllerRole].includes(name) ||
    name.includes(`cdk-${qualifier}-`) ||
    name.startsWith('/cdk-bootstrap/')
  );
}

const vainly = (template: Template, held: ReadonlySet<string>): Unmanageable[] =>
  uselessServices(template, held).map((service) => ({
    id: null,
    message: `a role may do ${service}:…, and no resource of the template, nor the list of services, lets a role of a service do that`,
    hint: `take ${service} out of the role’s policy, or keep what it uses in the service’s own stack`,
  }));
