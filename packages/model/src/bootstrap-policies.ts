import {
  allow,
  apis,
  arn,
  deny,
  iamArn,
  policy,
  resourcesOf,
  type Statement,
  sub,
  toolkitRole,
} from './bootstrap-statements.ts';

/** The most that the service's roles may ever be given: use of this environment's data, no management of anything. */
export function serviceBoundary(environment: string) {
  const of = resourcesOf(environment);
  const items = ['BatchGetItem', 'BatchWriteItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'];
  return policy([
    allow(
      [...items, 'Scan', 'UpdateItem'].map((action) => `dynamodb:${action}`),
      [of.table, of.indexes],
    ),
    allow(['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'], [of.bucket, of.objects]),
    allow(
      ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage', 'SendMessage'].map(
        (action) => `sqs:${action}`,
      ),
      of.queues,
    ),
    allow(['secretsmanager:GetSecretValue'], [of.secret]),
    allow(['polly:DescribeVoices', 'polly:SynthesizeSpeech'], ['*']),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], of.logGroups),
  ]);
}

/**
 * What CloudFormation may do when it deploys the environment: manage what bears its names, and read none of its data.
 * A whole service's actions are given only on single resources of which management is all there is.
 */
export function executionPolicy(environment: string) {
  const of = resourcesOf(environment);
  return policy([
    ...managingStores(of),
    ...managingServiceRoles(of),
    ...managingFunctions(of),
    ...managingWatches(of),
    // Wildcards, since AWS takes 6,144 characters of a managed policy, with the longest name and the longest ARNs.
    allow(['ssm:*Parameter*', 'ssm:*Tags*'], [of.record]),
    allow(['ssm:GetParameters'], [of.version]),
  ]);
}

type Resources = ReturnType<typeof resourcesOf>;

/** Table, bucket, queues and secret. */
const managingStores = (of: Resources): Statement[] => [
  allow(
    ['*Table', '*TimeToLive', '*ContinuousBackups', '*Resource*'].map((action) => `dynamodb:${action}`),
    [of.table],
  ),
  allow(
    ['dynamodb:DescribeContributorInsights', 'dynamodb:DescribeKinesisStreamingDestination'],
    [of.table, of.indexes],
  ),
  // On the bucket alone: its objects are other resources.
  allow(['s3:*'], [of.bucket]),
  allow(['s3:GetObject'], [of.assetObjects]),
  allow(
    [
      'CreateQueue',
      'DeleteQueue',
      'GetQueueAttributes',
      'GetQueueUrl',
      'ListQueueTags',
      'SetQueueAttributes',
      'TagQueue',
      'UntagQueue',
    ].map((action) => `sqs:${action}`),
    of.queues,
  ),
  allow(
    ['CreateSecret', 'DeleteSecret', 'DescribeSecret', 'TagResource', 'UntagResource', 'UpdateSecret'].map(
      (action) => `secretsmanager:${action}`,
    ),
    [of.secret],
  ),
  allow(['secretsmanager:GetRandomPassword'], ['*']),
];

