import type { Outside } from '../http/context.ts';
import { canonicalPath } from '../http/path.ts';

/** API Gateway's HTTP API event, payload 2.0: the fields that are read. */
export interface GatewayEvent {
  readonly rawPath: string;
  readonly rawQueryString?: string;
  readonly cookies?: readonly string[];
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly apiId?: string;
    readonly stage?: string;
    readonly http: { readonly method: string };
    readonly authorizer?: { readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> } };
  };
}

/** The answer in payload 2.0. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Lambda's answers are at most 6 MB of JSON; base64 makes 4 of 3. */
const MAX_ANSWER_BYTES = 4_000_000;

/** The stage that only the deployer's own invocation can name. */
const REHEARSAL_STAGE = 'rehearsal';

/** What the deployer's invocations give as the API's id. AWS makes the real ones: ten letters and digits. */
const PINNED_API_ID = 'pinned';

/** Methods that no Request can have. The app knows none of them: it is asked by another that it does not know, and told which was sent. */
const UNUSABLE_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** The event as the request that it was. The host is of no interest to the app: API Gateway passes on what is for its own names only. */
export function toRequest(event: GatewayEvent): Request {
  const method = isUnusable(event) ? 'OPTIONS' : event.requestContext.http.method;
  const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers.set(name, headerValue(value));
  }
  const hasBody = event.body !== undefined && method !== 'GET' && method !== 'HEAD';
  return new Request(`http://service${pathOf(event)}${query}`, {
    method,
    headers,
    ...(hasBody ? { body: Buffer.from(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8') } : {}),
  });
}

/** What stands in front of the function knows of the caller. */
export function outsideOf(event: GatewayEvent): Outside {
  const { requestContext } = event;
  const subject = requestContext.authorizer?.jwt?.claims?.sub;
  return {
    rehearsal: requestContext.stage === REHEARSAL_STAGE,
    pinned: requestContext.apiId === PINNED_API_ID,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(typeof subject === 'string' ? { principal: subject } : {}),
    ...(isUnusable(event) ? { sentMethod: requestContext.http.method } : {}),
  };
}

const isUnusable = ({ requestContext }: GatewayEvent) => UNUSABLE_METHODS.has(requestContext.http.method.toUpperCase());

export async function toAnswer(response: Response): Promise<GatewayAnswer> {
  const headers = Object.fromEntries(response.headers);
  const isText = /^(text\/|application\/(problem\+)?json)/.test(headers['content-type'] ?? 'text/');
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    statusCode: response.status,
    headers,
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}

/** The path as the app knows it. A named stage is part of the path that API Gateway gives; `$default` is not. */
function pathOf({ rawPath, requestContext }: GatewayEvent): string {
  const { stage } = requestContext;
  const prefix = `/${stage}`;
  const isPrefixed =
    stage !== undefined && stage !== '$default' && (rawPath === prefix || rawPath.startsWith(`${prefix}/`));
  const path = isPrefixed ? rawPath.slice(prefix.length) : rawPath;
  return canonicalPath(path.startsWith('/') ? path : `/${path}`);
}

/** Headers arrive decoded; a Request takes Latin-1 only. What is not is marked, so that the rules refuse it as they do in a process. */
function headerValue(value: string): string {
  return value.replace(/[^\t\x20-\x7e\x80-\xff]/gu, '\u00bf');
}
