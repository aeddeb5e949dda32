import {
  GetIntegrationsCommand,
  GetRoutesCommand,
  type Integration,
  type Route,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type Drift, liveAlias, type Target } from '@soundbite/model';
import { allItems } from '../pages.ts';
import type { Clients } from './clients.ts';
import type { HttpComponent } from './components.ts';
import type { FencedClients } from './fence.ts';
import { isDenied, retried } from './retry.ts';

/** The route that takes all requests; the template declares no other. */
const onlyRoute = '$default';

/** Routes and integrations of a component's HTTP API that do not point to its `live` alias. */
export async function httpApiDrift(clients: Clients, target: Target, component: HttpComponent): Promise<Drift[]> {
  const { apiId: ApiId } = component;
  try {
    const { routes, integrations } = await readApi(clients, ApiId);
    return driftIn(clients, target, component, { routes, integrations });
  } catch (error) {
    if (!isDenied(error)) throw error;
    // An account that was bootstrapped by an older SoundBite: its controller may not look yet.
    const hint = `soundbite bootstrap ${target.environment.name}`;
    return [{ where: `HTTP API ${ApiId}`, detail: `cannot be read: ${error.message}`, hint, inTraffic: false }];
  }
}

/** Leads the API's route to the `live` alias again, where somebody led it elsewhere. */
export async function leadToAlias(
  clients: FencedClients,
  { apiId: ApiId, functionName }: HttpComponent,
  aliasArn: string,
): Promise<void> {
  await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
    const { routes, integrations } = await readApi(clients, ApiId).catch((error: unknown) => {
      if (isDenied(error)) return { routes: [], integrations: [] };
      throw error;
    });
    const route = routes.find(({ RouteKey }) => RouteKey === onlyRoute);
    const integration = integrationOf(route, integrations);
    if (!integration || leadsTo(integration, clients, functionName)) return;
    await clients.hold();
    await clients.http.send(
      new UpdateIntegrationCommand({
        ApiId,
        IntegrationId: integration.IntegrationId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: aliasArn,
        PayloadFormatVersion: '2.0',
      }),
    );
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

function driftIn(
  clients: Clients,
  { environment }: Target,
  { apiId, functionName }: HttpComponent,
  { routes, integrations }: { readonly routes: readonly Route[]; readonly integrations: readonly Integration[] },
): Drift[] {
  const main = routes.find(({ RouteKey }) => RouteKey === onlyRoute);
  const integration = integrationOf(main, integrations);
  const aside = routes
    .filter(({ RouteKey }) => RouteKey !== onlyRoute)
    .map((route) => ({
      where: `route ${route.RouteKey}`,
      detail: `leads to ${integrationOf(route, integrations)?.IntegrationUri ?? 'nothing'}, and no release declares it`,
      hint: `soundbite aws ${environment.name} apigatewayv2 delete-route --api-id ${apiId} --route-id ${route.RouteId}`,
      inTraffic: true,
    }));
  if (integration && leadsTo(integration, clients, functionName)) return aside;
  const found = integration?.IntegrationUri ?? 'nothing';
  const detail = `leads to ${found} instead of ${functionName}:${liveAlias}`;
  return [{ where: `route ${onlyRoute}`, detail, inTraffic: true }, ...aside];
}

const integrationOf = (route: Route | undefined, integrations: readonly Integration[]): Integration | undefined =>
  integrations.find(({ IntegrationId }) => route?.Target === `integrations/${IntegrationId}`);

/** An integration names an alias by its ARN, or by the path under which Lambda invokes it. A function of another account or region may bear the same name. */
const leadsTo = (
  { IntegrationUri = '', IntegrationType }: Integration,
  { access: { region, account } }: Clients,
  functionName: string,
): boolean =>
  IntegrationType === 'AWS_PROXY' &&
  IntegrationUri.replace(/\/invocations$/, '').endsWith(
    `:lambda:${region}:${account}:function:${functionName}:${liveAlias}`,
  );
