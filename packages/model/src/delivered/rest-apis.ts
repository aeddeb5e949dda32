import { createHash } from 'node:crypto';
import { type App, type Node, typed } from '../inspect/app.ts';
import type { Caller } from '../inspect/triggers.ts';
import { isSame } from '../template.ts';
import type { FoundComponent, FoundRestApi } from './found-component.ts';

/** The REST APIs that lead to a function, each once. One that cannot be delivered is a sentence. */
export function restApisOf(app: App, callers: readonly Caller[]): readonly (FoundRestApi | string)[] {
  const methods = callers.filter(({ kind }) => kind === 'rest-api').map(({ node }) => node);
  const all = methods.map((method) => restApiOf(app, method));
  return all.filter((api, index) => all.findIndex((other) => isSame(other, api)) === index);
}

function restApiOf(app: App, method: Node): FoundRestApi | string {
  const [api] = app.of(method, method.resource.properties.RestApiId);
  const path = method.place.path;
  if (!api || api.stack !== method.stack)
    return `is called by ${path}, whose REST API is in no stack together with it; declare both in one stack`;
  const of = (type: string) =>
    typed(app, type).filter((one) => app.of(one, one.resource.properties.RestApiId).includes(api));
  const stages = of('AWS::ApiGateway::Stage');
  const [stage] = stages;
  if (!stage || stages.length > 1 || stage.stack !== api.stack)
    return `is called by ${path}, whose REST API has ${stages.length} stages in the app; it has to have one, in its own stack`;
  const [deployment] = app.of(stage, stage.resource.properties.DeploymentId);
  if (!deployment || deployment.resource.properties.StageName !== undefined)
    return `is called by ${path}, whose stage ${stage.place.path} serves no deployment of its own; give it one by DeploymentId`;
  return {
    stack: api.stack.name,
    id: { Ref: api.resource.id },
    stage: { Ref: stage.resource.id },
    deployment: deployment.resource.id,
  };
}

/**
 * Logical ids of a stack's deployments of REST APIs, by the ids that the app gave them. A deployment is a snapshot, and the CDK makes another one only when it sees that a method
 * changed. Methods that delivery points at an alias have to be taken, too: so the id follows from which they are.
 */
export function deploymentIds(components: readonly FoundComponent[], stack: string): ReadonlyMap<string, string> {
  const pointed = components.flatMap(({ rest, moves, alias, aliasName, exports }) =>
    rest?.stack === stack
      ? moves
          .filter(({ kind }) => kind === 'rest-api')
          .map(
            ({ node }) => [rest.deployment, `${node.resource.id} ${alias || exports.join(' ')} ${aliasName}`] as const,
          )
      : [],
  );
  return new Map(
    [...Map.groupBy(pointed, ([deployment]) => deployment)].map(([id, methods]) => {
      const text = methods.map(([, method]) => method).sort();
      const digest = createHash('sha256').update(JSON.stringify(text)).digest('hex');
      return [id, `${id}Live${digest.slice(0, 8)}`];
    }),
  );
}

/** A part of a template, with deployments under their delivered ids. */
export function withDeployments(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (ids.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => withDeployments(one, ids));
  const named = (id: unknown): unknown => ids.get(String(id)) ?? id;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (key === 'Ref') return [key, named(part)];
      if (key === 'DependsOn') return [key, Array.isArray(part) ? part.map(named) : named(part)];
      if (key === 'Fn::GetAtt' && Array.isArray(part)) return [key, [named(part[0]), ...part.slice(1)]];
      return [key, withDeployments(part, ids)];
    }),
  );
}
