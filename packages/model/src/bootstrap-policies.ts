import { fitted, inlineLimit, longestIn, managedLimit } from './bootstrap-size.ts';
import {
  allow,
  deny,
  iamArn,
  policy,
  resourcesOf,
  type Statement,
  stackArns,
  toolkitRole,
} from './bootstrap-statements.ts';
import { allowedServices } from './holdings/allowed-services.ts';
import { actionsOf } from './holdings/arns.ts';
import { granted, type Party } from './holdings/granted.ts';
import type { Holdings } from './holdings/holdings.ts';
import { roleWrites } from './holdings/role-writes.ts';

const heldBy = (party: Party, environment: string, holdings: Holdings): Statement[] =>
  granted(party, holdings, environment, resourcesOf(environment).boundary);

/** The most that the service's roles may ever be given: use of what the environment's stack holds, no management of anything. */
export function serviceBoundary(environment: string, holdings: Holdings) {
  const services = allowedServices.filter((action) => holdings.uses.includes(action));
  const given = [...heldBy('use', environment, holdings), ...(services.length > 0 ? [allow(services, ['*'])] : [])];
  // A policy has a statement, also one that gives nothing.
  return policy(given.length > 0 ? given : [deny(['iam:*'], ['*'])]);
}

/**
 * What CloudFormation may do when it deploys the environment: manage what its stack holds, and read none of its data. In as many policies as AWS's limit
 * requires.
 */
export function executionPolicies(environment: string, holdings: Holdings) {
  const { assetObjects, version, names } = resourcesOf(environment);
  const statements = [
    ...heldBy('manage', environment, holdings),
    allow(['s3:GetObject'], [assetObjects]),
    allow(['ssm:GetParameters'], [version]),
  ];
  return fitted(statements, managedLimit).map((part, at) => ({
    name: at === 0 ? names.executionPolicy : `${names.executionPolicy}-${at + 1}`,
    document: policy(part),
  }));
}

/**
 * What no role of the bootstrap may do, whatever policies are attached to it later: make users or keys, write a role without
 * the service's boundary, change a boundary, or leave this region's environment for accounts and organizations.
 */
export function operatorsBoundary(environment: string) {
  const of = resourcesOf(environment);
  const { names } = of;
  const own = [names.permissionsBoundary, names.operatorsBoundary, names.executionPolicy, `${names.executionPolicy}-*`];
  return policy([
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: ['*'] },
    allow(
      actionsOf(
        'iam',
        '*Role',
        '*RolePolicy',
        '*RolePolicies',
        'PutRolePermissionsBoundary',
        'GetPolicy*',
        'ListRole*',
        'UpdateAssumeRolePolicy',
      ),
      ['*'],
    ),
    deny(roleWrites, ['*'], { StringNotEquals: { 'iam:PermissionsBoundary': of.boundary } }),
    deny(
      actionsOf('iam', 'CreatePolicyVersion', 'DeletePolicy', 'DeletePolicyVersion', 'SetDefaultPolicyVersion'),
      own.map((name) => iamArn(`policy/${name}`)),
    ),
    deny(['iam:DeleteRolePermissionsBoundary'], ['*']),
  ]);
}

/**
 * CDK's deploy role: change sets on this environment's stack, with CloudFormation acting as the execution role. CloudFormation reads the
 * template, and the parameters that it names, as whoever asks.
 */
export function deployPolicy(environment: string, holdings: Holdings) {
  const of = resourcesOf(environment);
  return policy([
    allow(
      actionsOf(
        'cloudformation',
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
      ),
      stackArns(environment, holdings),
    ),
    ...heldBy('deploy', environment, holdings),
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
export function lookupPolicy(environment: string, holdings: Holdings) {
  const of = resourcesOf(environment);
  const { names } = of;
  const roles = (['deploy', 'file-publishing', 'lookup', 'cfn-exec'] as const).map((role) =>
    iamArn(`role/${toolkitRole(names.qualifier, role)}`),
  );
  const execution = executionPolicies(environment, holdings).map(({ name }) => name);
  const spread = spreadPolicies('controller', environment, controllerPolicy(environment, holdings));
  const policies = [
    names.permissionsBoundary,
    names.operatorsBoundary,
    ...execution,
    ...spread.map(({ name }) => name),
  ];
  return policy([
    allow(actionsOf('cloudformation', 'Describe*', 'GetTemplate', 'ListStackResources'), [
      ...stackArns(environment, holdings),
      of.toolkitStack,
    ]),
    allow(actionsOf('cloudformation', 'DescribeStackDriftDetectionStatus', 'GetTemplateSummary', 'ValidateTemplate'), [
      '*',
    ]),
    // CloudFormation detects drift with the caller's permissions.
    allow(
      actionsOf('cloudformation', 'DetectStackDrift', 'DetectStackResourceDrift'),
      stackArns(environment, holdings),
    ),
    ...heldBy('look', environment, holdings),
    // What the bootstrap's own stack holds.
    allow(actionsOf('ssm', 'GetParameter', 'GetParameters', 'ListTagsForResource'), [of.version]),
    allow(actionsOf('dynamodb', 'DescribeContinuousBackups', 'DescribeTable', 'DescribeTimeToLive'), [of.fence]),
    // HeadBucket asks for ListBucket.
    allow(actionsOf('s3', 'GetBucket*', 'GetEncryptionConfiguration', 'GetLifecycleConfiguration', 'ListBucket'), [
      of.assets,
    ]),
    allow(['iam:GetRole'], [iamArn(`role/${names.controllerRole}`), ...roles]),
    allow(
      ['iam:GetPolicy'],
      policies.map((name) => iamArn(`policy/${name}`)),
    ),
  ]);
}

/** A role's policy that is too long to stand in the role: in as many policies of their own as AWS's limit requires. None: it stands in the role. */
export function spreadPolicies(role: 'controller', environment: string, document: ReturnType<typeof policy>) {
  if (longestIn(document) <= inlineLimit) return [];
  return fitted(document.Statement, managedLimit).map((part, at) => ({
    name: `${resourcesOf(environment).names.stack}-${role}-${at + 1}`,
    document: policy(part),
  }));
}

/** What the control plane does itself: versions, aliases, mappings, functions that somebody changed, reading, and the fence. */
export function controllerPolicy(environment: string, holdings: Holdings) {
  const of = resourcesOf(environment);
  const toolkitRoles = (['deploy', 'file-publishing', 'lookup'] as const).map((role) =>
    iamArn(`role/${toolkitRole(of.names.qualifier, role)}`),
  );
  return policy([
    allow(['sts:AssumeRole'], toolkitRoles),
    ...heldBy('control', environment, holdings),
    allow(actionsOf('lambda', 'GetAccountSettings', 'ListEventSourceMappings'), ['*']),
    allow(actionsOf('cloudformation', 'Describe*', 'GetTemplate', 'ListStackResources'), [
      ...stackArns(environment, holdings),
      of.toolkitStack,
    ]),
    allow(actionsOf('cloudwatch', 'DescribeAlarms', 'GetMetricData', 'GetMetricStatistics'), ['*']),
    allow(actionsOf('dynamodb', 'GetItem', 'PutItem', 'UpdateItem'), [of.fence]),
    allow(actionsOf('ssm', 'GetParameter', 'GetParameters'), [of.version]),
  ]);
}
