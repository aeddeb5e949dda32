import { randomUUID } from 'node:crypto';
import type { MatchedRoute, PinnedRequest, PinnedResponse } from '@soundbite/model';

/** The stage of pinned requests that are rehearsals. The public stage is `$default`: nobody outside can set another. */
export const rehearsalStage = 'rehearsal';

/** By this id the service knows, and says in its log, that a request is not a user's. */
export const pinnedApi = 'pinned';

/** A complete HTTP API event, payload format 2.0, as API Gateway would send it. `route` null: there are none, or none takes the path. `now` in ms since 1970. */
export function httpEvent(
  { method, path, headers = {}, body, rehearsal }: PinnedRequest,
  route: MatchedRoute | null,
  now: number,
): unknown {
  const { pathname, search } = new URL(`http://pinned.invalid${path}`);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const { cookie, ...others } = lower;
  const routeKey = route?.key ?? '$default';
  const parameters = Object.entries(route?.parameters ?? {}).map(([name, value]) => [name, unescaped(value)]);
  const query = [...new URLSearchParams(search)];
  return {
    version: '2.0',
    routeKey,
    rawPath: unescaped(pathname, decodeURI),
    rawQueryString: search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: { host: 'pinned.invalid', 'x-forwarded-proto': 'https', ...others },
    ...(query.length === 0 ? {} : { queryStringParameters: joined(query) }),
    ...(parameters.length === 0 ? {} : { pathParameters: Object.fromEntries(parameters) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: pinnedApi,
      domainName: 'pinned.invalid',
      domainPrefix: 'pinned',
      http: {
        method,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: others['user-agent'] ?? 'soundbite-control-plane',
      },
      requestId: randomUUID(),
      routeKey,
      stage: rehearsal ? rehearsalStage : '$default',
      time: new Date(now).toISOString(),
      timeEpoch: now,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body).toString('base64') }),
    isBase64Encoded: body !== undefined && typeof body !== 'string',
  };
}

/** What a function answers in payload format 2.0; one without a status code is a body by itself. */
export function httpResponse(answer: unknown): PinnedResponse {
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer))
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(answer)) };
  const { statusCode, headers, body, isBase64Encoded } = answer as {
    readonly statusCode: number;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly body?: string;
    readonly isBase64Encoded?: boolean;
  };
  return {
    status: Number(statusCode),
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** A path, or a part of one, without its escapes; one with a bad escape as it is. */
export function unescaped(part: string, decode = decodeURIComponent): string {
  try {
    return decode(part);
  } catch {
    return part;
  }
}

/** Values of a repeated key are joined by commas, as API Gateway does. */
function joined(query: readonly (readonly [string, string])[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of query) result[name] = name in result ? `${result[name]},${value}` : value;
  return result;
}
