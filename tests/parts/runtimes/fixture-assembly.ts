import { createHash } from 'node:crypto';
import type { Resources } from '@soundbite/clouds/emulated/test-stacks.ts';
import { awsNames, type Environment, fixedNames, liveAlias, stackOutputs, stackParameters } from '@soundbite/model';

/**
 * A cloud assembly in its written form, with one small stack that keeps the stack contract (names.ts): queue, two roles and, for the
 * `aws` runtime, both functions with a static version under `live`, an HTTP API and the disabled mapping.
 */
export const fixtureAssembly = (environment: Environment, zip: Uint8Array, more: Resources = {}): AssemblyFiles =>
  assemblyWith(environment, zip, (codeKey) => fixtureTemplate(environment, codeKey, more));

/** Path and content of each file. */
export type AssemblyFiles = [string, string | Uint8Array][];

/** A cloud assembly in its written form, of one stack whose functions have one code, or one of two. `templateFor` gets each code's key in the assets' bucket. */
export function assemblyWith(
  environment: Environment,
  zip: Uint8Array,
  templateFor: (codeKey: string, otherKey: string) => object,
  other: Uint8Array = zip,
  stack: string = awsNames(environment.name).stack,
): AssemblyFiles {
  const { qualifier } = awsNames(environment.name);
  const account = `\${AWS::AccountId}`;
  const region = `\${AWS::Region}`;
  const [code, otherCode] = [zip, other].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  const template = JSON.stringify(templateFor(`${code}.zip`, `${otherCode}.zip`));
  const templateHash = createHash('sha256').update(template).digest('hex');
  const role = (name: string) =>
    `arn:\${AWS::Partition}:iam::${account}:role/cdk-${qualifier}-${name}-role-${account}-${region}`;
  const destination = (objectKey: string) => ({
    current_account: {
      bucketName: `cdk-${qualifier}-assets-${account}-${region}`,
      objectKey,
      assumeRoleArn: role('file-publishing'),
    },
  });
  const manifest = {
    version: '48.0.0',
    artifacts: {
      [`${stack}.assets`]: {
        type: 'cdk:asset-manifest',
        properties: {
          file: `${stack}.assets.json`,
          requiresBootstrapStackVersion: 6,
          bootstrapStackVersionSsmParameter: `/cdk-bootstrap/${qualifier}/version`,
        },
      },
      [stack]: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: {
          templateFile: `${stack}.template.json`,
          stackName: stack,
          assumeRoleArn: role('deploy'),
          cloudFormationExecutionRoleArn: role('cfn-exec'),
          stackTemplateAssetObjectUrl: `s3://cdk-${qualifier}-assets-${account}-${region}/${templateHash}.json`,
          requiresBootstrapStackVersion: 6,
          bootstrapStackVersionSsmParameter: `/cdk-bootstrap/${qualifier}/version`,
          additionalDependencies: [`${stack}.assets`],
        },
        dependencies: [`${stack}.assets`],
        displayName: stack,
      },
    },
  };
  const assets = {
    version: '48.0.0',
    files: {
      [`${otherCode}`]: {
        source: { path: 'other.zip', packaging: 'file' },
        destinations: destination(`${otherCode}.zip`),
      },
      [`${code}`]: {
        source: { path: '../../service.zip', packaging: 'file' },
        destinations: destination(`${code}.zip`),
      },
      [templateHash]: {
        source: { path: `${stack}.template.json`, packaging: 'file' },
        destinations: destination(`${templateHash}.json`),
      },
    },
    dockerImages: {},
  };
  return [
    ['manifest.json', JSON.stringify(manifest)],
    [`${stack}.assets.json`, JSON.stringify(assets)],
    [`${stack}.template.json`, template],
    ...(other === zip ? [] : [['other.zip', other] satisfies AssemblyFiles[number]]),
    ['cdk.out', JSON.stringify({ version: '48.0.0' })],
  ];
}

const ref = (name: string) => ({ Ref: name });
const attribute = (name: string, key: string) => ({ 'Fn::GetAtt': [name, key] });
const output = (value: unknown) => ({ Value: value });

