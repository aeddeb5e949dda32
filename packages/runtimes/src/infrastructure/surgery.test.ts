import type { StackMember } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { withoutResources } from './surgery.ts';
import { valuesIn } from './values.ts';

const place = { account: '123456789012', region: 'eu-central-1' };
const queue: StackMember = { id: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'https://sqs/123456789012/jobs' };
const secret: StackMember = { id: 'Secret', type: 'AWS::SecretsManager::Secret', physicalId: 'webhook' };
const template = {
  Parameters: { ReleaseDigest: { Type: 'String' } },
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
    Secret: { Type: 'AWS::SecretsManager::Secret' },
    Role: {
      Type: 'AWS::IAM::Role',
      DependsOn: ['Queue', 'Table'],
      Properties: {
        Policies: [{ Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
        Description: { 'Fn::Sub': `reads \${Queue.QueueName} of \${AWS::Region}, not \${!Queue}` },
        Odd: { 'Fn::GetAtt': ['Secret', 'Unheard'] },
      },
    },
    Table: { Type: 'AWS::DynamoDB::Table', DependsOn: 'Queue', Properties: { Note: { Ref: 'Queue' } } },
  },
  Outputs: {
    QueueUrl: { Value: { Ref: 'Queue' } },
    SecretArn: { Value: { 'Fn::GetAtt': ['Secret', 'Id'] } },
    Odd: { Value: { 'Fn::GetAtt': ['Secret', 'Unheard'] } },
  },
};
const stack = {
  StackName: 's',
  CreationTime: new Date(0),
  StackStatus: 'UPDATE_COMPLETE' as const,
  Outputs: [{ OutputKey: 'SecretArn', OutputValue: 'arn:aws:secretsmanager:…:webhook-a1b2c3' }],
};

describe('a template without some of its resources', () => {
  const without = withoutResources(template, [queue, secret], valuesIn(stack, template, place));

  it('has literals where the others named them, as CloudFormation saw them', () => {
    expect(without.Resources).toEqual({
      Role: {
        Type: 'AWS::IAM::Role',
        DependsOn: ['Table'],
        Properties: {
          Policies: [{ Resource: 'arn:aws:sqs:eu-central-1:123456789012:jobs' }],
          Description: { 'Fn::Sub': `reads jobs of \${AWS::Region}, not \${!Queue}` },
        },
      },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { Note: 'https://sqs/123456789012/jobs' } },
    });
  });

  it('keeps outputs, by what they said, and leaves out what nothing tells', () => {
    expect(without.Outputs).toEqual({
      QueueUrl: { Value: 'https://sqs/123456789012/jobs' },
      SecretArn: { Value: 'arn:aws:secretsmanager:…:webhook-a1b2c3' },
    });
  });

  it('is otherwise as it was', () => {
    expect(without.Parameters).toEqual(template.Parameters);
    expect(withoutResources(template, [], valuesIn(stack, template, place))).toEqual({
      ...template,
      Resources: { ...template.Resources, Table: { ...template.Resources.Table, DependsOn: ['Queue'] } },
    });
  });
});

it.each([
  ['eu-central-1', 'amazonaws.com'],
  ['cn-north-1', 'amazonaws.com.cn'],
])('a bucket is named by its host of that region: %s', (region, suffix) => {
  const bucket = { id: 'Files', type: 'AWS::S3::Bucket', physicalId: 'b-1' } as StackMember;
  const values = valuesIn(null, {}, { account: '123456789012', region });
  expect(values(bucket, 'RegionalDomainName')).toBe(`b-1.s3.${region}.${suffix}`);
});
