import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import {
  Architecture,
  CfnAlias,
  CfnEventSourceMapping,
  CfnPermission,
  CfnVersion,
  Code,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type Data, workerTimeoutSeconds } from './data.ts';
import type { CloudKind } from './emulated.ts';
import type { ServiceRoles } from './guardrails.ts';
import { contract } from './names.ts';
import { Concern, type EnvironmentStack } from './stack.ts';

/** Where functions and the API's access write their logs. */
export interface LogGroups {
  readonly api: LogGroup;
  readonly worker: LogGroup;
  readonly access: LogGroup;
}

/** What compute is built from. */
export interface ComputeParts {
  readonly data: Data;
  readonly roles: ServiceRoles;
  readonly logs: LogGroups;
  readonly cloud: CloudKind;
  /** Path of the bundle that both functions run. */
  readonly serviceZip: string;
}

/** What others watch of it. */
export interface Compute {
  readonly api: LambdaFunction;
  readonly worker: LambdaFunction;
  readonly apiId: string;
}

/** Seconds within which the API answers or is cut off; API Gateway itself waits for 30 at most. */
const apiTimeoutSeconds = 15;
/**
 * Jobs at once, over all versions that the alias gives weight to, are `workersAtOnce` (AWS's least is 2) times `jobsOfWorker`:
 * what Polly's neural voices allow (8 requests a second), and each job has one request under way.
 */
const workersAtOnce = 4;
const jobsOfWorker = 2;

/**
 * The service on Lambda. CloudFormation owns configuration and `$LATEST`; the controller alone publishes versions and moves
 * the `live` aliases, which everything that sends traffic goes through.
 */
export function compute(stack: EnvironmentStack, parts: ComputeParts): Compute {
  const scope = new Concern(stack, 'Compute');
  const { settings } = stack.declared;
  const functionOf = (
    id: 'Api' | 'Worker',
    own: { functionName: string; handler: string; memorySize: number; seconds: number },
  ) =>
    new LambdaFunction(scope, `${id}Function`, {
      functionName: own.functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: own.handler,
      code: Code.fromAsset(parts.serviceZip),
      memorySize: own.memorySize,
      timeout: Duration.seconds(own.seconds),
      role: id === 'Api' ? parts.roles.api : parts.roles.worker,
      logGroup: id === 'Api' ? parts.logs.api : parts.logs.worker,
      environment: serviceVariables(stack, parts.data),
    });
  const api = functionOf('Api', {
    functionName: stack.names.apiFunction,
    handler: 'index.api',
    memorySize: settings.memory.apiMiB,
    seconds: apiTimeoutSeconds,
  });
  const worker = functionOf('Worker', {
    functionName: stack.names.workerFunction,
    handler: 'index.worker',
    memorySize: settings.memory.workerMiB,
    seconds: workerTimeoutSeconds(settings.jobTimeoutSeconds),
  });
  const apiAlias = liveAliasOf(scope, 'Api', api);
  const workerAlias = liveAliasOf(scope, 'Worker', worker);

  const apiId = httpApi(stack, scope, apiAlias, parts);
  const mapping = new CfnEventSourceMapping(scope, 'WorkerMapping', {
    eventSourceArn: parts.data.queue.queueArn,
    functionName: workerAlias.ref,
    // Disabled until the first promotion is finalised: before it, `live` is a version that nobody has tried.
    enabled: false,
    batchSize: jobsOfWorker,
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: workersAtOnce },
  });
  sweepEachMinute(stack, scope, workerAlias);

  stack.output(contract.outputs.apiFunction, api.functionName);
  stack.output(contract.outputs.workerFunction, worker.functionName);
  stack.output(contract.outputs.apiId, apiId);
  stack.output(contract.outputs.workerMappingId, mapping.ref);
  return { api, worker, apiId };
}

