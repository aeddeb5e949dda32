import { randomUUID } from 'node:crypto';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

interface Asked {
  readonly rawPath: string;
  readonly requestContext: { readonly stage: string; readonly http: { readonly method: string } };
  readonly body?: string;
}

const dynamo = new DynamoDBClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const answer = (statusCode: number, body: unknown) => ({ statusCode, body: JSON.stringify(body) });

/** POST /orders {"cents": 250} takes an order; GET /orders/<id> shows what became of it; GET /health. */
export async function handler({ rawPath, requestContext: { http, stage }, body }: Asked) {
  if (rawPath === '/health') return answer(200, { status: 'well' });
  if (http.method === 'POST' && rawPath === '/orders') return take(JSON.parse(body ?? '{}'), stage === 'rehearsal');
  const id = rawPath.split('/')[2] ?? '';
  const { Item } = await dynamo.send(new GetItemCommand({ TableName: process.env.ORDERS, Key: { id: { S: id } } }));
  return Item ? answer(200, { id, cents: Number(Item.cents?.N) }) : answer(404, { id });
}

async function take({ cents }: { readonly cents?: number }, isRehearsal: boolean) {
  if (!Number.isInteger(cents)) return answer(400, { wrong: 'cents' });
  const id = randomUUID();
  // A rehearsal leaves no trace in the queue.
  if (!isRehearsal)
    await sqs.send(
      new SendMessageCommand({ QueueUrl: process.env.PLACED, MessageBody: JSON.stringify({ id, cents }) }),
    );
  return answer(202, { id, cents });
}
