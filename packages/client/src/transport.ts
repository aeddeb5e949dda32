import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { z } from 'zod';
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
  readonly signal?: AbortSignal | undefined;
}

/** The hint of every error that means "nobody answers". */
const hint = './scripts/soundbite.sh up';

/** Nobody answers, whoever answered went away, or is not ready yet: what a restart of the control plane looks like from outside. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof SoundBiteError && connectionCodes.has(error.code);
}

const connectionCodes = new Set(['control-plane-down', 'connection-lost', 'control-plane-starting']);

/** A control plane that says not even that it lives, for so long (ms), was stopped. */
const silentAfterMs = 8_000;

/** One request; the answer is not read yet. Errors: `control-plane-down`, `connection-lost`, and whatever the control plane says. */
export async function send(locate: Locate, call: Call, silentMs = silentAfterMs): Promise<Response> {
  const { url, token } = await locate();
  let response: Response;
  // What changes something may be on its way: whether it arrived is not told by silence.
  const life = call.method === 'GET' ? lifeOf(url, silentMs) : null;
  const signals = [call.signal, life?.signal].filter((signal) => signal !== undefined);
  try {
    response = await fetch(new URL(call.path, url), {
      method: call.method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
    });
  } catch (error) {
    throw life?.signal.aborted && !call.signal?.aborted ? silent(url) : unreachable(url, error, call.signal);
  } finally {
    life?.end();
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** Asks, while an answer is awaited, whether the control plane lives; the signal is given when it is silent. */
function lifeOf(url: string, silentMs: number): { readonly signal: AbortSignal; end(): void } {
  const over = new AbortController();
  const isSilent = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';
  const ask = () =>
    void fetch(new URL('/health', url), { signal: AbortSignal.timeout(silentMs) }).then(
      (answer) => answer.body?.cancel(),
      (error: unknown) => {
        if (isSilent(error)) over.abort();
      },
    );
  const timer = setInterval(ask, silentMs / 4);
  return { signal: over.signal, end: () => clearInterval(timer) };
}

const silent = (url: string): SoundBiteError =>
  new SoundBiteError('control-plane-down', `the control plane at ${new URL(url).origin} lives, but does not answer`, {
    hint: 'somebody may have stopped it (SIGSTOP): ./scripts/soundbite.sh down, then up',
  });

/** One request and its JSON answer, held to `schema`. */
export async function ask<T extends z.ZodType>(locate: Locate, call: Call, schema: T): Promise<z.output<T>> {
  const response = await send(locate, call);
  const text = await response.text().catch((error: unknown) => {
    throw unreachable(response.url, error, call.signal);
  });
  return hold(schema, text, `${call.method} ${call.path}`);
}

/** The lines of an NDJSON answer, each held to `schema`. Ends when the answer does. */
export async function* lines<T extends z.ZodType>(
  locate: Locate,
  call: Call,
  schema: T,
): AsyncGenerator<z.output<T>, void, undefined> {
  const response = await send(locate, call);
  const what = `${call.method} ${call.path}`;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of response.body ?? []) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim()) yield hold(schema, part, what);
    }
  } catch (error) {
    throw error instanceof SoundBiteError ? error : unreachable(response.url, error, call.signal);
  }
  if (rest.trim()) yield hold(schema, rest, what);
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
    hint: 'the control plane may be of another version: ./scripts/soundbite.sh down, then up',
    cause,
  });

/** What the control plane said, as the error that it threw; anything without its envelope came from somebody else. */
async function refusal(response: Response): Promise<SoundBiteError> {
  const text = await response.text().catch(() => '');
  const envelope = ErrorEnvelope.safeParse(parseOrNull(text));
  if (envelope.success) {
    const { code, message, hint, source, path, line } = envelope.data.error;
    return new SoundBiteError(code, message, {
      hint,
      source: source ?? (response.status < 500 ? 'user' : 'system'),
      ...(path === undefined ? {} : { path }),
      ...(line === undefined ? {} : { line }),
    });
  }
  return unexpected(response.url, `status ${response.status}: ${text.slice(0, 80)}`, undefined);
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `fetch` hides the reason in `cause`. An abort is the caller's own doing and stays what it is. */
function unreachable(url: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = (cause as { code?: string }).code ?? (cause instanceof Error ? cause.message : String(cause));
  const origin = new URL(url).origin;
  return reason === 'ECONNREFUSED'
    ? new SoundBiteError('control-plane-down', `the control plane does not answer at ${origin}`, { hint, cause })
    : new SoundBiteError('connection-lost', `the connection to the control plane at ${origin} broke (${reason})`, {
        hint,
        cause,
      });
}
