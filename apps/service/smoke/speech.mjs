// @ts-check

import { randomInt, randomUUID } from 'node:crypto';
import { fetched } from './door.mjs';
import { fails, holds, holdsWith } from './facts.mjs';
import { field, isRecord, refusalReason } from './said.mjs';
import { measureWav, speechProblems } from './sound.mjs';

/**
 * @typedef {import('./door.mjs').Door} Door
 * @typedef {import('./door.mjs').VersionAnswer} VersionAnswer
 * @typedef {import('./facts.mjs').Facts} Facts
 */
/**
 * @template T
 * @typedef {import('./facts.mjs').Found<T>} Found
 */

/**
 * A fresh text on its whole way: accepted, made by the worker, ready, audible. What cannot be tried any more is left out: the fact before says why.
 * @param {Facts} facts
 * @param {Door} door
 */
export async function speechFacts(facts, door) {
  const text = freshText();
  const accepted = await facts.check('accepts', async () =>
    accepts(await door.ask('/soundbites', { method: 'POST', json: { text, format: 'wav' } })),
  );
  if (!accepted) return;
  const { id, message } = accepted;
  const path = `/soundbites/${id}`;
  const isDone = await facts.check('worker', () => isWorked(door, message, path));
  if (!isDone) return;
  const isReadyNow = await facts.check('ready-after-worker', async () => isMade(await door.ask(path)));
  if (isReadyNow)
    await facts.check('audio', async () => isSpeech(await download(await door.ask(`${path}/audio`)), text));
}

/**
 * The worker does a job as its queue hands it over.
 * @param {Door} door
 * @param {string} message
 * @param {string} path
 * @returns {Promise<Found<true>>}
 */
async function isWorked(door, message, path) {
  const answer = await door.invoke('worker', queueEvent(message));
  const failures = isRecord(answer) ? answer.batchItemFailures : undefined;
  if (!Array.isArray(failures))
    return fails(`its answer is not a batch response: ${JSON.stringify(answer)?.slice(0, 300)}`);
  if (failures.length === 0) return holdsWith('it did its job', /** @type {const} */ (true));
  const made = isMade(await door.ask(path));
  return fails(`the worker returned the job to the queue: ${made.detail}`);
}

/** Never said before, so that nothing can be answered from what was made already. */
function freshText() {
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  const digits = Array.from({ length: 8 }, () => words[randomInt(words.length)]);
  return `This is rehearsal number ${digits.join(' ')}.`;
}

/**
 * What a queue hands to a worker on Lambda, with one message.
 * @param {string} body
 */
function queueEvent(body) {
  const now = String(Date.now());
  return {
    Records: [
      {
        messageId: randomUUID(),
        receiptHandle: '',
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: now,
          SenderId: 'rehearsal',
          ApproximateFirstReceiveTimestamp: now,
        },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:rehearsal:000000000000:rehearsal',
        awsRegion: 'rehearsal',
      },
    ],
  };
}

/**
 * @param {VersionAnswer} answer
 * @returns {Found<{ readonly id: string, readonly message: string }>}
 */
function accepts(answer) {
  if (answer.status !== 202) return fails(`POST /soundbites answered ${refusalReason(answer)}`);
  const id = field(answer, 'id');
  const message = field(answer, 'rehearsalMessage');
  if (typeof id !== 'string' || typeof message !== 'string')
    return fails('it took the text, but not as a rehearsal (no rehearsalMessage)');
  return holdsWith(`accepted as ${id}`, { id, message });
}

/**
 * @param {VersionAnswer} answer
 * @returns {Found<true>}
 */
function isMade(answer) {
  const status = field(answer, 'status');
  if (answer.status === 200 && status === 'ready')
    return holdsWith('the soundbite is ready', /** @type {const} */ (true));
  if (answer.status === 200)
    return fails(`the soundbite is ${String(status)}: ${String(field(answer, 'reason') ?? 'it says no reason')}`);
  return fails(`GET of the soundbite answered ${refusalReason(answer)}`);
}

/**
 * Follows the redirect to where the audio is, as a browser would: past the door, with nothing but the address.
 * @param {VersionAnswer} answer
 */
async function download(answer) {
  const { location } = answer.headers;
  if (answer.status < 300 || answer.status >= 400 || !location) return answer;
  return fetched(location, 15_000);
}

/**
 * @param {VersionAnswer} answer
 * @param {string} text
 * @returns {Found<undefined>}
 */
function isSpeech(answer, text) {
  if (answer.status !== 200) return fails(`the audio answered ${refusalReason(answer)}`);
  const sound = measureWav(answer.body);
  const problems = speechProblems(sound, text);
  if (problems.length > 0) return fails(problems.join('; '));
  return holds(
    `${sound.seconds.toFixed(2)} s of speech for ${text.length} characters, ${sound.sampleRate} Hz, loudness ${sound.rms.toFixed(3)}`,
  );
}
