import { BusyError, PermanentError } from '../engines/engine.ts';
import type { ServiceParts } from '../parts.ts';
import { publicReason, TellableError } from '../reason.ts';
import { readMessage, writeMessage } from '../soundbites/message.ts';
import { isFinished, type Soundbite } from '../soundbites/soundbite.ts';
import { errorName, isThrottling } from '../stores/aws.ts';
import type { Delivery } from '../stores/queue.ts';
import { deliverCallback } from './callback.ts';
import { attemptSeconds, make } from './make.ts';

/** What becomes of a message: taken out of the queue, or given back after so many seconds. */
export type DeliveryFate = { readonly done: true } | { readonly done: false; readonly retrySeconds: number };

/** How long a job that was turned away waits at least; at most twice as long. */
const POSTPONED_SECONDS = 5;

const DONE: DeliveryFate = { done: true };

/** Received once too often, the queue moves it to the dead letters. */
const TO_DEAD_LETTERS: DeliveryFate = { done: false, retrySeconds: 0 };

/** One delivery of one message, from beginning to end. Never throws: what went wrong is logged, and is in the verdict. */
export async function handleDelivery(parts: ServiceParts, delivery: Delivery): Promise<DeliveryFate> {
  const log = parts.log.child({ messageId: delivery.messageId, receiveCount: delivery.receiveCount });
  const begun = parts.now();
  try {
    const message = readMessage(delivery.body);
    const soundbite = await parts.table.soundbite(message.id);
    if (soundbite === undefined) {
      log.info({ soundbite: message.id }, 'soundbite deleted before it was made');
      return DONE;
    }
    if (soundbite.status === 'failed' && isFinished(soundbite)) return TO_DEAD_LETTERS;
    const verdict = await settle(parts, soundbite, delivery);
    log.info({ soundbite: soundbite.id, done: verdict.done, ms: parts.now() - begun }, 'job');
    return verdict;
  } catch (error) {
    log.error({ error }, 'a message could not be handled');
    return { done: false, retrySeconds: backoff(delivery) };
  }
}

async function settle(parts: ServiceParts, soundbite: Soundbite, delivery: Delivery): Promise<DeliveryFate> {
  const failure = isFinished({ ...soundbite, callback: undefined }) ? undefined : await attempt(parts, soundbite);
  if (failure !== undefined && wasTurnedAway(failure) && !soundbite.rehearsal) return postpone(parts, soundbite);
  if (failure !== undefined && !isLast(parts, soundbite, delivery, failure)) {
    return { done: false, retrySeconds: backoff(delivery) };
  }
  if (failure !== undefined) await parts.table.fail(soundbite, reasonOf(soundbite, failure));
  const settled = await parts.table.soundbite(soundbite.id);
  const delivered = settled?.callback !== 'pending' || (await callBack(parts, settled));
  if (failure !== undefined) return TO_DEAD_LETTERS;
  return delivered ? DONE : { done: false, retrySeconds: backoff(delivery) };
}

/** One attempt at the audio; the error that it ended with, if it did. */
async function attempt(parts: ServiceParts, soundbite: Soundbite): Promise<Error | undefined> {
  const seconds = attemptSeconds(parts);
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    await make(parts, soundbite, signal);
    return undefined;
  } catch (error) {
    parts.log.error({ error, soundbite: soundbite.id }, 'an attempt failed');
    if (signal.aborted) return new TellableError(`making it took longer than ${seconds} s`, { cause: error });
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** One too many, for Polly or for the speakers of this process. */
function wasTurnedAway(failure: Error): boolean {
  return failure instanceof BusyError || isThrottling(failure);
}

/**
 * Whoever is turned away for being one too many has not tried: the attempt does not count, and a new message takes the place
 * of this one, whose receives the queue would count.
 */
async function postpone(parts: ServiceParts, soundbite: Soundbite): Promise<DeliveryFate> {
  await parts.table.uncount(soundbite);
  await parts.queue.send(writeMessage(soundbite.id), POSTPONED_SECONDS + Math.floor(Math.random() * POSTPONED_SECONDS));
  return DONE;
}

/** One try of the callback. True when nothing is left to be tried. */
async function callBack(parts: ServiceParts, soundbite: Soundbite): Promise<boolean> {
  try {
    await deliverCallback(parts, soundbite);
    await parts.table.settleCallback(soundbite, 'delivered');
    return true;
  } catch (error) {
    const last = soundbite.callbackAttempts + 1 >= parts.settings.service.maxAttempts;
    parts.log.warn({ error, soundbite: soundbite.id, last }, 'a callback was not delivered');
    await parts.table.settleCallback(soundbite, last ? 'failed' : 'pending');
    return last;
  }
}

/** A rehearsal has one attempt: whoever rehearses wants to hear what is wrong. */
function isLast(parts: ServiceParts, soundbite: Soundbite, delivery: Delivery, failure: Error): boolean {
  if (soundbite.rehearsal || failure instanceof PermanentError) return true;
  return Math.max(delivery.receiveCount, soundbite.attempts + 1) >= parts.settings.service.maxAttempts;
}

/** The public reason names no account, role or bucket, which an AWS error's message does. */
function reasonOf(soundbite: Soundbite, failure: Error): string {
  if (failure instanceof PermanentError) return failure.message;
  if (soundbite.rehearsal) return `${errorName(failure)}: ${failure.message}`;
  return `could not be made after several attempts: ${publicReason(failure)}`;
}

/** Seconds until the next attempt: 2, 8, 32, 120, 120 … */
function backoff({ receiveCount }: Delivery): number {
  return Math.min(2 * 4 ** (receiveCount - 1), 120);
}
