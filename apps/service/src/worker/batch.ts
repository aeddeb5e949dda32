import * as z from 'zod';
import type { ServiceParts } from '../parts.ts';
import type { Delivery } from '../stores/queue.ts';
import { handleDelivery } from './job.ts';

/** The fields of Lambda's SQS event that are needed; a rehearsal sends the same. */
const SqsEvent = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string().default(''),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().min(1).default(1) }).prefault({}),
    }),
  ),
});

/** Lambda's partial batch response: the messages that are to stay in the queue. */
export interface BatchResponse {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** An event that is none. */
export class WrongEventError extends Error {
  override readonly name = 'WrongEventError';
}

/**
 * Handles an SQS event; its messages side by side.
 * @throws WrongEventError
 */
export async function handleBatch(parts: ServiceParts, event: unknown): Promise<BatchResponse> {
  const parsed = SqsEvent.safeParse(event);
  if (!parsed.success) throw new WrongEventError(`no SQS event: ${z.prettifyError(parsed.error)}`);
  const failed = await Promise.all(
    parsed.data.Records.map(async ({ messageId, receiptHandle, body, attributes }) => {
      const receiveCount = attributes.ApproximateReceiveCount;
      const delivery: Delivery = { messageId, receiptHandle, body, receiveCount };
      const verdict = await handleDelivery(parts, delivery);
      if (verdict.done) return [];
      await returnMessage(parts, delivery, verdict.retrySeconds);
      return [{ itemIdentifier: messageId }];
    }),
  );
  return { batchItemFailures: failed.flat() };
}

/** Shortens the wait for the next attempt; without it the message comes back all the same, later. A rehearsal has no receipt. */
export async function returnMessage(parts: ServiceParts, delivery: Delivery, seconds: number): Promise<void> {
  if (delivery.receiptHandle === '') return;
  try {
    await parts.queue.giveBack(delivery, seconds);
  } catch (error) {
    parts.log.warn({ error, messageId: delivery.messageId }, 'a message could not be given back early');
  }
}
