import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import type { Emulator } from './emulator.ts';

/** The service as two Lambda functions behind an HTTP API and a queue mapping, in an emulated account. */
export interface Functions {
  readonly url: string;
  invoke(part: 'api' | 'worker', event: unknown): Promise<unknown>;
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

export async function makeFunctions(
  emulator: Emulator,
  environment: Readonly<Record<string, string>>,
  zip: Uint8Array,
): Promise<Functions> {
  const {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL,
    ...variables
  } = {
    ...emulator.credentials,
    ...environment,
  };
  const client = {
    region,
    endpoint: AWS_ENDPOINT_URL,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  };
  const lambda = new LambdaClient(client);
  const name = (part: string) => `${environment.SOUNDBITE_TABLE}-${part}`;
  const role = await makeRole(new IAMClient(client), name('role'));
  const arns: Record<string, string> = {};
  for (const part of ['api', 'worker']) {
    const made = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name(part),
        Runtime: 'nodejs24.x' as 'nodejs22.x',
        Handler: `index.${part}`,
        Role: role,
        Code: { ZipFile: zip },
        MemorySize: 512,
        Timeout: 35,
        Environment: { Variables: variables },
      }),
    );
    arns[part] = made.FunctionArn ?? '';
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: name(part) });
  }
  const gateway = new ApiGatewayV2Client(client);
  const { ApiId } = await gateway.send(new CreateApiCommand({ Name: name('http'), ProtocolType: 'HTTP' }));
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arns.api,
      PayloadFormatVersion: '2.0',
    }),
  );
  await gateway.send(new CreateRouteCommand({ ApiId, RouteKey: '$default', Target: `integrations/${IntegrationId}` }));
  await gateway.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: name('api'),
      StatementId: 'http',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    }),
  );
  const queue = new URL(environment.SOUNDBITE_QUEUE_URL ?? '').pathname.split('/');
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name('worker'),
      EventSourceArn: `arn:aws:sqs:${region}:${queue.at(-2)}:${queue.at(-1)}`,
      BatchSize: 2,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  return {
    url: `${emulator.endpoint}/_aws/execute-api/${ApiId}/$default`,
    async invoke(part, event) {
      const { Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: name(part), Payload: Buffer.from(JSON.stringify(event)) }),
      );
      return JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as unknown;
    },
  };
}

/** A role that may do anything: what the functions' own roles may do is for the templates' tests. Gives its ARN. */
async function makeRole(iam: IAMClient, name: string): Promise<string | undefined> {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  await iam.send(
    new PutRolePolicyCommand({ RoleName: name, PolicyName: 'all', PolicyDocument: JSON.stringify(policy) }),
  );
  return Role?.Arn;
}