function managingServiceRoles(of: Resources): Statement[] {
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': of.boundary } };
  return [
    // A service role is only ever written with its boundary on it.
    allow(
      [
        'AttachRolePolicy',
        'CreateRole',
        'DeleteRolePolicy',
        'DetachRolePolicy',
        'PutRolePermissionsBoundary',
        'PutRolePolicy',
      ].map((action) => `iam:${action}`),
      of.serviceRoles,
      bounded,
    ),
    allow(
      ['DeleteRole', 'Get*', 'List*', 'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy', 'UpdateRole'].map(
        (action) => `iam:${action}`,
      ),
      of.serviceRoles,
    ),
    allow(['iam:PassRole'], of.serviceRoles, { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
  ];
}

/** Functions, the worker's mapping and the HTTP API. */
const managingFunctions = (of: Resources): Statement[] => [
  allow(['lambda:*'], [...of.functions, ...of.versions]),
  allow(['lambda:*EventSourceMapping'], ['*'], of.ofWorker),
  allow(
    ['lambda:ListEventSourceMappings', 'lambda:ListTags', 'lambda:TagResource', 'lambda:UntagResource'],
    [of.mappings],
  ),
  // An API's id is not known before it is made.
  allow(
    ['DELETE', 'GET', 'PATCH', 'POST', 'PUT', 'TagResource', 'UntagResource'].map((verb) => `apigateway:${verb}`),
    apis('apis', 'apis/*', 'tags/*'),
  ),
];

/** Logs, alarms and the sweep's rule. */
const managingWatches = (of: Resources): Statement[] => [
  allow(['logs:*'], of.logGroups),
  // Permissions that API Gateway requires to enable access logs; these actions know no resources.
  allow(
    ['*LogDelivery', 'DescribeLogGroups', 'DescribeResourcePolicies', 'ListLogDeliveries', 'PutResourcePolicy'].map(
      (action) => `logs:${action}`,
    ),
    ['*'],
  ),
  allow(
    ['cloudwatch:*'],
    [
      arn('cloudwatch', `alarm:${of.names.alarmPrefix}*`),
      sub(`arn:\${AWS::Partition}:cloudwatch::\${AWS::AccountId}:dashboard/${of.names.dashboard}`),
    ],
  ),
  allow(['sns:*'], [arn('sns', of.names.alarmTopic)]),
  allow(['events:*'], [arn('events', `rule/${of.names.sweepRule}`)]),
];

/**
 * What no role of the bootstrap may do, whatever policies are attached to it later: make users or keys, write a role without
 * the service's boundary, change a boundary, or leave this region's environment for accounts and organizations.
 */
export function operatorsBoundary(environment: string) {
  const of = resourcesOf(environment);
  const { names } = of;
  const own = [names.permissionsBoundary, names.operatorsBoundary, names.executionPolicy];
  return policy([
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: ['*'] },
    allow(
      [
        '*Role',
        '*RolePolicy',
        '*RolePolicies',
        'PutRolePermissionsBoundary',
        'GetPolicy*',
        'ListRole*',
        'UpdateAssumeRolePolicy',
      ].map((action) => `iam:${action}`),
      ['*'],
    ),
    deny(
      [
        'AttachRolePolicy',
        'CreateRole',
        'DeleteRolePolicy',
        'DetachRolePolicy',
        'PutRolePermissionsBoundary',
        'PutRolePolicy',
      ].map((action) => `iam:${action}`),
      ['*'],
      { StringNotEquals: { 'iam:PermissionsBoundary': of.boundary } },
    ),
    deny(
      ['CreatePolicyVersion', 'DeletePolicy', 'DeletePolicyVersion', 'SetDefaultPolicyVersion'].map(
        (action) => `iam:${action}`,
      ),
      own.map((name) => iamArn(`policy/${name}`)),
    ),
    deny(['iam:DeleteRolePermissionsBoundary'], ['*']),
  ]);
}

/**
 * CDK's deploy role: change sets on this environment's stack, with CloudFormation acting as the execution role. CloudFormation reads the
 * template, and the parameters that it names, as whoever asks.
 */
export function deployPolicy(environment: string) {
  const of = resourcesOf(environment);
  return policy([
    allow(
      [
        'ContinueUpdateRollback',
        'CreateChangeSet',
        'CreateStack',
        'DeleteChangeSet',
        'DeleteStack',
        'Describe*',
        'ExecuteChangeSet',
        'GetTemplate',
        'ListStackResources',
        'RollbackStack',
        'UpdateStack',
        'UpdateTerminationProtection',
      ].map((action) => `cloudformation:${action}`),
      [of.stack],
    ),
    // A secret that somebody deleted waits for a week or more, and comes back whole.
    allow(['secretsmanager:RestoreSecret'], [of.secret]),
    // And a table for which somebody provisioned capacity is paid by request again.
    allow(['dynamodb:UpdateTable'], [of.table]),
    // All else about a change set is asked of its stack.
    allow(['cloudformation:DescribeEvents'], [of.changeSets]),
    allow(['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'], [of.toolkitStack]),
    allow(['cloudformation:GetTemplateSummary', 'cloudformation:ValidateTemplate'], ['*']),
    allow(['iam:PassRole'], [iamArn(`role/${toolkitRole(of.names.qualifier, 'cfn-exec')}`)], {
      StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
    }),
    allow(['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket'], [of.assets, of.assetObjects]),
    allow(['ssm:GetParameter', 'ssm:GetParameters'], [of.version]),
  ]);
}

/** CDK's publishing role: the bundle and the template, into the assets' bucket. */
export function publishingPolicy(environment: string) {
  const of = resourcesOf(environment);
  return policy([
    allow(['s3:GetBucketLocation', 's3:GetEncryptionConfiguration', 's3:ListBucket'], [of.assets]),
    allow(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], [of.assetObjects]),
    allow(['ssm:GetParameter', 'ssm:GetParameters'], [of.version]),
  ]);
}

