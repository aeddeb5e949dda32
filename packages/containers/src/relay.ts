import { timingSafeEqual } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { BlockList, connect, createServer, isIPv4, type Server, type Socket } from 'node:net';
import type { RelayOrder } from './relay-spec.ts';

/** A connection that says nothing for so long is nobody's. */
const introducedWithinMs = 5_000;
/** Longest first line: token and target. */
const longestIntroduction = 256;

/**
 * Lets the containers of one environment in to what is theirs on this machine, and nobody else: by the addresses of their network, and by a token in the first line
 * (`<token> <target>`). The account is passed on as it is; of the control plane, the answers to requests for credentials of this environment alone.
 */
export function relayServer(order: RelayOrder): Server {
  const http = credentialsOnly(order);
  return createServer({ allowHalfOpen: true }, (near) => {
    near.on('error', () => near.destroy());
    if (!isPeer(near.remoteAddress ?? '', order)) return near.destroy();
    near.setTimeout(introducedWithinMs, () => near.destroy());
    introduced(near, (line, rest) => {
      near.setTimeout(0);
      const [token = '', target] = line.split(' ');
      if (line.startsWith('GET /health '))
        return near.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
      if (!isToken(token, order.token)) return near.destroy();
      const port = target === 'account' ? order.targets.account : undefined;
      if (rest.length > 0) near.unshift(rest);
      if (target === 'credentials' && order.targets.credentials !== undefined) return http.emit('connection', near);
      if (port === undefined) return near.destroy();
      const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      far.on('error', () => near.destroy());
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      near.pipe(far).pipe(near);
    });
  });
}

/** Another environment's container can send to this gateway, too. Who comes by loopback is on this machine, and needs the token. */
export function isPeer(address: string, { subnet }: Pick<RelayOrder, 'subnet'>): boolean {
  return isInSubnet(address, { subnet: '127.0.0.0/8' }) || isInSubnet(address, { subnet });
}

/** `subnet` as `172.18.0.0/16`; IPv4 alone. */
export function isInSubnet(address: string, { subnet }: Pick<RelayOrder, 'subnet'>): boolean {
  const bare = address.replace(/^::ffff:/, '');
  const all = new BlockList();
  const [network = '', bits] = subnet.split('/');
  if (isIPv4(network)) all.addSubnet(network, Number(bits));
  return isIPv4(bare) && all.check(bare);
}

const isToken = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));

/** Reads the first line; what comes after it is not read. */
function introduced(near: Socket, then: (line: string, rest: Buffer) => void): void {
  let seen = Buffer.alloc(0);
  const read = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf('\n');
    if (end === -1) return seen.length > longestIntroduction ? near.destroy() : undefined;
    near.off('data', read);
    near.pause();
    then(seen.toString('latin1', 0, end).trimEnd(), seen.subarray(end + 1));
    near.resume();
  };
  near.on('data', read);
}

/** Answers requests for the credentials of an environment as the control plane does, and knows nothing else of it. */
function credentialsOnly({ environment, targets }: RelayOrder) {
  const path = `/credentials/${environment}`;
  return createHttpServer({ keepAliveTimeout: 1_000 }, (asked: IncomingMessage, answer: ServerResponse) => {
    const { pathname, search } = new URL(asked.url ?? '/', 'http://relay');
    if (asked.method !== 'GET' || pathname !== path) return answer.writeHead(404).end();
    const { authorization = '' } = asked.headers;
    const sent = request({
      host: '127.0.0.1',
      port: targets.credentials,
      path: `${pathname}${search}`,
      headers: { authorization },
    });
    sent.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(503).end()));
    sent.on('response', (found) => {
      answer.writeHead(found.statusCode ?? 502, {
        'content-type': found.headers['content-type'] ?? 'application/json',
      });
      found.pipe(answer);
    });
    sent.end();
  });
}
