import { randomUUID } from 'node:crypto';
import type { MatchedRoute, PinnedRequest, PinnedResponse } from '@soundbite/model';
import { pinnedApi, rehearsalStage, unescaped } from './http-event.ts';

/** A complete REST API event, payload format 1.0, as API Gateway would send it from a stage. `route` null: no method takes the path. `now` in ms since 1970. */
export function restEvent(
  { method, path, headers = {}, body, rehearsal }: PinnedRequest,
  publicStage: string,
  route: MatchedRoute | null,
  now: number,
): unknown {
  const { pathname, searchParams } = new URL(`http://pinned.invalid${path}`);
  const stage = rehearsal ? rehearsalStage : publicStage;
  const all: Readonly<Record<string, string>> = { host: 'pinned.invalid', 'x-forwarded-proto': 'https', ...headers };
  const resource = route?.path ?? pathname;
  const lists = Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
  const parameters = Object.entries(route?.parameters ?? {}).map(([name, value]) => [name, unescaped(value)]);
  return {
    resource,
    path: pathname,
    httpMethod: method,
    headers: all,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    queryStringParameters: orNull(Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.at(-1)]))),
    multiValueQueryStringParameters: orNull(lists),
    pathParameters: orNull(Object.fromEntries(parameters)),
    stageVariables: null,
    requestContext: {
      accountId: 'anonymous',
      apiId: pinnedApi,
      domainName: 'pinned.invalid',
      domainPrefix: 'pinned',
      extendedRequestId: randomUUID(),
      httpMethod: method,
      identity: { sourceIp: '127.0.0.1', userAgent: all['user-agent'] ?? 'soundbite-control-plane' },
      path: `/${stage}${pathname}`,
      protocol: 'HTTP/1.1',
      requestId: randomUUID(),
      requestTime: requestTime(now),
      requestTimeEpoch: now,
      resourceId: pinnedApi,
      resourcePath: resource,
      stage,
    },
    body: body === undefined ? null : typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: body !== undefined && typeof body !== 'string',
  };
}

const orNull = (record: Readonly<Record<string, unknown>>) => (Object.keys(record).length === 0 ? null : record);

/** `09/Apr/2026:12:34:56 +0000`. */
function requestTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** What a function answers in payload format 1.0. What is no such answer is a 502, as API Gateway's own. */
export function restResponse(answer: unknown): PinnedResponse {
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = (
    typeof answer === 'object' && answer !== null ? answer : {}
  ) as Readonly<Record<string, unknown>>;
  if (statusCode === undefined || !(body === undefined || body === null || typeof body === 'string'))
    return malformed(answer);
  const told = { ...(headers as object), ...(multiValueHeaders as object) };
  return {
    status: Number(statusCode),
    headers: Object.fromEntries(
      Object.entries(told).map(([name, value]: [string, unknown]) => [
        name.toLowerCase(),
        Array.isArray(value) ? value.join(', ') : String(value),
      ]),
    ),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function malformed(answer: unknown): PinnedResponse {
  const message = `Malformed Lambda proxy response, without a statusCode or with a body that is no text: ${JSON.stringify(answer)}`;
  return {
    status: 502,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ message: message.slice(0, 1000) })),
  };
}
