import type { AllowedType } from './allowed-type.ts';
import { actionsOf, inS3, regional } from './arns.ts';

const table = regional('dynamodb', 'table/{name}');
const indexes = regional('dynamodb', 'table/{name}/index/*');
const queue = regional('sqs', '{name}');
// Secrets Manager appends six characters to a secret's name.
const secret = regional('secretsmanager', 'secret:{name}-??????');
const parameter = regional('ssm', 'parameter{/name}');
const topic = regional('sns', '{name}');

/** What keeps data or passes it on. */
export const stores: Readonly<Record<string, AllowedType>> = {
  'AWS::DynamoDB::Table': {
    what: 'DynamoDB table',
    name: { property: 'TableName', otherwise: { by: 'stack', longest: 255 } },
    manage: [
      {
        actions: actionsOf('dynamodb', '*Table', '*TimeToLive', '*ContinuousBackups', '*Resource*'),
        on: [table],
      },
      {
        actions: actionsOf('dynamodb', 'DescribeContributorInsights', 'DescribeKinesisStreamingDestination'),
        on: [table, indexes],
      },
    ],
    use: [
      {
        actions: actionsOf(
          'dynamodb',
          'BatchGetItem',
          'BatchWriteItem',
          'ConditionCheckItem',
          'DeleteItem',
          'GetItem',
          'PutItem',
          'Query',
          'Scan',
          'UpdateItem',
        ),
        on: [table, indexes],
      },
      { actions: actionsOf('dynamodb', 'DescribeTable'), on: [table] },
    ],
    look: [
      {
        actions: actionsOf('dynamodb', 'DescribeContinuousBackups', 'DescribeTable', 'DescribeTimeToLive'),
        on: [table],
      },
    ],
    // A table for which somebody provisioned capacity is paid by request again.
    deploy: [{ actions: actionsOf('dynamodb', 'UpdateTable'), on: [table] }],
  },
  'AWS::S3::Bucket': {
    what: 'S3 bucket',
    name: { property: 'BucketName', otherwise: { by: 'stack', longest: 63, lower: true } },
    // On the bucket alone: its objects are other resources.
    manage: [{ actions: ['s3:*'], on: [inS3('{name}')] }],
    use: [
      {
        actions: actionsOf('s3', 'DeleteObject', 'GetObject', 'ListBucket', 'PutObject'),
        on: [inS3('{name}'), inS3('{name}/*')],
      },
    ],
    // HeadBucket asks for ListBucket.
    look: [
      {
        actions: actionsOf('s3', 'GetBucket*', 'GetEncryptionConfiguration', 'GetLifecycleConfiguration', 'ListBucket'),
        on: [inS3('{name}')],
      },
    ],
  },
  'AWS::S3::BucketPolicy': { what: 'policy of a bucket' },
  'AWS::SQS::Queue': {
    what: 'SQS queue',
    name: { property: 'QueueName', otherwise: { by: 'stack', longest: 75 } },
    manage: [
      {
        actions: actionsOf(
          'sqs',
          'CreateQueue',
          'DeleteQueue',
          'GetQueueAttributes',
          'GetQueueUrl',
          'ListQueueTags',
          'SetQueueAttributes',
          'TagQueue',
          'UntagQueue',
        ),
        on: [queue],
      },
    ],
    use: [
      {
        actions: actionsOf(
          'sqs',
          'ChangeMessageVisibility',
          'DeleteMessage',
          'GetQueueAttributes',
          'ReceiveMessage',
          'SendMessage',
        ),
        on: [queue],
      },
      { actions: actionsOf('sqs', 'GetQueueUrl'), on: [queue] },
    ],
    look: [{ actions: actionsOf('sqs', 'GetQueueAttributes', 'GetQueueUrl'), on: [queue] }],
    control: [{ actions: actionsOf('sqs', 'GetQueueAttributes', 'GetQueueUrl'), on: [queue] }],
  },
  'AWS::SQS::QueuePolicy': { what: 'policy of a queue' },
  'AWS::SNS::Topic': {
    what: 'SNS topic',
    name: { property: 'TopicName', otherwise: { by: 'stack', longest: 256 } },
    manage: [{ actions: ['sns:*'], on: [topic] }],
    use: [{ actions: ['sns:Publish'], on: [topic] }],
    look: [{ actions: ['sns:GetTopicAttributes'], on: [topic] }],
  },
  'AWS::SNS::TopicPolicy': { what: 'policy of a topic' },
  'AWS::SNS::Subscription': {
    what: 'subscription to a topic',
    of: 'TopicArn',
    manage: [
      {
        actions: actionsOf('sns', 'GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Unsubscribe'),
        on: [regional('sns', '{of}:*')],
      },
    ],
  },
  'AWS::SecretsManager::Secret': {
    what: 'secret',
    // Without a name it is called by its logical id, which other environments share.
    name: { property: 'Name', otherwise: 'unknowable' },
    manage: [
      {
        actions: actionsOf(
          'secretsmanager',
          'CreateSecret',
          'DeleteSecret',
          'DescribeSecret',
          'TagResource',
          'UntagResource',
          'UpdateSecret',
        ),
        on: [secret],
      },
      { actions: ['secretsmanager:GetRandomPassword'], on: ['*'] },
    ],
    use: [
      { actions: ['secretsmanager:GetSecretValue'], on: [secret] },
      { actions: ['secretsmanager:DescribeSecret'], on: [secret] },
    ],
    // A secret that is not there has no suffix.
    look: [{ actions: ['secretsmanager:DescribeSecret'], on: [secret, regional('secretsmanager', 'secret:{name}')] }],
    // A secret that somebody deleted waits for a week or more, and comes back whole.
    deploy: [{ actions: ['secretsmanager:RestoreSecret'], on: [secret] }],
  },
  'AWS::SSM::Parameter': {
    what: 'parameter in Systems Manager',
    name: { property: 'Name', otherwise: 'unknowable' },
    // Wildcards, since AWS takes 6,144 characters of a managed policy, with the longest name and the longest ARNs.
    manage: [{ actions: ['ssm:*Parameter*', 'ssm:*Tags*'], on: [parameter] }],
    use: [{ actions: actionsOf('ssm', 'GetParameter', 'GetParameters', 'GetParametersByPath'), on: [parameter] }],
    look: [{ actions: actionsOf('ssm', 'GetParameter', 'GetParameters', 'ListTagsForResource'), on: [parameter] }],
    control: [{ actions: actionsOf('ssm', 'GetParameter', 'GetParameters'), on: [parameter] }],
  },
};
