import {
  controllerPolicy,
  deployPolicy,
  executionPolicy,
  lookupPolicy,
  operatorsBoundary,
  publishingPolicy,
  serviceBoundary,
} from './bootstrap-policies.ts';
import { assetsBucket, iamArn, sub, toolkitRole, versionParameter } from './bootstrap-statements.ts';
import type { Environment } from './declaration/shape.ts';
import { awsNames } from './names.ts';

/** The version of CDK's own bootstrap template whose roles, bucket and parameter this one stands for. */
const toolkitVersion = '32';

/**
 * The CloudFormation template (JSON, no parameters) of an environment's bootstrap, to be deployed by an administrator as the stack
 * `awsNames(environment).toolkitStack` with CAPABILITY_NAMED_IAM. It is the whole bootstrap: what a CDK assembly with our qualifier
 * expects (bucket, deploy, publishing, lookup and execution role, version parameter) without what we do not use (image repository,
 * key), the controller role, both boundaries, the scoped execution policy and the fence table. `cdk bootstrap` is not to be run besides:
 * its deploy role may change every stack of the account, and it puts a boundary on one role of five.
 */
export function bootstrapTemplate({ name, protected: isProtected }: Environment): object {
  const names = awsNames(name);
  const keep = isProtected ? 'RetainExceptOnCreate' : 'Delete';
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `What SoundBite needs before it can deploy to ${name}`,
    Resources: {
      ...storage(name, keep),
      ServiceBoundary: managedPolicy(names.permissionsBoundary, serviceBoundary(name)),
      OperatorsBoundary: managedPolicy(names.operatorsBoundary, operatorsBoundary(name)),
      ExecutionPolicy: managedPolicy(names.executionPolicy, executionPolicy(name)),
      ...roles(name),
    },
    Outputs: {
      ControllerRoleArn: { Value: { 'Fn::GetAtt': ['ControllerRole', 'Arn'] } },
      // CDK's toolkit reads these three.
      BucketName: { Value: { Ref: 'AssetsBucket' } },
      BucketDomainName: { Value: { 'Fn::GetAtt': ['AssetsBucket', 'RegionalDomainName'] } },
      BootstrapVersion: { Value: toolkitVersion },
    },
  };
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

function roles(name: string) {
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
    ControllerRole: role(names.controllerRole, { AWS: iamArn('root') }, controllerPolicy(name)),
    DeployRole: toolkit('deploy', deployPolicy(name)),
    FilePublishingRole: toolkit('file-publishing', publishingPolicy(name)),
    LookupRole: toolkit('lookup', lookupPolicy(name)),
    ExecutionRole: role(
      sub(toolkitRole(names.qualifier, 'cfn-exec')),
      { Service: 'cloudformation.amazonaws.com' },
      null,
      { ManagedPolicyArns: [{ Ref: 'ExecutionPolicy' }] },
    ),
  };
}

const managedPolicy = (ManagedPolicyName: string, PolicyDocument: object) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { ManagedPolicyName, PolicyDocument },
});

const tags = (environment: string) => [{ Key: 'soundbite:environment', Value: environment }];
