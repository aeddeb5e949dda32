import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Settings } from '../settings.ts';
import { clientOptions } from './aws.ts';

/** A received message: what the worker needs of it, from a poll or from a Lambda event. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
}

/** Numbers of a queue; approximate, as SQS says. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
}

export type Queue = ReturnType<typeof openQueue>;

/** The queue of work and, for its depth only, the dead-letter queue behind it. */
export function openQueue(settings: Settings) {
  const QueueUrl = settings.queueUrl;
  // A queue's URL names the address that its account had when the stack was deployed; an emulated one may have moved since.
  const client = new SQSClient({ ...clientOptions(settings), useQueueUrlAsEndpoint: false });

  async function depthOf(url: string): Promise<QueueDepth> {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  return {
    /** Nobody receives it for the first `delaySeconds`. */
    async send(body: string, delaySeconds = 0): Promise<void> {
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body, DelaySeconds: delaySeconds }));
    },

    /** Waits up to `waitSeconds` for up to `max` (1 to 10) messages. */
    async receive(max: number, waitSeconds: number): Promise<Delivery[]> {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: max,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      return Messages.map(deliveryOf);
    },

    async delete(delivery: Delivery): Promise<void> {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: delivery.receiptHandle }));
    },

    /** Makes a message visible again after `seconds`, instead of after the queue's own (long) visibility timeout. */
    async giveBack(delivery: Delivery, seconds: number): Promise<void> {
      const { receiptHandle } = delivery;
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds }),
      );
    },

    depth: () => depthOf(QueueUrl),
    deadLetters: () => depthOf(settings.deadLetterUrl),
    close: () => client.destroy(),
  };
}

function deliveryOf(message: Message): Delivery {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
  };
}
