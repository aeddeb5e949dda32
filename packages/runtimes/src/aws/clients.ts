import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type CloudAccess, clientOptions, type Target } from '@soundbite/model';

/** The clients of one call, acting as the environment's controller. */
export interface Clients {
  readonly access: CloudAccess;
  /** How often something that settles is looked at, in ms. */
  readonly everyMs: number;
  readonly lambda: LambdaClient;
  readonly dynamo: DynamoDBClient;
  readonly logs: CloudWatchLogsClient;
  readonly http: ApiGatewayV2Client;
  readonly rest: APIGatewayClient;
}

/** Acts with fresh clients: credentials may have been renewed since the last call, and an emulated account may have moved. */
export async function withClients<T>(
  target: Pick<Target, 'cloud'>,
  act: (clients: Clients) => Promise<T>,
  everyMs = paceOf(target),
): Promise<T> {
  const access = await target.cloud.access('controller');
  const options = { ...clientOptions(access), maxAttempts: 5 };
  const lambda = new LambdaClient(options);
  const dynamo = new DynamoDBClient(options);
  const logs = new CloudWatchLogsClient(options);
  const http = new ApiGatewayV2Client(options);
  const rest = new APIGatewayClient(options);
  try {
    return await act({ access, everyMs, lambda, dynamo, logs, http, rest });
  } finally {
    for (const client of [lambda, dynamo, logs, http, rest]) client.destroy();
  }
}

const paceOf = ({ cloud }: Pick<Target, 'cloud'>): number => (cloud.kind === 'emulated' ? 20 : 1000);
