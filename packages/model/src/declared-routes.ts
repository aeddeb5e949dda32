import { asRecord, type Resource, readTemplate, type Template, textOf } from './template.ts';
import { expressionResolver, type TemplateValues } from './template-values.ts';

/** A route of an HTTP API, or a method of a REST API, as a template declares it. */
export interface DeclaredRoute {
  /** `$default`, `GET /orders`. */
  readonly key: string;
  /** Whether it leads to the alias of the function that was asked for; false: to something else, which is not looked at. */
  readonly leadsHere: boolean;
}

/**
 * The routes of the HTTP API, or the methods of the REST API, that leads to an alias of a function, all of that API; none where the template has no such
 * API. A REST API's are spelled as an HTTP API's: `GET /orders/{id}`.
 */
export function declaredRoutes(
  template: unknown,
  functionName: string,
  alias: string,
  values: TemplateValues,
): DeclaredRoute[] {
  const read = readTemplate(template);
  const aliases = aliasesOf(read, functionName, alias, values);
  // The alias itself, or the path under which Lambda invokes it.
  const leadsHere = (uri: unknown) => aliases.some((one) => textOf(uri) === one || textOf(uri).includes(`/${one}/`));
  return [...httpRoutes(read, leadsHere), ...restMethods(read, leadsHere)];
}

type LeadsHere = (uri: unknown) => boolean;

function httpRoutes(read: Template, leadsHere: LeadsHere): DeclaredRoute[] {
  const here = new Set<string>();
  const apis = new Set<string>();
  for (const { id, type, properties } of read.resources.values()) {
    if (type !== 'AWS::ApiGatewayV2::Integration' || !leadsHere(properties.IntegrationUri)) continue;
    here.add(`integrations/\${${id}}`);
    apis.add(textOf(properties.ApiId));
  }
  return [...read.resources.values()].flatMap(({ type, properties }): DeclaredRoute[] =>
    type === 'AWS::ApiGatewayV2::Route' && apis.has(textOf(properties.ApiId))
      ? [{ key: String(properties.RouteKey), leadsHere: here.has(textOf(properties.Target)) }]
      : [],
  );
}

function restMethods(read: Template, leadsHere: LeadsHere): DeclaredRoute[] {
  const methods = [...read.resources.values()].filter(({ type }) => type === 'AWS::ApiGateway::Method');
  const isHere = ({ properties }: Resource) => leadsHere(asRecord(properties.Integration).Uri);
  const apis = new Set(methods.filter(isHere).map(({ properties }) => textOf(properties.RestApiId)));
  return methods
    .filter(({ properties }) => apis.has(textOf(properties.RestApiId)))
    .map((method) => ({
      key: `${String(method.properties.HttpMethod)} ${pathOf(read, method.properties.ResourceId)}`,
      leadsHere: isHere(method),
    }));
}

/** The path of a REST API's resource: its own part below those of its parents. The root is an attribute of the API. */
function pathOf(read: Template, resource: unknown): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  // A template in which a path is below itself is one that CloudFormation refuses.
  for (let id = asRecord(resource).Ref; typeof id === 'string' && !seen.has(id); ) {
    seen.add(id);
    const { PathPart, ParentId } = read.resources.get(id)?.properties ?? {};
    parts.unshift(String(PathPart));
    id = asRecord(ParentId).Ref;
  }
  return `/${parts.join('/')}`;
}

/** As its own stack names the alias, and as another one does, which knows the function alone. */
function aliasesOf(read: Template, functionName: string, alias: string, values: TemplateValues): string[] {
  const computed = expressionResolver(read, values);
  return [...read.resources.values()].flatMap(({ id, type, properties: { Name, FunctionName } }) => {
    const isIt = type === 'AWS::Lambda::Alias' && Name === alias && computed(FunctionName) === functionName;
    return isIt ? [`\${${id}}`, `\${${String(asRecord(FunctionName).Ref)}.Arn}:${alias}`] : [];
  });
}
