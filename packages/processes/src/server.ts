import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { ErrorCode } from '@soundbite/model/error-codes.ts';
import { SoundBiteError, toErrorDocument } from '@soundbite/model/errors.ts';
import type { Host } from './host.ts';
import { checkSpec } from './spec.ts';

const maxBodyBytes = 1024 * 1024;

/** One call of the API: what it does with the name in the path and the JSON body. */
type Call = (name: string, body: unknown) => Promise<unknown>;

/**
 * The host's API on loopback: GET /health (open; `leaving`: it goes down), and with `authorization: Bearer <token>` GET /processes, PUT /processes/:name
 * (a spec; answers when it is healthy), PATCH /processes/:name (an env), DELETE /processes/:name, POST /down (answers when all ended).
 * Errors: {"error": ErrorDocument}.
 */
export function hostServer(host: Host, token: string, afterDown: () => void): Server {
  const calls: Readonly<Record<string, Call>> = {
    'GET /processes': () => host.list(),
    'PUT /processes/:name': (name, body) => {
      const { spec, initial } = (body ?? {}) as { readonly spec?: unknown; readonly initial?: unknown };
      const checked = checkSpec(spec);
      if (checked.name !== name) throw new SoundBiteError('bad-spec', `the spec of ${name} names ${checked.name}`);
      return host.ensure(checked, initial === true);
    },
    'PATCH /processes/:name': (name, body) => host.amend(name, body as Readonly<Record<string, string>>),
    'DELETE /processes/:name': (name) => host.stop(name),
    'POST /down': () => host.down(),
  };
  const server = createServer((request, response) => void answer(request, response));
  // An ensure may take as long as its process needs to become healthy.
  server.requestTimeout = 0;
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/health') return reply(response, 200, { ok: true, pid: process.pid, leaving: host.isLeaving });
    if (!isToken(request.headers.authorization, token)) return reply(response, 401, error('no-token', 'wrong token'));
    const [, name] = /^\/processes\/([^/]+)$/.exec(path) ?? [];
    const call = calls[`${request.method} ${name === undefined ? path : '/processes/:name'}`];
    if (call === undefined) return reply(response, 404, error('no-such-call', `${request.method} ${path}`));
    try {
      const body = await jsonOf(request);
      reply(response, 200, (await call(decodeURIComponent(name ?? ''), body)) ?? {});
      if (path === '/down') afterAnswer(response, afterDown);
    } catch (thrown) {
      reply(response, 500, { error: toErrorDocument(thrown) });
    }
  }
}

/** The client may have been killed meanwhile: its connection is closed, and reports that no more. */
function afterAnswer(response: ServerResponse, then: () => void): void {
  if (response.closed || response.destroyed) then();
  else response.once('close', then);
}

function reply(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(document));
}

function error(code: ErrorCode, message: string): unknown {
  return { error: toErrorDocument(new SoundBiteError(code, message)) };
}

function isToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new SoundBiteError('bad-spec', `the body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
