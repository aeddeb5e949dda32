import {
  GetResourcesCommand,
  GetStageCommand,
  type Integration,
  PutIntegrationCommand,
  type Resource,
  UpdateIntegrationCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import type { Drift, Target } from '@soundbite/model';
import { isGone, unlessGone } from '../infrastructure/gone.ts';
import type { Clients } from './clients.ts';
import type { Component, RestApi } from './components.ts';
import type { FencedClients } from './fence.ts';
import type { Proving } from './proof.ts';
import { isDenied, retried } from './retry.ts';

type Led = Pick<Component, 'functionName' | 'alias' | 'rest'>;

/**
 * What differs of a component's REST API: its stage is gone or serves another deployment than the release's, or methods do not lead to its alias. Those are served
 * from the next deployment on, so traffic is not led astray yet. None without a REST API.
 */
export async function restApiDrift(clients: Clients & Proving, target: Target, component: Led): Promise<Drift[]> {
  const { rest } = component;
  if (rest === null) return [];
  const { environment } = target;
  const where = `REST API ${rest.api}`;
  const hint = `soundbite repair ${environment.name}`;
  try {
    const [stage, methods] = await Promise.all([
      stageDrift(clients, rest),
      methodDrift(clients, target, component, rest),
    ]);
    return [...stage.map((detail) => ({ where: `stage ${rest.stage}`, detail, hint, inTraffic: true })), ...methods];
  } catch (error) {
    if (isGone(error)) return [{ where, detail: 'is gone', hint, inTraffic: true }];
    if (!isDenied(error)) throw error;
    // An account that was bootstrapped by an older SoundBite: its controller may not look yet.
    const bootstrap = `soundbite bootstrap ${environment.name}`;
    return [{ where, detail: `cannot be read: ${error.message}`, hint: bootstrap, inTraffic: false }];
  }
}

async function stageDrift({ rest }: Clients, { api, stage, deployment }: RestApi): Promise<string[]> {
  const found = await unlessGone(rest.send(new GetStageCommand({ restApiId: api, stageName: stage })));
  if (found === null) return ['is gone'];
  return found.deploymentId === deployment
    ? []
    : [`serves the deployment ${found.deploymentId} instead of ${deployment}, which the release made`];
}

async function methodDrift(
  clients: Clients & Proving,
  { environment }: Target,
  component: Led,
  { api }: RestApi,
): Promise<Drift[]> {
  const [methods, declared] = await Promise.all([methodsOf(clients, api), clients.routes(component)]);
  if (!declared) return [];
  const astray = declared.flatMap(({ key, leadsHere }): Drift[] => {
    const found = methods.find((method) => method.key === key);
    if (!leadsHere || (found && leadsTo(found.integration, clients, component))) return [];
    const detail = `leads to ${found?.integration?.uri ?? 'nothing'} instead of ${component.functionName}:${component.alias}, from the next deployment of the API on`;
    return [{ where: `method ${key}`, detail, hint: `soundbite repair ${environment.name}`, inTraffic: false }];
  });
  const strange = methods
    .filter(({ key }) => !declared.some((one) => one.key === key))
    .map(({ key, resource, method }) => ({
      where: `method ${key}`,
      detail: 'is one that no release declares',
      hint: `soundbite aws ${environment.name} apigateway delete-method --rest-api-id ${api} --resource-id ${resource} --http-method ${method}`,
      inTraffic: false,
    }));
  return [...astray, ...strange];
}

interface Method {
  /** `GET /orders/{id}`. */
  readonly key: string;
  readonly resource: string | undefined;
  readonly method: string;
  readonly integration: Integration | undefined;
}

async function methodsOf({ rest }: Clients, restApiId: string): Promise<readonly Method[]> {
  const found: Resource[] = [];
  let position: string | undefined;
  do {
    const page = await rest.send(new GetResourcesCommand({ restApiId, embed: ['methods'], limit: 500, position }));
    found.push(...(page.items ?? []));
    position = page.position;
  } while (position !== undefined);
  return found.flatMap(({ id, path, resourceMethods = {} }) =>
    Object.entries(resourceMethods).map(([method, { methodIntegration }]) => ({
      ...{ key: `${method} ${path}`, resource: id, method },
      integration: methodIntegration,
    })),
  );
}

/** Leads the methods of a REST API to the component's alias again, and its stage to the release's deployment, where somebody led them elsewhere. Nothing without a REST API. */
export async function leadRestApi(clients: FencedClients & Proving, component: Led, aliasArn: string): Promise<void> {
  const { rest } = component;
  if (rest === null) return;
  const declared = (await clients.routes(component)) ?? [];
  await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
    try {
      const methods = await methodsOf(clients, rest.api);
      for (const { key, leadsHere } of declared) {
        const found = methods.find((method) => method.key === key);
        if (leadsHere && found && !leadsTo(found.integration, clients, component))
          await leadMethod(clients, rest.api, found, aliasArn);
      }
      if ((await stageDrift(clients, rest)).length > 0) await serve(clients, rest);
    } catch (error) {
      // Whoever may not look does not lead either; what is gone CloudFormation makes again.
      if (!isDenied(error) && !isGone(error)) throw error;
    }
  });
}

async function leadMethod(clients: FencedClients, restApiId: string, found: Method, aliasArn: string): Promise<void> {
  const uri = `arn:${aliasArn.split(':')[1]}:apigateway:${clients.access.region}:lambda:path/2015-03-31/functions/${aliasArn}/invocations`;
  const method = { restApiId, resourceId: found.resource, httpMethod: found.method };
  await clients.hold();
  if (found.integration?.type !== 'AWS_PROXY') {
    const integration = { type: 'AWS_PROXY' as const, integrationHttpMethod: 'POST', uri };
    await clients.rest.send(new PutIntegrationCommand({ ...method, ...integration }));
    return;
  }
  const patchOperations = [{ op: 'replace' as const, path: '/uri', value: uri }];
  await clients.rest.send(new UpdateIntegrationCommand({ ...method, patchOperations }));
}

async function serve(clients: FencedClients, { api, stage, deployment }: RestApi): Promise<void> {
  await clients.hold();
  const patchOperations = [{ op: 'replace' as const, path: '/deploymentId', value: deployment }];
  await clients.rest.send(new UpdateStageCommand({ restApiId: api, stageName: stage, patchOperations }));
}

/** An integration names an alias by the path under which Lambda invokes it. A function of another account or region may bear the same name. */
const leadsTo = (
  integration: Integration | undefined,
  { access: { region, account } }: Clients,
  { functionName, alias }: Led,
): boolean =>
  integration?.type === 'AWS_PROXY' &&
  (integration.uri ?? '')
    .replace(/\/invocations$/, '')
    .endsWith(`:lambda:${region}:${account}:function:${functionName}:${alias}`);
