import { receivedError, SoundBiteError } from '@soundbite/model/errors.ts';
import type { z } from 'zod';
import { exchange, type Received, type Sent } from './exchange.ts';
import { lookAfter } from './life.ts';
import { ErrorEnvelope } from './schemas.ts';

/** Where the control plane listens, and the bearer token it asks for. */
export interface Endpoint {
  readonly url: string;
  readonly token: string;
}

/** Says where the control plane is now: asked before every request, since a restarted one may listen elsewhere. */
export type Locate = () => Promise<Endpoint>;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  /** A file, sent as it is. */
  readonly file?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** The hint of every error that means "no answer". */
const hint = './scripts/soundbite.sh up';

/** No answer, a lost connection, or not ready yet: what a restart of the control plane looks like from outside. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof SoundBiteError && connectionCodes.has(error.code);
}

const connectionCodes = new Set(['control-plane-down', 'connection-lost', 'control-plane-starting']);

/** How to reach a control plane, and the listener for its silence. */
export interface Link {
  readonly locate: Locate;
  /** A control plane without even a health answer for this long (ms) was stopped. */
  readonly silentMs?: number | undefined;
  /** Called once when a change is still awaited from a stopped control plane. */
  readonly onSilent?: ((message: string) => void) | undefined;
}

const silentAfterMs = 8_000;

interface Answer extends Received {
  /** The error that is meant when its body cannot be read to the end. */
  failed(error: unknown): unknown;
}

/**
 * One request; waits for its answer while the control plane is alive. If it was stopped, a read fails; a change is
 * awaited all the same, since silence does not tell whether it arrived. Errors: `control-plane-down`, `connection-lost`, and whatever the control plane says.
 */
export async function send(link: Link, call: Call): Promise<Answer> {
  const { url, token } = await link.locate();
  const stopped = new AbortController();
  let isAnswering = false;
  const life = lookAfter(url, link.silentMs ?? silentAfterMs, () => {
    if (call.method === 'GET') stopped.abort(silent(url, isAnswering));
    else link.onSilent?.(stillAwaited(url));
  });
  const signal = call.signal ? AbortSignal.any([call.signal, stopped.signal]) : stopped.signal;
  try {
    const answer = await exchange(new URL(call.path, url), { ...sentOf(call, token), signal });
    isAnswering = true;
    answer.body.on('data', life.heard).once('close', life.end).pause();
    if (answer.status < 300) return { ...answer, failed: (error) => failure(url, error, signal) };
    throw await refusal(answer);
  } catch (error) {
    life.end();
    throw failure(url, error, signal);
  }
}

function sentOf({ method, body, file }: Call, token: string): Pick<Sent, 'method' | 'headers' | 'body'> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  if (file) {
    const described = { 'content-type': 'application/octet-stream', 'content-length': String(file.length) };
    return { method, headers: { ...headers, ...described }, body: file };
  }
  if (body === undefined) return { method, headers };
  const text = JSON.stringify(body);
  const described = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
  return { method, headers: { ...headers, ...described }, body: text };
}

/** Of one that was there and fell silent, an answer is asked for again as after a break. */
const silent = (url: string, isAnswering: boolean): SoundBiteError =>
  new SoundBiteError(
    isAnswering ? 'connection-lost' : 'control-plane-down',
    `the control plane at ${new URL(url).origin} is running but does not answer`,
    { hint: 'somebody may have stopped it (SIGSTOP): ./scripts/soundbite.sh down, then up' },
  );

const stillAwaited = (url: string): string =>
  `the control plane at ${new URL(url).origin} does not answer; still waiting, since the request may have reached it. ` +
  'Somebody may have stopped it (SIGSTOP): ./scripts/soundbite.sh down, then up';

/** One request and its JSON answer, held to `schema`. */
export async function ask<T extends z.ZodType>(link: Link, call: Call, schema: T): Promise<z.output<T>> {
  const answer = await send(link, call);
  const text = await answer.text().catch((error: unknown) => {
    throw answer.failed(error);
  });
  return hold(schema, text, `${call.method} ${call.path}`);
}

/** The lines of an NDJSON answer, each checked against `schema`; empty ones are heartbeats. Ends when the answer does. */
export async function* lines<T extends z.ZodType>(
  link: Link,
  call: Call,
  schema: T,
): AsyncGenerator<z.output<T>, void, undefined> {
  const answer = await send(link, call);
  const what = `${call.method} ${call.path}`;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of answer.body) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim()) yield holdLine(schema, part, what);
    }
  } catch (error) {
    throw answer.failed(error);
  }
  if (rest.trim()) yield holdLine(schema, rest, what);
}

/** An error after the first line becomes the last line; a schema that has a place for it accepts it as it is. */
function holdLine<T extends z.ZodType>(schema: T, text: string, what: string): z.output<T> {
  const value = parseOrNull(text);
  const envelope = schema.safeParse(value).success ? undefined : ErrorEnvelope.safeParse(value).data;
  if (envelope) throw receivedError(envelope.error);
  return hold(schema, text, what);
}

function hold<T extends z.ZodType>(schema: T, text: string, what: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unexpected(what, `no JSON: ${text.slice(0, 80)}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unexpected(what, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, parsed.error);
}

const unexpected = (what: string, why: string, cause: unknown) =>
  new SoundBiteError('answer-unexpected', `the control plane answered ${what} with something else (${why})`, {
    hint: 'the control plane may be another version: ./scripts/soundbite.sh down, then up',
    cause,
  });

/** The control plane's answer as the error that it threw; anything without its envelope came from another program. */
async function refusal(answer: Received): Promise<SoundBiteError> {
  const text = await answer.text().catch(() => '');
  const envelope = ErrorEnvelope.safeParse(parseOrNull(text));
  if (envelope.success) return receivedError(envelope.data.error);
  return unexpected(answer.url, `status ${answer.status}: ${text.slice(0, 80)}`, undefined);
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** An abort is the caller's own doing and stays what it is; so does what the control plane said. */
function failure(url: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof SoundBiteError) return error;
  const reason = (error as { code?: string }).code ?? (error instanceof Error ? error.message : String(error));
  const origin = new URL(url).origin;
  const details = { hint, cause: error };
  return reason === 'ECONNREFUSED'
    ? new SoundBiteError('control-plane-down', `the control plane does not answer at ${origin}`, details)
    : new SoundBiteError(
        'connection-lost',
        `the connection to the control plane at ${origin} broke (${reason})`,
        details,
      );
}
