import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '@soundbite/model';
import { measureWav, speechProblems } from './audio.ts';
import { type Found, fails, holds, type Trial, type VersionAnswer } from './trial.ts';

/** What the API says of itself, and that it refuses what is wrong. It may take `readyWithinMs` to reach its dependencies for the first time. */
export async function apiFacts(trial: Trial, readyWithinMs: number): Promise<void> {
  const get = (path: string) => trial.ask({ method: 'GET', path, rehearsal: true });
  await trial.check('version', async () => versionIs(await get('/version'), trial.release));
  await trial.check('health', async () => answers200('/health', await get('/health')));
  await trial.check('ready', () => untilHolds(readyWithinMs, async () => isReady(await get('/ready'))));
  await trial.check('voices', async () => hasVoices(await get('/voices')));
  await trial.check('refuses-bad-input', async () =>
    refuses(await trial.ask({ ...post, body: JSON.stringify({ text: '   ' }) })),
  );
}

/** Tries again until it holds or the time is over; the last finding counts. */
async function untilHolds(withinMs: number, look: () => Promise<Found>): Promise<Found> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found.ok || performance.now() + readyEveryMs > end) return found;
    await sleep(readyEveryMs);
  }
}

const readyEveryMs = 250;

/** A fresh text on its whole way: accepted, made by the worker, ready, audible. What cannot be tried any more is left out: the fact before says why. */
export async function speechFacts(trial: Trial, workerWithinMs: number): Promise<void> {
  const text = freshText();
  const accepted = await trial.check('accepts', async () =>
    accepts(await trial.ask({ ...post, body: JSON.stringify({ text, format: 'wav' }) })),
  );
  if (!accepted) return;
  const { id, message } = accepted;
  const path = `/soundbites/${id}`;
  const isDone = await trial.check('worker', async (): Promise<Found<true>> => {
    const answer = await trial.runtime.invokeWorker(trial.target, trial.release, queueEvent(message), workerWithinMs);
    const failures = (answer as { batchItemFailures?: unknown[] } | null)?.batchItemFailures;
    if (!Array.isArray(failures))
      return fails(`its answer is not a batch response: ${JSON.stringify(answer)?.slice(0, 300)}`);
    if (failures.length === 0) return holds('it did its job', true);
    const made = isMade(await trial.ask({ method: 'GET', path, rehearsal: true }));
    return fails(`the worker returned the job to the queue: ${made.detail}`);
  });
  if (!isDone) return;
  const isReadyNow = await trial.check('ready-after-worker', async () =>
    isMade(await trial.ask({ method: 'GET', path, rehearsal: true })),
  );
  if (isReadyNow)
    await trial.check('audio', async () =>
      isSpeech(await download(await trial.ask({ method: 'GET', path: `${path}/audio`, rehearsal: true })), text),
    );
}

const post = { method: 'POST', path: '/soundbites', headers: { 'content-type': 'application/json' }, rehearsal: true };

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

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const field = (answer: VersionAnswer, name: string): unknown => (isRecord(answer.json) ? answer.json[name] : undefined);

/** What an answer says went wrong: a problem's detail, a function's error, or its first bytes. */
export function refusalReason(answer: VersionAnswer): string {
  const said = ['reason', 'detail', 'errorMessage', 'title'].map((name) => field(answer, name)).find((text) => text);
  const code = field(answer, 'code') ?? field(answer, 'errorType');
  const text = said ?? Buffer.from(answer.body).toString('utf8').slice(0, 300);
  return `${answer.status}${code ? ` ${String(code)}` : ''}: ${String(text) || 'no body'}`;
}

function versionIs(answer: VersionAnswer, release: Digest): Found {
  if (answer.status !== 200) return fails(`GET /version answered ${refusalReason(answer)}`);
  const said = field(answer, 'release');
  return said === release ? holds(`it is ${release}`) : fails(`it says that it is ${String(said)}, not ${release}`);
}

function answers200(path: string, answer: VersionAnswer): Found {
  return answer.status === 200
    ? holds(`GET ${path} answered 200`)
    : fails(`GET ${path} answered ${refusalReason(answer)}`);
}

function isReady(answer: VersionAnswer): Found {
  const dependencies = field(answer, 'dependencies');
  const list = Array.isArray(dependencies) ? dependencies.filter(isRecord) : [];
  const bad = list.filter(({ ok }) => ok === false).map(({ name, error }) => `${String(name)}: ${String(error)}`);
  if (bad.length > 0) return fails(`it is not ready: ${bad.join('; ')}`);
  if (answer.status !== 200) return fails(`GET /ready answered ${refusalReason(answer)}`);
  return holds(list.length === 0 ? 'it is ready' : `ready: ${list.map(({ name }) => String(name)).join(', ')}`);
}

function hasVoices(answer: VersionAnswer): Found {
  const voices = field(answer, 'voices');
  if (answer.status !== 200) return fails(`GET /voices answered ${refusalReason(answer)}`);
  return Array.isArray(voices) && voices.length > 0 ? holds(`${voices.length} voices`) : fails('it has no voices');
}

function refuses(answer: VersionAnswer): Found {
  const isProblem = (answer.headers['content-type'] ?? '').startsWith('application/problem+json');
  if (answer.status < 400 || answer.status >= 500) return fails(`a blank text was answered ${refusalReason(answer)}`);
  return isProblem
    ? holds(`a blank text is refused: ${refusalReason(answer)}`)
    : fails(`a blank text was refused with ${answer.status}, but not by a problem+json`);
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

/** Follows the redirect to where the audio is, as a browser would. */
async function download(answer: VersionAnswer): Promise<VersionAnswer> {
  const location = answer.headers.location;
  if (answer.status < 300 || answer.status >= 400 || !location) return answer;
  const response = await fetch(location, { signal: AbortSignal.timeout(15_000) });
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), body, json: null };
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
