import {
  GetIntegrationsCommand,
  GetRoutesCommand,
  type Integration,
  type Route,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type Drift, liveAlias, stackOutputs, type Target } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { allItems } from '../pages.ts';
import type { Clients } from './clients.ts';
import type { FencedClients } from './fence.ts';
import { isDenied, retried } from './retry.ts';

/** The route that takes all requests; the template declares no other. */
const onlyRoute = '$default';

/** Routes and integrations of the HTTP API that do not point to the `live` alias of the API's function. */
export async function httpApiDrift(clients: Clients, target: Target): Promise<Drift[]> {
  const ApiId = outputOf(target, stackOutputs.apiId);
  try {
    const { routes, integrations } = await readApi(clients, ApiId);
    return driftIn(clients, target, routes, integrations);
  } catch (error) {
    if (!isDenied(error)) throw error;
    // An account that was bootstrapped by an older SoundBite: its controller may not look yet.
    const hint = `soundbite bootstrap ${target.environment.name}`;
    return [{ where: `HTTP API ${ApiId}`, detail: `cannot be read: ${error.message}`, hint, inTraffic: false }];
  }
}

/** Leads the API's route to the `live` alias again, where somebody led it elsewhere. */
export async function leadToAlias(clients: FencedClients, target: Target, aliasArn: string): Promise<void> {
  const ApiId = outputOf(target, stackOutputs.apiId);
  await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
    const { routes, integrations } = await readApi(clients, ApiId).catch((error: unknown) => {
      if (isDenied(error)) return { routes: [], integrations: [] };
      throw error;
    });
    const route = routes.find(({ RouteKey }) => RouteKey === onlyRoute);
    const integration = integrationOf(route, integrations);
    if (!integration || leadsTo(integration, clients, outputOf(target, stackOutputs.apiFunction))) return;
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
  target: Target,
  routes: readonly Route[],
  integrations: readonly Integration[],
): Drift[] {
  const { environment } = target;
  const functionName = outputOf(target, stackOutputs.apiFunction);
  const main = routes.find(({ RouteKey }) => RouteKey === onlyRoute);
  const integration = integrationOf(main, integrations);
  const aside = routes
    .filter(({ RouteKey }) => RouteKey !== onlyRoute)
    .map((route) => ({
      where: `route ${route.RouteKey}`,
      detail: `leads to ${integrationOf(route, integrations)?.IntegrationUri ?? 'nothing'}, and no release declares it`,
      hint: `soundbite aws ${environment.name} apigatewayv2 delete-route --api-id ${outputOf(target, stackOutputs.apiId)} --route-id ${route.RouteId}`,
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
