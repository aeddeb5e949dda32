import { strict as assert } from 'node:assert';
import {
  CloudFormationClient,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DeletePublicAccessBlockCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { deployStack, type Resources } from '../test-stacks.ts';
import type { Check } from './check.ts';

export const driftReaders: Check = {
  correction: 'drift_readers',
  title:
    "CloudFormation's drift detection sees what somebody changed of a bucket, its policy and a rule, and nothing else",
  failsWithout: /\+ \[\][\s\S]*'Bucket'/,
  async holds(account) {
    const cloudformation = new CloudFormationClient(account.config);
    const s3 = new S3Client({ ...account.config, forcePathStyle: true });
    const StackName = 'drifted';
    const policyOf = (Effect: 'Allow' | 'Deny') => ({
      Version: '2012-10-17',
      Statement: [{ Effect, Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::drifted/*' }],
    });
    const resources: Resources = {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: { BucketName: 'drifted', PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
      },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: policyOf('Deny') },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { Name: 'drifted', ScheduleExpression: 'rate(1 day)', State: 'ENABLED' },
      },
    };
    const modified = async () => {
      await cloudformation.send(new DetectStackDriftCommand({ StackName }));
      const filter = { StackName, StackResourceDriftStatusFilters: ['MODIFIED' as const] };
      const { StackResourceDrifts = [] } = await cloudformation.send(new DescribeStackResourceDriftsCommand(filter));
      return StackResourceDrifts.map(({ LogicalResourceId }) => LogicalResourceId).sort();
    };
    await deployStack(account, StackName, resources);
    assert.deepEqual(await modified(), []);
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket: 'drifted' }));
    const Policy = JSON.stringify(policyOf('Allow'));
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'drifted', Policy }));
    await new EventBridgeClient(account.config).send(new DisableRuleCommand({ Name: 'drifted' }));
    assert.deepEqual(await modified(), ['Bucket', 'Policy', 'Rule']);
  },
};
