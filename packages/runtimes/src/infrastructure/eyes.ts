import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type CloudAccess, clientOptions } from '@soundbite/model';

/** A client of every service whose resources our templates hold. */
export interface Eyes {
  readonly api: ApiGatewayV2Client;
  readonly cloudwatch: CloudWatchClient;
  readonly dynamo: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly rest: APIGatewayClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
}

/** Looks with clients of its own, which end with the look. */
export async function withEyes<T>(access: CloudAccess, look: (eyes: Eyes) => Promise<T>): Promise<T> {
  const options = { ...clientOptions(access), maxAttempts: 5 };
  const eyes: Eyes = {
    api: new ApiGatewayV2Client(options),
    cloudwatch: new CloudWatchClient(options),
    dynamo: new DynamoDBClient(options),
    events: new EventBridgeClient(options),
    iam: new IAMClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    rest: new APIGatewayClient(options),
    s3: new S3Client({ ...options, forcePathStyle: access.endpoint !== undefined }),
    secrets: new SecretsManagerClient(options),
    sns: new SNSClient(options),
    // A queue's URL may name an endpoint of another day.
    sqs: new SQSClient({ ...options, useQueueUrlAsEndpoint: false }),
    ssm: new SSMClient(options),
  };
  try {
    return await look(eyes);
  } finally {
    for (const client of Object.values(eyes)) client.destroy();
  }
}
