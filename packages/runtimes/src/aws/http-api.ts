import {
  GetIntegrationsCommand,
  GetRoutesCommand,
  type Integration,
  type Route,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-apigatewayv2';
import type { DeclaredRoute, Drift, Target } from '@soundbite/model';
import { isGone } from '../infrastructure/gone.ts';
import { allItems } from '../pages.ts';
import type { Clients } from './clients.ts';
import type { Component } from './components.ts';
import type { FencedClients } from './fence.ts';
import type { Proving } from './proof.ts';
import { isDenied, retried } from './retry.ts';

/** The route that takes all requests: the only one of the fixed stacks. */
const onlyRoute: DeclaredRoute = { key: '$default', leadsHere: true };

/** Routes and integrations of a component's HTTP API that do not lead to its alias, as far as they are declared to. None without an API. */
export async function httpApiDrift(clients: Clients & Proving, target: Target, component: Component): Promise<Drift[]> {
  const { apiId, functionName, alias } = component;
  if (apiId === null) return [];
  const where = `HTTP API ${apiId}`;
  try {
    const [found, declared] = await Promise.all([readApi(clients, apiId), routesOf(clients, component)]);
    return declared ? driftIn(clients, target, { apiId, functionName, alias, declared }, found) : [];
  } catch (error) {
    if (isGone(error))
      return [{ where, detail: 'is gone', hint: `soundbite repair ${target.environment.name}`, inTraffic: true }];
    if (!isDenied(error)) throw error;
    // An account that was bootstrapped by an older SoundBite: its controller may not look yet.
    const hint = `soundbite bootstrap ${target.environment.name}`;
    return [{ where, detail: `cannot be read: ${error.message}`, hint, inTraffic: false }];
  }
}

/** What the deployed release declares. Where that is not at hand: of the fixed stacks their only route; null of any other. */
async function routesOf(clients: Proving, component: Component): Promise<readonly DeclaredRoute[] | null> {
  const declared = await clients.routes(component);
  if (declared && declared.length > 0) return declared;
  return component.logicalId === null ? [onlyRoute] : declared;
}

/** Leads the API's routes to the alias again, where somebody led them elsewhere. Nothing without an API. */
export async function leadToAlias(
  clients: FencedClients & Proving,
  component: Component,
  aliasArn: string,
): Promise<void> {
  const { apiId: ApiId } = component;
  if (ApiId === null) return;
  const declared = (await routesOf(clients, component)) ?? [];
  await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
    const { routes, integrations } = await readApi(clients, ApiId).catch((error: unknown) => {
      if (isDenied(error)) return { routes: [], integrations: [] };
      throw error;
    });
    const astray = new Map<string, Integration>();
    for (const { key, leadsHere } of declared) {
      const integration = integrationOf(routeOf(routes, key), integrations);
      if (leadsHere && integration && !leadsTo(integration, clients, component))
        astray.set(integration.IntegrationId ?? '', integration);
    }
    for (const IntegrationId of astray.keys()) {
      await clients.hold();
      await clients.http.send(
        new UpdateIntegrationCommand({
          ApiId,
          IntegrationId,
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: aliasArn,
          PayloadFormatVersion: '2.0',
        }),
      );
    }
  });
}

async function readApi({ http }: Clients, ApiId: string) {
  const MaxResults = '100';
  const [routes, integrations] = await Promise.all([
    allItems((NextToken) => http.send(new GetRoutesCommand({ ApiId, MaxResults, NextToken }))),
    allItems((NextToken) => http.send(new GetIntegrationsCommand({ ApiId, MaxResults, NextToken }))),
  ]);
  return { routes, integrations };
}

/** A component's function, and the routes of its API. */
interface Led extends Pick<Component, 'functionName' | 'alias'> {
  readonly apiId: string;
  readonly declared: readonly DeclaredRoute[];
}

function driftIn(
  clients: Clients,
  { environment }: Target,
  { apiId, declared, ...aliased }: Led,
  { routes, integrations }: { readonly routes: readonly Route[]; readonly integrations: readonly Integration[] },
): Drift[] {
  const astray = declared.flatMap(({ key, leadsHere }): Drift[] => {
    const integration = integrationOf(routeOf(routes, key), integrations);
    if (!leadsHere || (integration && leadsTo(integration, clients, aliased))) return [];
    const found = integration?.IntegrationUri ?? 'nothing';
    const detail = `leads to ${found} instead of ${aliased.functionName}:${aliased.alias}`;
    return [{ where: `route ${key}`, detail, inTraffic: true }];
  });
  const strange = routes
    .filter(({ RouteKey }) => !declared.some(({ key }) => key === RouteKey))
    .map((route) => ({
      where: `route ${route.RouteKey}`,
      detail: `leads to ${integrationOf(route, integrations)?.IntegrationUri ?? 'nothing'}, and no release declares it`,
      hint: `soundbite aws ${environment.name} apigatewayv2 delete-route --api-id ${apiId} --route-id ${route.RouteId}`,
      inTraffic: true,
    }));
  return [...astray, ...strange];
}

const routeOf = (routes: readonly Route[], key: string) => routes.find(({ RouteKey }) => RouteKey === key);

const integrationOf = (route: Route | undefined, integrations: readonly Integration[]): Integration | undefined =>
  integrations.find(({ IntegrationId }) => route?.Target === `integrations/${IntegrationId}`);

/** An integration names an alias by its ARN, or by the path under which Lambda invokes it. A function of another account or region may bear the same name. */
const leadsTo = (
  { IntegrationUri = '', IntegrationType }: Integration,
  { access: { region, account } }: Clients,
  { functionName, alias }: Pick<Component, 'functionName' | 'alias'>,
): boolean =>
  IntegrationType === 'AWS_PROXY' &&
  IntegrationUri.replace(/\/invocations$/, '').endsWith(
    `:lambda:${region}:${account}:function:${functionName}:${alias}`,
  );
