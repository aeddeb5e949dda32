import { type Removal, removals } from '../template-changes.ts';

export type Any = Record<string, unknown>;

/** A template with every kind of thing that can be taken away; each test changes one of them. */
export function base() {
  const statement = (Action: unknown, Resource: unknown, more: Any = {}): Any => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...more,
  });
  return {
    Parameters: { ReleaseDigest: { Type: 'String' }, CloudKind: { Type: 'String' } } as Any,
    Conditions: { RealCloud: { 'Fn::Equals': [{ Ref: 'CloudKind' }, 'real'] } } as Any,
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'soundbite-staging',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'list', AttributeType: 'S' },
          ],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'lists',
              KeySchema: [{ AttributeName: 'list', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
        },
      },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'soundbite-staging-jobs',
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 5 },
        },
      },
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'soundbite-staging-dead-letters' } },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'soundbite-staging' } },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Deny',
                Action: 's3:*',
                Principal: '*',
                Resource: '*',
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
      Secret: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: { Name: 's', GenerateSecretString: { PasswordLength: 48 } },
      },
      WorkerRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'soundbite-staging-worker',
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
          },
          Policies: [
            {
              PolicyName: 'service',
              PolicyDocument: {
                Statement: [
                  statement(
                    ['s3:GetObject', 's3:PutObject'],
                    [
                      { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/bills/*']] },
                      { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/rehearsal/*']] },
                    ],
                  ),
                  statement('ses:SendEmail', '*'),
                ],
              },
            },
          ],
        },
      },
      WorkerFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'soundbite-staging-worker',
          Role: { 'Fn::GetAtt': ['WorkerRole', 'Arn'] },
          MemorySize: 512,
        },
      },
      WorkerAlias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          Name: 'live',
          FunctionName: { Ref: 'WorkerFunction' },
          FunctionVersion: { 'Fn::GetAtt': ['WorkerVersion', 'Version'] },
        },
      },
      WorkerMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          FunctionName: { Ref: 'WorkerAlias' },
          Enabled: false,
        },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { Ref: 'WorkerAlias' },
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { Name: 'sweep', Targets: [{ Id: 'worker', Arn: { Ref: 'WorkerAlias' } }] },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: { ApiId: { Ref: 'Api' }, RouteKey: '$default', Target: 'integrations/x' },
      },
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'queue-age' } },
    },
    Outputs: { TableName: { Value: { Ref: 'Table' }, Export: { Name: 'table' } } } as Any,
  };
}

export type Base = ReturnType<typeof base>;
/** Removals between the base and a changed copy of it. */
export function after(
  change: (
    template: Base & { Resources: Record<string, { Type: string; Condition?: string; Properties: Any }> },
  ) => void,
): Removal[] {
  const next = base();
  change(next as never);
  return removals(base(), next);
}
export const idsAfter = (change: Parameters<typeof after>[0]) => after(change).map(({ id, what }) => `${id} ${what}`);
export const workerStatements = (template: Base) =>
  template.Resources.WorkerRole.Properties.Policies[0]?.PolicyDocument.Statement ?? [];