/** The process contract of apps/service. */
function serviceVariables(stack: EnvironmentStack, data: Data): Record<string, string> {
  return {
    SOUNDBITE_ENVIRONMENT: stack.declared.name,
    SOUNDBITE_RELEASE: stack.release.valueAsString,
    SOUNDBITE_SETTINGS: JSON.stringify(stack.declared.settings),
    SOUNDBITE_TABLE: data.table.tableName,
    SOUNDBITE_BUCKET: data.bucket.bucketName,
    SOUNDBITE_QUEUE_URL: data.queue.queueUrl,
    SOUNDBITE_DEAD_LETTER_URL: data.deadLetters.queueUrl,
    SOUNDBITE_WEBHOOK_SECRET_ARN: data.webhookSecretArn,
  };
}

/**
 * `live` on one static version: published at the first deployment and never again, because nothing of it changes.
 * It only makes the alias possible; the controller moves it from there. Retained, since the alias may still name it.
 */
function liveAliasOf(scope: Concern, id: string, of: LambdaFunction): CfnAlias {
  const version = new CfnVersion(scope, `${id}Version`, { functionName: of.functionName });
  version.applyRemovalPolicy(RemovalPolicy.RETAIN);
  // The role's permissions must stand before the version runs for the first time.
  return new CfnAlias(scope, `${id}Alias`, {
    name: contract.alias,
    functionName: of.functionName,
    functionVersion: version.attrVersion,
  });
}

/** One `$default` route: routes are the service's own, so that a route belongs to a version and not to everybody at once. */
function httpApi(stack: EnvironmentStack, scope: Concern, alias: CfnAlias, { logs, cloud }: ComputeParts): string {
  const { authorizer, settings } = stack.declared;
  const api = new CfnApi(scope, 'HttpApi', {
    name: stack.names.stack,
    protocolType: 'HTTP',
    disableExecuteApiEndpoint: false,
  });
  const integration = new CfnIntegration(scope, 'HttpIntegration', {
    apiId: api.ref,
    integrationType: 'AWS_PROXY',
    integrationUri: alias.ref,
    payloadFormatVersion: '2.0',
  });
  const route = new CfnRoute(scope, 'HttpRoute', {
    apiId: api.ref,
    routeKey: '$default',
    target: `integrations/${integration.ref}`,
  });
  cloud.authorize(scope, api.ref, route, authorizer);
  new CfnStage(scope, 'HttpStage', {
    apiId: api.ref,
    stageName: '$default',
    autoDeploy: true,
    defaultRouteSettings: {
      throttlingRateLimit: settings.limits.requestsPerSecond,
      throttlingBurstLimit: 2 * settings.limits.requestsPerSecond,
    },
    accessLogSettings: {
      destinationArn: logs.access.logGroupArn,
      format: JSON.stringify({
        time: '$context.requestTimeEpoch',
        requestId: '$context.requestId',
        method: '$context.httpMethod',
        path: '$context.path',
        status: '$context.status',
        ms: '$context.responseLatency',
        error: '$context.error.message',
        integrationError: '$context.integrationErrorMessage',
      }),
    },
  });
  new CfnPermission(scope, 'HttpPermission', {
    action: 'lambda:InvokeFunction',
    functionName: alias.ref,
    principal: 'apigateway.amazonaws.com',
    sourceArn: `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${api.ref}/*/$default`,
  });
  return api.ref;
}

/** Finds soundbites that were accepted and never reached the queue. */
function sweepEachMinute({ names }: EnvironmentStack, scope: Concern, alias: CfnAlias): void {
  const rule = new CfnRule(scope, 'SweepRule', {
    name: names.sweepRule,
    description: 'Queues again what was accepted and never reached the queue',
    scheduleExpression: 'rate(1 minute)',
    // Said, so that CloudFormation sees it when somebody switches it off.
    state: 'ENABLED',
    targets: [{ id: 'worker', arn: alias.ref, input: JSON.stringify({ soundbite: 'sweep' }) }],
  });
  new CfnPermission(scope, 'SweepPermission', {
    action: 'lambda:InvokeFunction',
    functionName: alias.ref,
    principal: 'events.amazonaws.com',
    sourceArn: rule.attrArn,
  });
}
