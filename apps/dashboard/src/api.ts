import type { Routes } from '@soundbite/client/routes.ts';
import type { ErrorDocument } from '@soundbite/model/errors.ts';
import { always, takeEarly } from './early.ts';
import { hearTime } from './parts/present.ts';

type Route = keyof Routes;
/** Routes that answer with one document, and those that answer with lines. */
type DocumentRoute = { [R in Route]: Routes[R]['lines'] extends true ? never : R }[Route];
type LinesRoute = Exclude<Route, DocumentRoute>;

/** A field that must be there if the call has it, may be missing if nothing in it must be there, and is refused if it has none. */
type Field<Name extends string, Value> = [Value] extends [undefined]
  ? { readonly [Key in Name]?: never }
  : Record<never, never> extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value };

/** The varying parts of a path, by their names. */
type Parts<R extends Route> = [Routes[R]['path']] extends [never]
  ? undefined
  : { readonly [Part in Routes[R]['path']]: string };

/** What a call is asked with. A change brings the key of its attempt in its body (`idempotencyKey`): the caller makes it. */
type Asked<R extends Route> = Field<'path', Parts<R>> &
  Field<'query', Routes[R]['query']> &
  Field<'body', Routes[R]['body']> & {
    readonly signal?: AbortSignal;
    /** Of lines: it answers, or says anything, if only that it lives. */
    readonly onHeard?: () => void;
  };

/** Nothing needs to be given if nothing must be there. */
type Given<R extends Route> = Record<never, never> extends Asked<R> ? [asked?: Asked<R>] : [asked: Asked<R>];

/** What the control plane refused, or that it cannot be reached (`control-plane-down`): its error document, and the status of the answer; 0 without one. */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly status: number;

  constructor({ code, message, hint }: ErrorDocument, status: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.hint = hint;
    this.status = status;
  }
}

/** What would be refused again. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500;

/** Asks the control plane for one document. Errors: ApiError; the reason of `signal` if that ended it. */
export async function ask<R extends DocumentRoute>(route: R, ...[asked]: Given<R>): Promise<Routes[R]['answer']> {
  const answer = await send(route, asked);
  const read = (await answer.json().catch((error: unknown) => {
    throw lost(error, asked?.signal);
  })) as Routes[R]['answer'];
  return read;
}

/** Asks for lines, each as soon as it is there; empty ones are heartbeats. Errors as of `ask`, also in the middle. */
export async function* askLines<R extends LinesRoute>(
  route: R,
  ...[asked]: Given<R>
): AsyncGenerator<Routes[R]['answer'], void, undefined> {
  const { body } = await send(route, asked);
  asked?.onHeard?.();
  if (body === null) return;
  let rest = '';
  try {
    for await (const text of textsOf(body)) {
      asked?.onHeard?.();
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim()) yield lineOf(part) as Routes[R]['answer'];
    }
  } catch (error) {
    throw error instanceof ApiError ? error : lost(error, asked?.signal);
  }
  if (rest.trim()) yield lineOf(rest) as Routes[R]['answer'];
}

/** Not every browser iterates over a stream. Who stops reading ends the request. */
async function* textsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      yield decoder.decode(next.value, { stream: true });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** An error after the first line becomes the last line. */
function lineOf(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  const error = errorIn(value);
  if (error && Object.keys(value as object).length === 1) throw new ApiError(error, 200);
  return value;
}

interface AskedOfAny {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

async function send(route: Route, given: object | undefined): Promise<Response> {
  const asked: AskedOfAny = given ?? {};
  const [method = '', path = ''] = route.split(' ');
  const address = urlOf(path, asked);
  const begun = (method === 'GET' && takeEarly(address)) || {
    answer: fetch(address, { method, ...always, ...sentOf(asked) }),
    askedAt: Date.now(),
  };
  const answer = await begun.answer.catch((error: unknown) => {
    throw lost(error, asked.signal);
  });
  hearTime(answer.headers.get('date'), begun.askedAt);
  if (answer.ok) return answer;
  throw await refused(answer);
}

function urlOf(path: string, { path: parts = {}, query = {} }: AskedOfAny): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(parts[part] ?? ''));
  const values = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return values.length === 0 ? filled : `${filled}?${new URLSearchParams(values)}`;
}

function sentOf({ body, signal }: AskedOfAny): RequestInit {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

/** The control plane's answer as the error that it is; anything without its envelope came from something between. */
async function refused(answer: Response): Promise<ApiError> {
  const error = errorIn(await answer.json().catch(() => null));
  const hint = 'reload the page';
  const unexpected = { code: 'answer-unexpected', message: `the answer has status ${answer.status}`, hint };
  return new ApiError(error ?? unexpected, answer.status);
}

function errorIn(value: unknown): ErrorDocument | undefined {
  const error = (value as { error?: Partial<ErrorDocument> } | null)?.error;
  if (typeof error?.code !== 'string' || typeof error.message !== 'string') return undefined;
  return { code: error.code, message: error.message, hint: error.hint ?? '' };
}

/** An abort is the caller's own doing and stays what it is. */
function lost(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof SyntaxError) {
    const said = { code: 'answer-unexpected', message: 'the answer is no JSON', hint: 'reload the page' };
    return new ApiError(said, 200);
  }
  const said = { code: 'control-plane-down', message: 'the control plane does not answer', hint: 'soundbite up' };
  return new ApiError(said, 0);
}
