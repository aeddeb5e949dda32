import { randomUUID } from 'node:crypto';
import { PollyError } from './polly-double-error.ts';
import { type Handler, listen } from './polly-double-listener.ts';
import { oneOf, readSpeechRequest } from './polly-double-request.ts';
import type { PollySpeaker } from './polly-double-speaker.ts';
import { describe, LANGUAGES, POLLY_ENGINES, POLLY_VOICES } from './polly-double-voices.ts';

/** Bytes of a body; 6,000 characters of four bytes, escaped, fit. */
const MOST_BYTES = 128 * 1024;

/** The running double: Polly's REST API as polly-double.md says. */
export interface PollyDouble {
  readonly port: number;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Listens on this port of 127.0.0.1 (0: any that is free). */
export async function startPollyDouble(port: number, speaker: PollySpeaker): Promise<PollyDouble> {
  const listener = await listen(port, (request, response) => {
    void answer(request, response, speaker);
  });
  return {
    port: listener.port,
    close: async () => {
      await listener.close();
      await speaker.close();
    },
  };
}

type Request = Parameters<Handler>[0];

/** Answers, unless the client has left: then its work ends with it. */
async function answer(request: Request, response: Parameters<Handler>[1], speaker: PollySpeaker): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  const found = await reply(request, speaker, leaving.signal).catch(refusal);
  if (!leaving.signal.aborted) send(response, found);
}

async function reply(request: Request, speaker: PollySpeaker, left: AbortSignal): Promise<Reply> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://polly');
  if (request.method === 'POST' && pathname === '/v1/speech') return synthesize(await readJson(request), speaker, left);
  if (request.method === 'GET' && pathname === '/v1/voices') return describeVoices(searchParams);
  if (request.method === 'GET' && pathname === '/health') return json(200, { status: 'ok' });
  throw new PollyError('UnknownOperationException', `the Polly double has no ${request.method} ${pathname}`, 404);
}

async function synthesize(body: unknown, speaker: PollySpeaker, left: AbortSignal): Promise<Reply> {
  const utterance = readSpeechRequest(body);
  return {
    status: 200,
    headers: {
      'content-type': utterance.format === 'pcm' ? 'audio/pcm' : 'audio/mpeg',
      'x-amzn-requestcharacters': String(utterance.script.billed),
    },
    body: await speaker.speak(utterance, left),
  };
}

function describeVoices(filters: URLSearchParams): Reply {
  const engine = filters.get('Engine');
  const language = filters.get('LanguageCode');
  if (engine !== null) oneOf(engine, 'engine', POLLY_ENGINES);
  if (language !== null) oneOf(language, 'languageCode', [...LANGUAGES]);
  const voices = POLLY_VOICES.filter(
    (voice) =>
      (engine === null || voice.engines.some((one) => one === engine)) &&
      (language === null || voice.language === language),
  );
  return json(200, { Voices: voices.map(describe) });
}

async function readJson(request: Request): Promise<unknown> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > MOST_BYTES)
      throw new PollyError('RequestEntityTooLargeException', `more than ${MOST_BYTES} bytes`, 413);
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString());
  } catch (error) {
    throw new PollyError('SerializationException', `the body is no JSON: ${(error as Error).message}`);
  }
}

function refusal(error: unknown): Reply {
  const known = error instanceof PollyError ? error : new PollyError('ServiceFailureException', String(error), 500);
  const { status, headers, body } = json(known.status, { message: known.message });
  return { status, headers: { ...headers, 'x-amzn-errortype': known.name }, body };
}

function json(status: number, body: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

function send(response: Parameters<Handler>[1], { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'x-amzn-requestid': randomUUID(), 'content-length': body.byteLength });
  response.end(body);
}
