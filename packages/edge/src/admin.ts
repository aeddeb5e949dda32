import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { EdgeRoute } from '@soundbite/model';
import { SoundBiteError, toErrorDocument } from '@soundbite/model/errors.ts';
import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import type { LocalEdge } from './edge.ts';

const maxBodyBytes = 256 * 1024;

/**
 * The edge's own API: GET /health (open) and, with `authorization: Bearer <token>`, GET /routes, PUT and DELETE /routes/:environment,
 * GET /requests?environment=&time=<ms>&cursor=, GET /status ({recordsLost}). Errors: {"error": ErrorDocument}.
 */
export function adminServer(edge: LocalEdge, token: string): Server {
  return createServer((request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://edge');
    if (url === null || !isLoopbackHost(request.headers.host)) {
      const error = new SoundBiteError('no-such-call', 'the edge has no such endpoint');
      return reply(response, 421, { error: toErrorDocument(error) });
    }
    if (url.pathname === '/health') return reply(response, 200, { ok: true, recordsLost: edge.lost() });
    if (!isToken(request.headers.authorization, token)) {
      const error = new SoundBiteError('no-token', 'the edge token is wrong or missing');
      return reply(response, 401, { error: toErrorDocument(error) });
    }
    call(edge, request, url).then(
      (document) => reply(response, 200, document),
      (error: unknown) => reply(response, statusOf(error), { error: toErrorDocument(error) }),
    );
  });
}

async function call(edge: LocalEdge, request: IncomingMessage, url: URL): Promise<unknown> {
  const [, environment] = /^\/routes\/([^/]+)$/.exec(url.pathname) ?? [];
  switch (`${request.method} ${environment === undefined ? url.pathname : '/routes/:environment'}`) {
    case 'GET /routes':
      return await edge.routes();
    case 'PUT /routes/:environment':
      return await edge.setRoute((await jsonOf(request)) as EdgeRoute);
    case 'DELETE /routes/:environment':
      await edge.removeRoute(environment ?? '');
      return {};
    case 'GET /requests':
      return await edge.requests(url.searchParams.get('environment') ?? '', {
        time: Number(url.searchParams.get('time') ?? 0),
        cursor: url.searchParams.get('cursor'),
      });
    case 'GET /status':
      return { recordsLost: edge.lost() };
    default:
      throw new SoundBiteError('no-such-call', `${request.method} ${url.pathname}`);
  }
}

function statusOf(error: unknown): number {
  if (!(error instanceof SoundBiteError)) return 500;
  return { 'route-bad': 400, 'generation-old': 409, 'no-such-call': 404 }[error.code] ?? 500;
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new SoundBiteError('route-bad', `the route is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new SoundBiteError('route-bad', `the route is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function isToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function reply(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(document));
}
