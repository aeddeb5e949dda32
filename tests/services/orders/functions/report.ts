import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';

const dynamo = new DynamoDBClient({});

/** Adds up all orders, each night. */
export async function handler() {
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: process.env.ORDERS }));
  const cents = Items.reduce((sum, { cents }) => sum + Number(cents?.N), 0);
  console.log(JSON.stringify({ orders: Items.length, cents }));
  return { orders: Items.length, cents };
}
