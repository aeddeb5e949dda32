import {
  controllerPolicy,
  deployPolicy,
  executionPolicies,
  lookupPolicy,
  operatorsBoundary,
  publishingPolicy,
  serviceBoundary,
  spreadPolicies,
} from './bootstrap-policies.ts';
import { inlineLimit, longestIn, managedLimit, mostPolicies } from './bootstrap-size.ts';
import { assetsBucket, iamArn, sub, toolkitRole, versionParameter } from './bootstrap-statements.ts';
import type { Environment } from './declaration/shape.ts';
import { canonicalJson, digestOf } from './digest.ts';
import { type Holdings, readHoldings } from './holdings/holdings.ts';
import { awsNames } from './names.ts';
import { asRecord } from './template.ts';

/** The version of CDK's own bootstrap template whose roles, bucket and parameter this one stands for. */
const toolkitVersion = '32';

/**
 * The CloudFormation template (JSON, no parameters) of an environment's bootstrap, to be deployed by an administrator as the stack
 * `awsNames(environment).toolkitStack` with CAPABILITY_NAMED_IAM. It is the whole bootstrap: what a CDK assembly with our qualifier
 * expects (bucket, deploy, publishing, lookup and execution role, version parameter) without what we do not use (image repository,
 * key), the controller role, both boundaries, the scoped execution policy and the fence table. `cdk bootstrap` is not to be run besides:
 * its deploy role may change every stack of the account, and it puts a boundary on one role of five.
 */
export function bootstrapTemplate({ name, protected: isProtected }: NamedEnvironment, holdings: Holdings): object {
  const names = awsNames(name);
  const keep = isProtected ? 'RetainExceptOnCreate' : 'Delete';
  const execution = executionResources(name, holdings);
  const controller = spreadResources(name, holdings);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `What SoundBite needs before it can deploy to ${name}`,
    // Read back before each deployment: what a release needs beyond it asks for another bootstrap.
    Metadata: { [record]: holdings },
    Resources: {
      ...storage(name, keep),
      ServiceBoundary: managedPolicy(names.permissionsBoundary, serviceBoundary(name, holdings)),
      OperatorsBoundary: managedPolicy(names.operatorsBoundary, operatorsBoundary(name)),
      ...execution,
      ...controller,
      ...roles(name, holdings, { execution: Object.keys(execution), controller: Object.keys(controller) }),
    },
    Outputs: {
      ControllerRoleArn: { Value: { 'Fn::GetAtt': ['ControllerRole', 'Arn'] } },
      // CDK's toolkit reads these three.
      BucketName: { Value: { Ref: 'AssetsBucket' } },
      BucketDomainName: { Value: { 'Fn::GetAtt': ['AssetsBucket', 'RegionalDomainName'] } },
      BootstrapVersion: { Value: toolkitVersion },
      // CloudFormation takes a change of metadata alone for none.
      HoldingsDigest: { Value: digestOf(canonicalJson(holdings)) },
    },
  };
}

type NamedEnvironment = Pick<Environment, 'name' | 'protected'>;

const record = 'SoundBiteHoldings';

/** What a deployed bootstrap lets the environment's stack hold; null: it was made before that was recorded, or by nobody of ours. */
export const recordedHoldings = (deployed: unknown): Holdings | null =>
  readHoldings(asRecord(asRecord(deployed).Metadata)[record]);

/** Why what a stack holds does not fit into an environment's policies; null: it fits. */
export function oversize(name: string, holdings: Holdings): string | null {
  const execution = executionPolicies(name, holdings).length;
  const controller = spreadPolicies('controller', name, controllerPolicy(name, holdings)).length;
  const attached = Math.max(execution, controller);
  if (attached > mostPolicies) return `a role would need ${attached} policies, and AWS attaches ${mostPolicies}`;
  const boundary = longestIn(serviceBoundary(name, holdings));
  if (boundary > managedLimit)
    return `the boundary of its roles would have ${boundary} characters, and AWS takes ${managedLimit}`;
  const inline = Math.max(...[deployPolicy, lookupPolicy].map((make) => longestIn(make(name, holdings))));
  return inline > inlineLimit ? `a role’s policy would have ${inline} characters, and AWS takes ${inlineLimit}` : null;
}

/** The parts of the controller's policy that do not stand in its role, by their logical ids. */
function spreadResources(name: string, holdings: Holdings) {
  const parts = spreadPolicies('controller', name, controllerPolicy(name, holdings)).map(
    (part, at) => [`ControllerPolicy${at + 1}`, managedPolicy(part.name, part.document)] as const,
  );
  return Object.fromEntries(parts);
}

/** The parts of the execution policy, by their logical ids. */
function executionResources(name: string, holdings: Holdings) {
  const parts = executionPolicies(name, holdings).map(
    (part, at) => [`ExecutionPolicy${at === 0 ? '' : at + 1}`, managedPolicy(part.name, part.document)] as const,
  );
  return Object.fromEntries(parts);
}

function storage(name: string, keep: string) {
  const names = awsNames(name);
  return {
    AssetsBucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: sub(assetsBucket(names.qualifier)),
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: {
          // Bundles stay: CloudFormation needs the one before to undo a failed update.
          Rules: [{ Id: 'uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
        },
        Tags: tags(name),
      },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    },
    AssetsBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'AssetsBucket' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: [{ 'Fn::GetAtt': ['AssetsBucket', 'Arn'] }, sub(`\${AssetsBucket.Arn}/*`)],
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    },
    FenceTable: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: names.fenceTable,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        Tags: tags(name),
      },
      DeletionPolicy: keep,
      UpdateReplacePolicy: keep,
    },
    ToolkitVersion: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: versionParameter(names.qualifier), Value: toolkitVersion },
    },
  };
}

function roles(name: string, holdings: Holdings, attached: Record<'execution' | 'controller', readonly string[]>) {
  const names = awsNames(name);
  const role = (RoleName: unknown, trusted: object, inline: object | null, more: object = {}) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: trusted }],
      },
      PermissionsBoundary: { Ref: 'OperatorsBoundary' },
      ...(inline ? { Policies: [{ PolicyName: 'soundbite', PolicyDocument: inline }] } : {}),
      Tags: tags(name),
      ...more,
    },
  });
  const toolkit = (kind: 'deploy' | 'file-publishing' | 'lookup', inline: object) =>
    role(sub(toolkitRole(names.qualifier, kind)), { AWS: { 'Fn::GetAtt': ['ControllerRole', 'Arn'] } }, inline);
  return {
    // Trusts the account: who of it may act as the controller is said by their own policies (and by a federated provider's trust).
    ControllerRole: role(
      names.controllerRole,
      { AWS: iamArn('root') },
      attached.controller.length > 0 ? null : controllerPolicy(name, holdings),
      policiesOf(attached.controller),
    ),
    DeployRole: toolkit('deploy', deployPolicy(name, holdings)),
    FilePublishingRole: toolkit('file-publishing', publishingPolicy(name)),
    LookupRole: toolkit('lookup', lookupPolicy(name, holdings)),
    ExecutionRole: role(
      sub(toolkitRole(names.qualifier, 'cfn-exec')),
      { Service: 'cloudformation.amazonaws.com' },
      null,
      policiesOf(attached.execution),
    ),
  };
}

const policiesOf = (ids: readonly string[]) =>
  ids.length > 0 ? { ManagedPolicyArns: ids.map((Ref) => ({ Ref })) } : {};

const managedPolicy = (ManagedPolicyName: string, PolicyDocument: object) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { ManagedPolicyName, PolicyDocument },
});

const tags = (environment: string) => [{ Key: 'soundbite:environment', Value: environment }];
