import {
  ApiGatewayV2Client,
  DeleteApiCommand,
  GetIntegrationsCommand,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';

/** What tests and chaos do in an account as its root, by hand. */

interface Config {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** All items of a table, as DynamoDB returns them. */
export async function itemsOf(config: Config, TableName: string): Promise<Record<string, AttributeValue>[]> {
  const client = new DynamoDBClient(config);
  const found: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true }))
    found.push(...(page.Items ?? []));
  client.destroy();
  return found;
}

/** How long a queue hides what was received, in seconds. */
export async function setVisibility(config: Config, QueueName: string, seconds: number): Promise<void> {
  const client = new SQSClient(config);
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  const Attributes = { VisibilityTimeout: String(seconds) };
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  client.destroy();
}

/** Leads the only integration of an HTTP API elsewhere; `change` is told where it leads. */
export async function leadElsewhere(config: Config, ApiId: string, change: (uri: string) => string): Promise<void> {
  const client = new ApiGatewayV2Client(config);
  const [found] = (await client.send(new GetIntegrationsCommand({ ApiId }))).Items ?? [];
  const IntegrationUri = change(found?.IntegrationUri ?? '');
  await client.send(new UpdateIntegrationCommand({ ApiId, IntegrationId: found?.IntegrationId, IntegrationUri }));
  client.destroy();
}

/** Somebody deletes an HTTP API. */
export async function deleteApi(config: Config, ApiId: string): Promise<void> {
  const client = new ApiGatewayV2Client(config);
  await client.send(new DeleteApiCommand({ ApiId }));
  client.destroy();
}