function fixtureTemplate(environment: Environment, codeKey: string, more: Resources) {
  const names = { ...awsNames(environment.name), ...fixedNames(environment.name) };
  const lambda = environment.runtime === 'aws';
  const logs = {
    PolicyName: 'own',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: '*',
        },
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:SendMessage'],
          Resource: attribute('Queue', 'Arn'),
        },
      ],
    },
  };
  const role = (roleName: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: roleName,
      PermissionsBoundary: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:policy/${names.permissionsBoundary}` },
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          lambda
            ? { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }
            : {
                Effect: 'Allow',
                Action: 'sts:AssumeRole',
                Principal: { AWS: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/${names.controllerRole}` } },
              },
        ],
      },
      Policies: [logs],
    },
  });
  const fn = (name: string, handler: string, roleId: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Handler: `index.${handler}`,
      Runtime: 'nodejs22.x',
      MemorySize: 256,
      Timeout: 10,
      Role: attribute(roleId, 'Arn'),
      Code: {
        S3Bucket: { 'Fn::Sub': `cdk-${names.qualifier}-assets-\${AWS::AccountId}-\${AWS::Region}` },
        S3Key: codeKey,
      },
      Environment: {
        Variables: { SOUNDBITE_ENVIRONMENT: environment.name, SOUNDBITE_RELEASE: ref(stackParameters.releaseDigest) },
      },
    },
  });
  const alias = (functionId: string, versionId: string) => ({
    Type: 'AWS::Lambda::Alias',
    Properties: { Name: liveAlias, FunctionName: ref(functionId), FunctionVersion: attribute(versionId, 'Version') },
  });
  const version = (functionId: string) => ({
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: 'Retain',
    Properties: { FunctionName: ref(functionId), Description: 'static' },
  });
  return {
    Parameters: {
      [stackParameters.releaseDigest]: { Type: 'String' },
      [stackParameters.cloudKind]: { Type: 'String' },
    },
    Resources: {
      ...more,
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: names.queue, VisibilityTimeout: 60 } },
      ApiRole: role(names.apiRole),
      WorkerRole: role(names.workerRole),
      ...(lambda
        ? {
            Api: fn(names.apiFunction, 'api', 'ApiRole'),
            Worker: fn(names.workerFunction, 'worker', 'WorkerRole'),
            ApiStatic: version('Api'),
            WorkerStatic: version('Worker'),
            ApiLive: alias('Api', 'ApiStatic'),
            WorkerLive: alias('Worker', 'WorkerStatic'),
            HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: names.stack, ProtocolType: 'HTTP' } },
            Stage: {
              Type: 'AWS::ApiGatewayV2::Stage',
              Properties: { ApiId: ref('HttpApi'), StageName: '$default', AutoDeploy: true },
            },
            Integration: {
              Type: 'AWS::ApiGatewayV2::Integration',
              Properties: {
                ApiId: ref('HttpApi'),
                IntegrationType: 'AWS_PROXY',
                IntegrationUri: ref('ApiLive'),
                PayloadFormatVersion: '2.0',
              },
            },
            Route: {
              Type: 'AWS::ApiGatewayV2::Route',
              Properties: {
                ApiId: ref('HttpApi'),
                RouteKey: '$default',
                Target: { 'Fn::Join': ['/', ['integrations', ref('Integration')]] },
              },
            },
            Invoke: {
              Type: 'AWS::Lambda::Permission',
              Properties: {
                Action: 'lambda:InvokeFunction',
                FunctionName: ref('ApiLive'),
                Principal: 'apigateway.amazonaws.com',
              },
            },
            Mapping: {
              Type: 'AWS::Lambda::EventSourceMapping',
              Properties: {
                EventSourceArn: attribute('Queue', 'Arn'),
                FunctionName: ref('WorkerLive'),
                Enabled: false,
                BatchSize: 1,
              },
            },
          }
        : {}),
    },
    Outputs: {
      [stackOutputs.queueUrl]: output(ref('Queue')),
      [stackOutputs.deadLetterUrl]: output(ref('Queue')),
      [stackOutputs.table]: output(names.table),
      [stackOutputs.bucket]: output('none'),
      [stackOutputs.webhookSecretArn]: output('none'),
      [stackOutputs.apiRoleArn]: output(attribute('ApiRole', 'Arn')),
      [stackOutputs.workerRoleArn]: output(attribute('WorkerRole', 'Arn')),
      ...(lambda
        ? {
            [stackOutputs.apiFunction]: output(ref('Api')),
            [stackOutputs.workerFunction]: output(ref('Worker')),
            [stackOutputs.apiId]: output(ref('HttpApi')),
            [stackOutputs.workerMappingId]: output(ref('Mapping')),
          }
        : {}),
    },
  };
}
