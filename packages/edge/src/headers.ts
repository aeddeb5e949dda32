import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { headers as names, pageCookiePrefix } from '@soundbite/model/names.ts';

/** RFC 9110 §7.6.1: these speak about one connection and are not passed on. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const requestId = 'x-request-id';

/** All of a message's headers but those of its connection; a name that comes several times keeps all its values. */
export function endToEnd(message: IncomingMessage): OutgoingHttpHeaders {
  const named = (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const passed: OutgoingHttpHeaders = {};
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values === undefined || hopByHop.has(name) || named.includes(name)) continue;
    passed[name] = values.length === 1 ? values[0] : values;
  }
  return passed;
}

/** The id of a request: the client's if it is harmless, else a new one. */
export function idOf(request: IncomingMessage): string {
  const given = request.headers[requestId];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID();
}

/** The cookies that are the upstream's business: cookies know no ports, so a browser sends those of the control plane, too, by which it could be asked. */
function cookiesFor(request: IncomingMessage): OutgoingHttpHeaders {
  const { cookie } = request.headers;
  if (cookie === undefined) return {};
  const left = cookie.split(';').filter((one) => !one.trimStart().startsWith(pageCookiePrefix));
  return left.length === 0 ? {} : { cookie: left.join(';').trim() };
}

/** The headers of a request for the upstream. The mark of a rehearsal passes with a pin only: no public traffic may set it. */
export function toUpstream(request: IncomingMessage, id: string, host: string): OutgoingHttpHeaders {
  const { [names.pin]: pin, [names.rehearsal]: rehearsal, expect: _, cookie: __, ...rest } = endToEnd(request);
  const before = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? '127.0.0.1';
  return {
    ...rest,
    ...(pin === undefined || rehearsal === undefined ? {} : { [names.rehearsal]: rehearsal }),
    ...cookiesFor(request),
    ...framing(request),
    host,
    [requestId]: id,
    'x-forwarded-for': typeof before === 'string' ? `${before}, ${client}` : client,
    'x-forwarded-host': request.headers.host ?? host,
    'x-forwarded-port': String(request.socket.localPort ?? ''),
    'x-forwarded-proto': 'http',
  };
}

/** A body without a length is sent on in chunks, as it came; nothing else may say how long a body is. */
function framing(request: IncomingMessage): OutgoingHttpHeaders {
  return request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

/** The headers of an answer for the client. */
export function toClient(answer: IncomingMessage, id: string): OutgoingHttpHeaders {
  return { [requestId]: id, ...endToEnd(answer) };
}
