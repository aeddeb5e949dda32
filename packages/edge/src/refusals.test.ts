import { connect } from 'node:net';
import type { EdgeUpstream } from '@soundbite/model';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LocalEdge } from './edge.ts';
import { freePort, http, routeTo, temporaryDirectory, upstreams } from './testing.ts';

const home = temporaryDirectory();
const bounds = { headersTimeout: 150, requestTimeout: 300, connectionsCheckingInterval: 50 };
const edge = new LocalEdge({ home: home.path, emit: () => undefined, bounds });
const { start, end } = upstreams();
let port = 0;

beforeAll(async () => {
  port = await freePort();
  await edge.setRoute(routeTo(port, []));
});
afterEach(end);
afterAll(async () => {
  await edge.close();
  home.end();
});

const set = (...upstreams: EdgeUpstream[]) => edge.setRoute(routeTo(port, upstreams));

describe('who and what the edge does not serve', () => {
  /** Sends bytes as they stand, perhaps in pieces, and gives all that comes back until the end of the connection. */
  function raw(...pieces: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        for (const piece of pieces) socket.write(piece, 'latin1');
      });
      let text = '';
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
  }
  const post = 'POST /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n';

  it.each([
    ['a page by its own name', 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421],
    ['no Host', 'GET / HTTP/1.0\r\nConnection: close\r\n\r\n', 421],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 400],
    ['CONNECT', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n', 405],
    ['a target that is not escaped', 'GET /caf\u00e9 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    ['a length and chunks', `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x`, 400],
    ['chunks and a length', `${post}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nGET /x`, 400],
    ['two lengths', `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    ['a length that is none', `${post}Content-Length: +1\r\n\r\na`, 400],
    ['an encoding that is none', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ['an encoding hidden by a space', `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunked, twice encoded', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
    ['a header folded', `${post}X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n`, 400],
    ['a NUL in a header', `${post}X-A: b\0c\r\n\r\n`, 400],
    ['headers of 20 KB', `${post}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['3,000 headers', `${post}${'a:\r\n'.repeat(6_000)}\r\n`, 431],
    ['a target of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
  ])('refuses %s, once', async (_, request, status) => {
    const a = await start('a');
    await set(http(a, 1));
    const answer = await raw(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).toContain('application/problem+json');
    expect(a.seen).toEqual([]);
  });

  it.each([
    ['headers that do not end', 'GET / HTTP/1.1\r\nHost: localhost\r\n'],
    ['a body that does not come', `${post}Content-Length: 6\r\n\r\nabc`],
  ])('cuts off %s', async (_, request) => {
    const a = await start('a', (incoming) => void incoming.on('error', () => undefined).resume());
    await set(http(a, 1));
    const answer = await raw(request);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('The request did not come in time.');
  });

  it('lets no second request through behind chunks that are none', async () => {
    const seen: string[] = [];
    const a = await start('a', (incoming, response) => {
      seen.push(`${incoming.method} ${incoming.url}`);
      incoming.on('error', () => undefined).on('end', () => response.end('ok'));
    });
    await set(http(a, 1));
    await raw(`${post}Transfer-Encoding: chunked\r\n\r\n`, 'zz\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(seen.filter((one) => one.includes('smuggled'))).toEqual([]);
  });
});
