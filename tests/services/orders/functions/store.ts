import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const dynamo = new DynamoDBClient({});

interface Messages {
  readonly rehearsal?: boolean;
  readonly Records: readonly { readonly body: string }[];
}

/** Stores each order that was placed. */
export async function handler({ Records }: Messages) {
  const orders = Records.map(({ body }) => JSON.parse(body) as { readonly id: string; readonly cents: number });
  for (const { id, cents } of orders)
    await dynamo.send(
      new PutItemCommand({ TableName: process.env.ORDERS, Item: { id: { S: id }, cents: { N: String(cents) } } }),
    );
  return { stored: orders.length };
}