/** CDK's lookup role: sees the stacks and whether their resources are there, and nothing of what is in them. */
export function lookupPolicy(environment: string) {
  const of = resourcesOf(environment);
  const { names } = of;
  const roles = (['deploy', 'file-publishing', 'lookup', 'cfn-exec'] as const).map((role) =>
    iamArn(`role/${toolkitRole(names.qualifier, role)}`),
  );
  const policies = [names.permissionsBoundary, names.operatorsBoundary, names.executionPolicy];
  return policy([
    allow(
      ['Describe*', 'GetTemplate', 'ListStackResources'].map((action) => `cloudformation:${action}`),
      [of.stack, of.toolkitStack],
    ),
    allow(
      ['DescribeStackDriftDetectionStatus', 'GetTemplateSummary', 'ValidateTemplate'].map(
        (action) => `cloudformation:${action}`,
      ),
      ['*'],
    ),
    // CloudFormation detects drift with the caller's permissions.
    allow(['cloudformation:DetectStackDrift', 'cloudformation:DetectStackResourceDrift'], [of.stack]),
    allow(['ssm:GetParameter', 'ssm:GetParameters', 'ssm:ListTagsForResource'], [of.version, of.record]),
    allow(
      ['ContinuousBackups', 'Table', 'TimeToLive'].map((what) => `dynamodb:Describe${what}`),
      [of.table, of.fence],
    ),
    // HeadBucket asks for ListBucket.
    allow(
      ['GetBucket*', 'GetEncryptionConfiguration', 'GetLifecycleConfiguration', 'ListBucket'].map(
        (action) => `s3:${action}`,
      ),
      [of.bucket, of.assets],
    ),
    allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], of.queues),
    // A secret that is not there has no suffix.
    allow(['secretsmanager:DescribeSecret'], [of.secret, arn('secretsmanager', `secret:${names.webhookSecret}`)]),
    allow(['iam:GetRole'], [...of.serviceRoles, iamArn(`role/${names.controllerRole}`), ...roles]),
    allow(
      ['GetRolePolicy', 'ListAttachedRolePolicies', 'ListRolePolicies'].map((action) => `iam:${action}`),
      of.serviceRoles,
    ),
    allow(
      ['iam:GetPolicy'],
      policies.map((name) => iamArn(`policy/${name}`)),
    ),
    allow(
      ['GetAlias', 'GetFunction', 'GetFunctionConfiguration', 'GetPolicy', 'ListAliases'].map(
        (action) => `lambda:${action}`,
      ),
      [...of.functions, ...of.versions],
    ),
    allow(['lambda:GetEventSourceMapping'], [of.mappings]),
    allow(['apigateway:GET'], [sub(`arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/apis/*`)]),
    allow(
      [
        'cloudwatch:DescribeAlarms',
        // An emulated account holds these two, too, to no resource.
        'cloudwatch:GetDashboard',
        'events:DescribeRule',
        'events:ListTargetsByRule',
        'lambda:ListEventSourceMappings',
        'logs:DescribeLogGroups',
      ],
      ['*'],
    ),
    allow(['sns:GetTopicAttributes'], [arn('sns', names.alarmTopic)]),
  ]);
}

/** What the control plane does itself: versions, aliases, the worker's mapping, functions that somebody changed, reading, and the fence. */
export function controllerPolicy(environment: string) {
  const of = resourcesOf(environment);
  const { names } = of;
  const toolkitRoles = (['deploy', 'file-publishing', 'lookup'] as const).map((role) =>
    iamArn(`role/${toolkitRole(names.qualifier, role)}`),
  );
  return policy([
    allow(['sts:AssumeRole'], [...toolkitRoles, ...of.serviceRoles]),
    allow(
      [
        'GetAlias',
        'GetFunction',
        'GetFunctionConfiguration',
        'GetPolicy',
        'InvokeFunction',
        'ListAliases',
        'ListVersionsByFunction',
      ].map((action) => `lambda:${action}`),
      [...of.functions, ...of.versions],
    ),
    allow(['lambda:PublishVersion', 'lambda:UpdateAlias'], [...of.functions, ...of.versions]),
    // Restores what CloudFormation deployed and somebody changed; CloudFormation itself sees no change in its template.
    allow(
      ['DeleteFunctionConcurrency', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'].map(
        (action) => `lambda:${action}`,
      ),
      of.functions,
    ),
    // Aliases that somebody made beside ours. AWS asks for the function and for the alias.
    allow(['lambda:DeleteAlias'], [...of.functions, ...of.versions]),
    allow(['iam:PassRole'], of.serviceRoles, { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
    // Versions only: the functions themselves are CloudFormation's.
    allow(['lambda:DeleteFunction'], of.versions),
    allow(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], ['*'], of.ofWorker),
    // Whether, and that, the HTTP API leads to the alias. An API's id is not known before it is made.
    allow(['apigateway:GET'], apis('apis/*/integrations', 'apis/*/routes')),
    allow(['apigateway:PATCH'], apis('apis/*/integrations/*')),
    allow(['lambda:GetAccountSettings', 'lambda:ListEventSourceMappings'], ['*']),
    allow(
      ['Describe*', 'GetTemplate', 'ListStackResources'].map((action) => `cloudformation:${action}`),
      [of.stack, of.toolkitStack],
    ),
    allow(['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartLiveTail'], of.logGroups),
    allow(['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'cloudwatch:GetMetricStatistics'], ['*']),
    allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], of.queues),
    allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [of.fence]),
    allow(['ssm:GetParameter', 'ssm:GetParameters'], [of.record, of.version]),
    allow(['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListRolePolicies'], of.serviceRoles),
  ]);
}
