import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Emulator } from './emulator.ts';
import { settings, variables } from './settings.ts';

export const WEBHOOK_SECRET = 'a-webhook-secret-of-forty-characters-yes';

/** What a test wants to be otherwise than usual. */
export interface StackOptions {
  readonly service?: Readonly<Record<string, unknown>>;
  readonly visibilitySeconds?: number;
}

/** The environment variables of a service on data of its own in an emulated account: the table, bucket, queues and secret of DATA.md. */
export async function makeStack(emulator: Emulator, options: StackOptions = {}): Promise<Record<string, string>> {
  const name = `sb-${Math.random().toString(36).slice(2, 10)}`;
  const service = settings({ logLevel: 'info', callbacks: 'loopback', ...options.service });
  const client = {
    region: emulator.credentials.AWS_REGION,
    endpoint: emulator.endpoint,
    credentials: {
      accessKeyId: emulator.credentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: emulator.credentials.AWS_SECRET_ACCESS_KEY,
    },
  };
  await new DynamoDBClient(client).send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'list', 'order'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'lists',
          KeySchema: [
            { AttributeName: 'list', KeyType: 'HASH' },
            { AttributeName: 'order', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    }),
  );
  const CORSRules = [
    { AllowedMethods: ['GET', 'HEAD'], AllowedOrigins: ['*'], ExposeHeaders: ['content-range', 'etag'] },
  ];
  await s3.send(new PutBucketCorsCommand({ Bucket: name, CORSConfiguration: { CORSRules } }));
  const sqs = new SQSClient(client);
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const queue = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        VisibilityTimeout: String(options.visibilitySeconds ?? 180),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: Attributes?.QueueArn,
          maxReceiveCount: service.maxAttempts,
        }),
      },
    }),
  );
  const secret = await new SecretsManagerClient(client).send(
    new CreateSecretCommand({ Name: name, SecretString: WEBHOOK_SECRET }),
  );
  return {
    ...variables(service),
    ...emulator.credentials,
    SOUNDBITE_TABLE: name,
    SOUNDBITE_BUCKET: name,
    SOUNDBITE_QUEUE_URL: queue.QueueUrl ?? '',
    SOUNDBITE_DEAD_LETTER_URL: dead.QueueUrl ?? '',
    SOUNDBITE_WEBHOOK_SECRET_ARN: secret.ARN ?? '',
  };
}
