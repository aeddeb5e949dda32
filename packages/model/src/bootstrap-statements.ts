import { awsNames, changeSetName } from './names.ts';

/** A statement of an IAM policy; resources are CloudFormation values. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: unknown;
}

export const policy = (statements: readonly Statement[]) => ({ Version: '2012-10-17', Statement: statements });
export const sub = (text: string) => ({ 'Fn::Sub': text });

/** Lets actions be done on resources. */
export const allow = (Action: readonly string[], Resource: readonly unknown[], Condition?: unknown): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
/** Whatever else allows it. */
export const deny = (Action: readonly string[], Resource: readonly unknown[], Condition?: unknown): Statement => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
});

/** `arn:<partition>:<service>:<region>:<account>:<resource>` of the account and region that the stack is in. */
export const arn = (service: string, resource: string) =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);
/** Management of HTTP APIs; its ARNs name no account. */
export const apis = (...paths: readonly string[]) =>
  paths.map((path) => sub(`arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/${path}`));
export const iamArn = (resource: string) => sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}`);

/** ARNs of everything that an environment's names stand for. */
export function resourcesOf(environment: string) {
  const names = awsNames(environment);
  const functions = [names.apiFunction, names.workerFunction];
  const bucket = `arn:\${AWS::Partition}:s3:::${names.bucketPrefix}\${AWS::AccountId}`;
  return {
    names,
    table: arn('dynamodb', `table/${names.table}`),
    indexes: arn('dynamodb', `table/${names.table}/index/*`),
    fence: arn('dynamodb', `table/${names.fenceTable}`),
    bucket: sub(bucket),
    objects: sub(`${bucket}/*`),
    assets: sub(`arn:\${AWS::Partition}:s3:::${assetsBucket(names.qualifier)}`),
    assetObjects: sub(`arn:\${AWS::Partition}:s3:::${assetsBucket(names.qualifier)}/*`),
    queues: [arn('sqs', names.queue), arn('sqs', names.deadLetterQueue)],
    // Secrets Manager appends six characters to a secret's name.
    secret: arn('secretsmanager', `secret:${names.webhookSecret}-??????`),
    functions: functions.map((name) => arn('lambda', `function:${name}`)),
    versions: functions.map((name) => arn('lambda', `function:${name}:*`)),
    mappings: arn('lambda', 'event-source-mapping:*'),
    // With or without a version or alias; never one whose name only begins alike.
    ofWorker: {
      StringLike: {
        'lambda:FunctionArn': ['', ':*'].map((rest) => arn('lambda', `function:${names.workerFunction}${rest}`)),
      },
    },
    logGroups: [names.apiLogGroup, names.workerLogGroup, names.accessLogGroup].flatMap((group) => [
      arn('logs', `log-group:${group}`),
      arn('logs', `log-group:${group}:*`),
    ]),
    serviceRoles: [iamArn(`role/${names.apiRole}`), iamArn(`role/${names.workerRole}`)],
    boundary: iamArn(`policy/${names.permissionsBoundary}`),
    stack: arn('cloudformation', `stack/${names.stack}/*`),
    changeSets: arn('cloudformation', `changeSet/${changeSetName(environment, '*')}/*`),
    toolkitStack: arn('cloudformation', `stack/${names.toolkitStack}/*`),
    record: arn('ssm', `parameter${names.infrastructureParameter}`),
    version: arn('ssm', `parameter${versionParameter(names.qualifier)}`),
  };
}

/** The names that CDK's synthesizer writes into an assembly. */
export const assetsBucket = (qualifier: string) => `cdk-${qualifier}-assets-\${AWS::AccountId}-\${AWS::Region}`;
export const versionParameter = (qualifier: string) => `/cdk-bootstrap/${qualifier}/version`;
export const toolkitRole = (qualifier: string, role: 'deploy' | 'file-publishing' | 'lookup' | 'cfn-exec') =>
  `cdk-${qualifier}-${role}-role-\${AWS::AccountId}-\${AWS::Region}`;
