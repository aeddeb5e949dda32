import { awsNames, combinedTemplate, type Environment, liveAlias, stackParameters } from '@soundbite/model';
import { zipSync } from 'fflate';
import { type AssemblyFiles, assemblyWith } from './fixture-assembly.ts';
import { writtenRelease } from './fixture-release.ts';

/** Two stacks of one environment: one has a queue, an API and a function behind its alias; the other one the HTTP API before that function, and a function that knows the rest. */
export const pairOf = (environment: string) => ({ data: `pair-${environment}-data`, web: `pair-${environment}-web` });

/** How a release of the two differs from another one. */
export interface Pair {
  /** In the descriptions of both functions. */
  readonly note: string;
  /** Whether the second stack uses the queue and the API of the first one. */
  readonly uses?: boolean;
  /** Whether the first one exports them. */
  readonly exports?: boolean;
  /** A name of the queue; another one makes another queue. */
  readonly jobs?: string;
}

const code = zipSync({ 'index.mjs': Buffer.from('export const handler = async () => ({ statusCode: 200 });') });

/** The templates of a release of both, in the order of their deployment. */
export const pairTemplates = (environment: Environment, pair: Pair, codeKey = 'code.zip') => {
  const { data, web } = pairOf(environment.name);
  return [
    { stack: data, template: dataTemplate(environment.name, codeKey, pair) },
    { stack: web, template: webTemplate(environment.name, codeKey, pair) },
  ];
};

export const pairTemplate = (environment: Environment, pair: Pair): unknown =>
  combinedTemplate(pairTemplates(environment, pair), environment.name);

/** A release of both, in the layout of a real one. */
export const pairRelease = (root: string, environment: Environment, pair: Pair) =>
  writtenRelease(root, [environment], code, { assembly: () => assemblyOfPair(environment, pair) });

function assemblyOfPair(environment: Environment, pair: Pair): AssemblyFiles {
  const parts = pairTemplates(environment, pair).map(({ stack }, at) =>
    assemblyWith(
      environment,
      code,
      (codeKey) => pairTemplates(environment, pair, codeKey)[at]?.template ?? {},
      code,
      stack,
    ),
  );
  const manifests = parts.map((files) => JSON.parse(String(new Map(files).get('manifest.json'))));
  const manifest = { ...manifests[0], artifacts: Object.assign({}, ...manifests.map(({ artifacts }) => artifacts)) };
  return [...new Map([...parts.flat(), ['manifest.json', JSON.stringify(manifest)]])];
}

const ref = (Ref: string) => ({ Ref });
const attribute = (...path: [string, string]) => ({ 'Fn::GetAtt': path });
const imported = (stack: string, name: string) => ({ 'Fn::ImportValue': `${stack}:${name}` });

const given = {
  [stackParameters.releaseDigest]: { Type: 'String' },
  [stackParameters.cloudKind]: { Type: 'String' },
};

function dataTemplate(environment: string, codeKey: string, { note, exports = true, jobs }: Pair) {
  const { data } = pairOf(environment);
  const exported = (name: string, Value: object) => ({ [name]: { Value, Export: { Name: `${data}:${name}` } } });
  return {
    Parameters: given,
    Resources: {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60, QueueName: jobs } },
      // Made again it has another id, on emulated accounts, too.
      Inner: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: `${data}-inner`, ProtocolType: 'HTTP' } },
      ...functionWith(environment, 'Take', codeKey, { note }),
      Static: { Type: 'AWS::Lambda::Version', DeletionPolicy: 'Retain', Properties: { FunctionName: ref('Take') } },
      Live: {
        Type: 'AWS::Lambda::Alias',
        Properties: { Name: liveAlias, FunctionName: ref('Take'), FunctionVersion: attribute('Static', 'Version') },
      },
    },
    Outputs: {
      ...exported('Live', ref('Live')),
      ...(exports ? { ...exported('Api', ref('Inner')), ...exported('Arn', attribute('Jobs', 'Arn')) } : {}),
    },
  };
}

function webTemplate(environment: string, codeKey: string, { note, uses = true }: Pair) {
  const { data, web } = pairOf(environment);
  const live = imported(data, 'Live');
  const ofApi = (kind: string, more: object) => ({
    Type: `AWS::ApiGatewayV2::${kind}`,
    Properties: { ApiId: ref('Http'), ...more },
  });
  const Target = { 'Fn::Join': ['/', ['integrations', ref('Integration')]] };
  return {
    Parameters: given,
    Resources: {
      Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: web, ProtocolType: 'HTTP' } },
      Stage: ofApi('Stage', { StageName: '$default', AutoDeploy: true }),
      Integration: ofApi('Integration', {
        ...{ IntegrationType: 'AWS_PROXY', IntegrationUri: live, PayloadFormatVersion: '2.0' },
      }),
      Route: ofApi('Route', { RouteKey: '$default', Target }),
      Invoke: {
        Type: 'AWS::Lambda::Permission',
        Properties: { Action: 'lambda:InvokeFunction', FunctionName: live, Principal: 'apigateway.amazonaws.com' },
      },
      ...functionWith(environment, 'Count', codeKey, {
        note,
        ...(uses ? { INNER: imported(data, 'Api'), JOBS_ARN: imported(data, 'Arn') } : {}),
      }),
    },
    Outputs: { Count: { Value: ref('Count') } },
  };
}

function functionWith(environment: string, id: string, codeKey: string, { note, ...Variables }: { note: string }) {
  const { qualifier, permissionsBoundary, stack } = awsNames(environment);
  const here = (text: string) => ({ 'Fn::Sub': text });
  return {
    [`${id}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: `${stack}-${id.toLowerCase()}`,
        PermissionsBoundary: here(`arn:aws:iam::\${AWS::AccountId}:policy/${permissionsBoundary}`),
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
      },
    },
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        ...{ Description: note, Handler: 'index.handler', Runtime: 'nodejs22.x', Timeout: 5, MemorySize: 128 },
        Role: attribute(`${id}Role`, 'Arn'),
        Code: { S3Bucket: here(`cdk-${qualifier}-assets-\${AWS::AccountId}-\${AWS::Region}`), S3Key: codeKey },
        Environment: { Variables },
      },
    },
  };
}
