import { randomInt, randomUUID } from 'node:crypto';
import { answerOf, type Door, type VersionAnswer } from './door.ts';
import { type Facts, type Found, fails, holds } from './facts.ts';
import { field, refusalReason } from './said.ts';
import { measureWav, speechProblems } from './sound.ts';

/** A fresh text on its whole way: accepted, made by the worker, ready, audible. What cannot be tried any more is left out: the fact before says why. */
export async function speechFacts(facts: Facts, door: Door): Promise<void> {
  const text = freshText();
  const accepted = await facts.check('accepts', async () =>
    accepts(await door.ask('/soundbites', { method: 'POST', json: { text, format: 'wav' } })),
  );
  if (!accepted) return;
  const { id, message } = accepted;
  const path = `/soundbites/${id}`;
  const isDone = await facts.check('worker', async (): Promise<Found<true>> => {
    const answer = await door.invoke('worker', queueEvent(message));
    const failures = (answer as { batchItemFailures?: unknown[] } | null)?.batchItemFailures;
    if (!Array.isArray(failures))
      return fails(`its answer is not a batch response: ${JSON.stringify(answer)?.slice(0, 300)}`);
    if (failures.length === 0) return holds('it did its job', true);
    const made = isMade(await door.ask(path));
    return fails(`the worker returned the job to the queue: ${made.detail}`);
  });
  if (!isDone) return;
  const isReadyNow = await facts.check('ready-after-worker', async () => isMade(await door.ask(path)));
  if (isReadyNow)
    await facts.check('audio', async () => isSpeech(await download(await door.ask(`${path}/audio`)), text));
}

/** Never said before, so that nothing can be answered from what was made already. */
function freshText(): string {
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  const digits = Array.from({ length: 8 }, () => words[randomInt(words.length)]);
  return `This is rehearsal number ${digits.join(' ')}.`;
}

/** What a queue hands to a worker on Lambda, with one message. */
function queueEvent(body: string): unknown {
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

function accepts(answer: VersionAnswer): Found<{ readonly id: string; readonly message: string }> {
  if (answer.status !== 202) return fails(`POST /soundbites answered ${refusalReason(answer)}`);
  const id = field(answer, 'id');
  const message = field(answer, 'rehearsalMessage');
  if (typeof id !== 'string' || typeof message !== 'string')
    return fails('it took the text, but not as a rehearsal (no rehearsalMessage)');
  return holds(`accepted as ${id}`, { id, message });
}

function isMade(answer: VersionAnswer): Found<true> {
  const status = field(answer, 'status');
  if (answer.status === 200 && status === 'ready') return holds('the soundbite is ready', true);
  if (answer.status === 200)
    return fails(`the soundbite is ${String(status)}: ${String(field(answer, 'reason') ?? 'it says no reason')}`);
  return fails(`GET of the soundbite answered ${refusalReason(answer)}`);
}

/** Follows the redirect to where the audio is, as a browser would: past the door, with nothing but the address. */
async function download(answer: VersionAnswer): Promise<VersionAnswer> {
  const location = answer.headers.get('location');
  if (answer.status < 300 || answer.status >= 400 || !location) return answer;
  return answerOf(await fetch(location, { signal: AbortSignal.timeout(15_000) }));
}

function isSpeech(answer: VersionAnswer, text: string): Found {
  if (answer.status !== 200) return fails(`the audio answered ${refusalReason(answer)}`);
  const sound = measureWav(answer.body);
  const problems = speechProblems(sound, text);
  if (problems.length > 0) return fails(problems.join('; '));
  return holds(
    `${sound.seconds.toFixed(2)} s of speech for ${text.length} characters, ${sound.sampleRate} Hz, loudness ${sound.rms.toFixed(3)}`,
  );
}
