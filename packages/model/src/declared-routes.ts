import { asRecord, readTemplate, type Template, textOf } from './template.ts';
import { expressionResolver, type TemplateValues } from './template-values.ts';

/** A route of an HTTP API, as a template declares it. */
export interface DeclaredRoute {
  /** `$default`, `GET /orders`. */
  readonly key: string;
  /** Whether it leads to the alias of the function that was asked for; false: to something else, which is not looked at. */
  readonly leadsHere: boolean;
}

/** The routes of the HTTP APIs that lead to an alias of a function; none where the template has no such API. */
export function declaredRoutes(
  template: unknown,
  functionName: string,
  alias: string,
  values: TemplateValues,
): DeclaredRoute[] {
  const read = readTemplate(template);
  const aliases = aliasesOf(read, functionName, alias, values);
  const here = new Set<string>();
  const apis = new Set<string>();
  for (const { id, type, properties } of read.resources.values()) {
    const uri = textOf(properties.IntegrationUri);
    // The alias itself, or the path under which Lambda invokes it.
    if (type !== 'AWS::ApiGatewayV2::Integration' || !aliases.some((one) => uri === one || uri.includes(`/${one}/`)))
      continue;
    here.add(`integrations/\${${id}}`);
    apis.add(textOf(properties.ApiId));
  }
  return [...read.resources.values()].flatMap(({ type, properties }): DeclaredRoute[] =>
    type === 'AWS::ApiGatewayV2::Route' && apis.has(textOf(properties.ApiId))
      ? [{ key: String(properties.RouteKey), leadsHere: here.has(textOf(properties.Target)) }]
      : [],
  );
}

/** As its own stack names the alias, and as another one does, which knows the function alone. */
function aliasesOf(read: Template, functionName: string, alias: string, values: TemplateValues): string[] {
  const computed = expressionResolver(read, values);
  return [...read.resources.values()].flatMap(({ id, type, properties: { Name, FunctionName } }) => {
    const isIt = type === 'AWS::Lambda::Alias' && Name === alias && computed(FunctionName) === functionName;
    return isIt ? [`\${${id}}`, `\${${String(asRecord(FunctionName).Ref)}.Arn}:${alias}`] : [];
  });
}
