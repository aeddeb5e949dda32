import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { contract } from './names.ts';
import { Concern, type EnvironmentStack } from './stack.ts';

/** What an environment keeps. All of it has a fixed name: a resource named by CloudFormation can be replaced without anybody noticing. */
export interface Data {
  readonly table: Table;
  readonly bucket: Bucket;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly webhookSecretArn: string;
}

/** Seconds that a worker has for one job, for the 5 s that it may wait for a speaker, and for what surrounds it; Lambda gives 900 at most. */
export const workerTimeoutSeconds = (jobTimeoutSeconds: number): number => jobTimeoutSeconds + 10;

/**
 * Encryption is by keys that AWS manages, not by a key of ours. A key of ours costs 1 $ a month and environment and its
 * requests, adds a second policy that must agree with every role, and would have to be shared with CloudWatch and SNS;
 * what it would give (revoking the key, readers in other accounts) nobody uses here. The table's key is the account's
 * `aws/dynamodb`, whose uses CloudTrail records.
 */
export function data(stack: EnvironmentStack): Data {
  const scope = new Concern(stack, 'Data');
  const table = makeTable(scope, stack);
  const bucket = makeBucket(scope, stack);
  const { deadLetters, queue } = makeQueues(scope, stack);
  const webhookSecretArn = makeWebhookSecret(scope, stack);

  stack.output(contract.outputs.table, table.tableName);
  stack.output(contract.outputs.bucket, bucket.bucketName);
  stack.output(contract.outputs.queueUrl, queue.queueUrl);
  stack.output(contract.outputs.deadLetterUrl, deadLetters.queueUrl);
  stack.output(contract.outputs.webhookSecretArn, webhookSecretArn);
  return { table, bucket, queue, deadLetters, webhookSecretArn };
}

function makeTable(scope: Concern, stack: EnvironmentStack): Table {
  const table = new Table(scope, 'Table', {
    tableName: stack.names.table,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    deletionProtection: stack.declared.protected,
    removalPolicy: removal(stack),
  });
  table.addGlobalSecondaryIndex({
    indexName: 'lists',
    partitionKey: { name: 'list', type: AttributeType.STRING },
    sortKey: { name: 'order', type: AttributeType.STRING },
    projectionType: ProjectionType.ALL,
  });
  return table;
}

function makeBucket(scope: Concern, stack: EnvironmentStack): Bucket {
  return new Bucket(scope, 'Bucket', {
    // Bucket names are shared by all of AWS: only the account makes this one ours.
    bucketName: `${stack.names.bucketPrefix}${Aws.ACCOUNT_ID}`,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    // Pages follow a redirect to a presigned URL. Who holds such a URL may read the object; from which page, says nothing.
    cors: [
      {
        id: 'presigned',
        allowedMethods: [HttpMethods.GET, HttpMethods.HEAD],
        allowedOrigins: ['*'],
        allowedHeaders: ['range', 'if-range', 'if-none-match', 'if-modified-since'],
        exposedHeaders: ['accept-ranges', 'content-range', 'content-length', 'content-disposition', 'etag'],
        maxAge: 3_600,
      },
    ],
    lifecycleRules: [
      // A text asked for again on its last day is answered with the audio of the first: so it must outlive two retentions.
      { id: 'audio', prefix: 'audio/', expiration: Duration.days(2 * stack.declared.settings.retentionDays + 1) },
      { id: 'rehearsal', prefix: 'rehearsal/', expiration: Duration.days(1) },
      { id: 'uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    removalPolicy: removal(stack),
  });
}

function makeQueues(scope: Concern, stack: EnvironmentStack): Pick<Data, 'queue' | 'deadLetters'> {
  const deadLetters = new Queue(scope, 'DeadLetters', {
    queueName: stack.names.deadLetterQueue,
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy: removal(stack),
  });
  const queue = new Queue(scope, 'Queue', {
    queueName: stack.names.queue,
    visibilityTimeout: Duration.seconds(6 * workerTimeoutSeconds(stack.declared.settings.jobTimeoutSeconds)),
    receiveMessageWaitTime: Duration.seconds(20),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: stack.declared.settings.maxAttempts },
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy: removal(stack),
  });
  return { queue, deadLetters };
}

/** Gives its ARN. */
function makeWebhookSecret(scope: Concern, stack: EnvironmentStack): string {
  const webhookSecret = new Secret(scope, 'WebhookSecret', {
    secretName: stack.names.webhookSecret,
    description: 'Signs the callbacks of finished soundbites',
    generateSecretString: { passwordLength: 48, excludePunctuation: true },
    removalPolicy: removal(stack),
  });
  // Its reference is the ARN on AWS and the name in an emulated account; its Id is the ARN in both.
  return (webhookSecret.node.defaultChild as CfnSecret).attrId;
}

/** A protected environment keeps its data even when its stack goes; a first create that fails leaves nothing behind. */
export function removal(stack: EnvironmentStack): RemovalPolicy {
  return stack.declared.protected ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
