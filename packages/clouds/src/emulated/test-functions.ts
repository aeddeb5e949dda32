import { crc32 } from 'node:zlib';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { TestAccount } from './test-account.ts';

/** A ZIP archive (stored, not compressed) with one `index.mjs` of this source. */
export function codeZip(source: string): Uint8Array {
  const name = Buffer.from('index.mjs');
  const data = Buffer.from(source);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, data]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(0o100644 * 65536, 6);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields, attributes, name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** A role that a service (`lambda` by default) or the given principal may assume; returns its ARN. */
export async function createRole(account: TestAccount, name: string, actions: readonly string[] = []): Promise<string> {
  const iam = new IAMClient(account.config);
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const created = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  if (actions.length > 0) {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
    await iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'p', PolicyDocument: JSON.stringify(policy) }),
    );
  }
  return created.Role?.Arn ?? '';
}

/** A Node function whose module source is given; returns when it is active. */
export async function createFunction(
  account: TestAccount,
  name: string,
  source: string,
  extra: { readonly Timeout?: number; readonly Environment?: Record<string, string>; readonly Role?: string } = {},
): Promise<void> {
  const lambda = new LambdaClient(account.config);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: extra.Role ?? (await createRole(account, `${name}-role`)),
      Timeout: extra.Timeout ?? 10,
      Code: { ZipFile: codeZip(source) },
      ...(extra.Environment === undefined ? {} : { Environment: { Variables: extra.Environment } }),
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 10, minDelay: 0.1, maxDelay: 0.2 },
    { FunctionName: name },
  );
}

/** Publishes `$LATEST`; with a source, updates the code first. Returns the version. */
export async function publishVersion(account: TestAccount, name: string, source?: string): Promise<string> {
  const lambda = new LambdaClient(account.config);
  if (source !== undefined) {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: codeZip(source) }));
    await waitUntilFunctionUpdatedV2(
      { client: lambda, maxWaitTime: 10, minDelay: 0.1, maxDelay: 0.2 },
      { FunctionName: name },
    );
  }
  const published = await lambda.send(new PublishVersionCommand({ FunctionName: name }));
  return published.Version ?? '';
}

/** A handler that answers (as a function and as an HTTP integration) with the version that runs it. */
export const tellsItsVersion = `export const handler = async () => ({ statusCode: 200, body: process.env.AWS_LAMBDA_FUNCTION_VERSION });`;

/** A function of two versions with an alias `live` on the first that gives the second this share (0 to 1). */
export async function createWeighted(
  account: TestAccount,
  name: string,
  share: number,
  source = tellsItsVersion,
): Promise<void> {
  await createFunction(account, name, source);
  await publishVersion(account, name);
  await publishVersion(account, name, `${source}\n`);
  await new LambdaClient(account.config).send(
    new CreateAliasCommand({
      FunctionName: name,
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { 2: share } },
    }),
  );
}

/** An HTTP API whose `$default` route and stage lead to this function's alias `live`; returns its URL, ending in `/`. */
export async function createHttpApi(account: TestAccount, name: string): Promise<string> {
  const client = new ApiGatewayV2Client(account.config);
  const { ApiId } = await client.send(new CreateApiCommand({ Name: name, ProtocolType: 'HTTP' }));
  const { IntegrationId } = await client.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: `arn:aws:lambda:${account.region}:${account.account}:function:${name}:live`,
    }),
  );
  await client.send(new CreateRouteCommand({ ApiId, RouteKey: '$default', Target: `integrations/${IntegrationId}` }));
  await client.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
  return `${account.endpoint}/_aws/execute-api/${ApiId}/$default/`;
}

/** A URL of this function's alias `live` that asks nobody to sign; returns where the account answers it, ending in `/`. */
export async function createFunctionUrl(account: TestAccount, name: string): Promise<string> {
  const { FunctionUrl = '' } = await new LambdaClient(account.config).send(
    new CreateFunctionUrlConfigCommand({ FunctionName: name, Qualifier: 'live', AuthType: 'NONE' }),
  );
  return `${account.endpoint}/_aws/lambda-url/${new URL(FunctionUrl).hostname.split('.')[0]}/`;
}
