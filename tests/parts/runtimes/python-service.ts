import {
  awsNames,
  componentsOutput,
  type Environment,
  liveAlias,
  type Release,
  stackParameters,
} from '@soundbite/model';
import { zipSync } from 'fflate';
import { assemblyWith } from './fixture-assembly.ts';
import { writtenRelease } from './fixture-release.ts';

/** A service that knows nothing of who delivers it: no answer names a release, and there is no path that tells its health. */
const code = `
import json
import os

def orders(event, context):
    # __NOTE__
    body = {"note": "__NOTE__", "table": os.environ["TABLE_NAME"], "path": event["rawPath"]}
    return {"statusCode": 404 if "missing" in event["rawPath"] else 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}

def consume(event, context):
    return {"batchItemFailures": [], "records": len(event["Records"])}

def nightly(event, context):
    return {"note": "__NOTE__", "rehearsal": (context.client_context.custom if context.client_context else None) is not None}
`;

export const pythonZip = (note: string): Uint8Array =>
  zipSync({ 'app.py': Buffer.from(code.replaceAll('__NOTE__', note)) }, { mtime: '1980-01-01T12:00:00' });

/** A release of it for one environment, of which only what takes messages has the same code in each release. Its stack is as the cut readies the one of a CDK app: CloudFormation makes all names, and an output says the components. */
export function pythonRelease(root: string, environment: Environment, note: string, more = {}): Promise<Release> {
  const [zip, same] = [pythonZip(note), pythonZip('the same in each release')];
  const templateFor = (codeKey: string, sameKey: string) => template(environment, { codeKey, sameKey }, more);
  return writtenRelease(root, [environment], zip, {
    assembly: () => assemblyWith(environment, zip, templateFor, same),
  });
}

const ref = (name: string) => ({ Ref: name });
const attribute = (name: string, key: string) => ({ 'Fn::GetAtt': [name, key] });
const join = (...parts: readonly unknown[]) => ({ 'Fn::Join': ['', parts] });

function template(
  environment: Environment,
  { codeKey, sameKey }: { readonly codeKey: string; readonly sameKey: string },
  more: object,
) {
  return {
    Parameters: {
      [stackParameters.releaseDigest]: { Type: 'String' },
      [stackParameters.cloudKind]: { Type: 'String' },
    },
    Resources: {
      ...more,
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        },
      },
      Jobs: { Type: 'AWS::SQS::Queue', Properties: {} },
      ServiceRole: role(environment),
      ...component('Orders', 'orders', environment, codeKey),
      ...component('Worker', 'consume', environment, sameKey),
      ...component('Nightly', 'nightly', environment, codeKey),
      ...httpApi(),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: attribute('Jobs', 'Arn'), FunctionName: ref('WorkerLive'), Enabled: false },
      },
    },
    Outputs: { [componentsOutput]: { Value: components() } },
  };
}

/** The output, as a template has to say it. */
function components() {
  const text = (name: string, id: string) => `{"name":"${name}","id":"${id}","function":"`;
  return join(
    `[${text('worker', 'Worker')}`,
    ref('Worker'),
    '","health":null,"api":null,"queues":[{"mapping":"',
    ref('Mapping'),
    '","url":"',
    ref('Jobs'),
    `"}]},${text('nightly', 'Nightly')}`,
    ref('Nightly'),
    `","health":null,"api":null,"queues":[]},${text('orders', 'Orders')}`,
    ref('Orders'),
    '","health":null,"api":"',
    ref('HttpApi'),
    '","queues":[]}]',
  );
}

function component(id: string, handler: string, { name }: Environment, codeKey: string) {
  const { qualifier } = awsNames(name);
  return {
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Handler: `app.${handler}`,
        Runtime: 'python3.12',
        Role: attribute('ServiceRole', 'Arn'),
        Code: {
          S3Bucket: { 'Fn::Sub': `cdk-${qualifier}-assets-\${AWS::AccountId}-\${AWS::Region}` },
          S3Key: codeKey,
        },
        Environment: { Variables: { TABLE_NAME: ref('Table') } },
      },
    },
    [`${id}Static`]: {
      Type: 'AWS::Lambda::Version',
      DeletionPolicy: 'Retain',
      Properties: { FunctionName: ref(id) },
    },
    [`${id}Live`]: {
      Type: 'AWS::Lambda::Alias',
      Properties: { Name: liveAlias, FunctionName: ref(id), FunctionVersion: attribute(`${id}Static`, 'Version') },
    },
  };
}

function role({ name }: Environment) {
  const { permissionsBoundary } = awsNames(name);
  const Action = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      PermissionsBoundary: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:policy/${permissionsBoundary}` },
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
      Policies: [
        {
          PolicyName: 'own',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action, Resource: attribute('Jobs', 'Arn') }],
          },
        },
      ],
    },
  };
}

/** As CDK writes it, with a route of its own for each path; none takes all requests. */
function httpApi() {
  const route = (RouteKey: string) => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: { ApiId: ref('HttpApi'), RouteKey, Target: join('integrations/', ref('Integration')) },
  });
  return {
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'orders', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('HttpApi'), StageName: '$default', AutoDeploy: true },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('HttpApi'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: ref('OrdersLive'),
        PayloadFormatVersion: '2.0',
      },
    },
    ListRoute: route('GET /orders'),
    OneRoute: route('ANY /orders/{proxy+}'),
    MayInvoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref('OrdersLive'),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: join(
          'arn:',
          ref('AWS::Partition'),
          ':execute-api:',
          ref('AWS::Region'),
          ':',
          ref('AWS::AccountId'),
          ':',
          ref('HttpApi'),
          '/*/*',
        ),
      },
    },
  };
}
