import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readSettings } from '../settings.ts';
import { variables } from '../testing/settings.ts';
import { type Listening, listen } from './server.ts';

let server: Listening | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Sends bytes as they are and gives all that comes back until the end. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('close', () => resolve(Buffer.concat(pieces).toString()));
    socket.on('error', reject);
  });
}

describe('the server of a process', () => {
  it.each([
    ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'malformed-request'],
    [
      'a target that is no URL',
      'GET http://[::x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      400,
      'malformed-request',
    ],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: [odd\r\nConnection: close\r\n\r\n', 421, 'wrong-host'],
    ['a page by its own name', 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421, 'wrong-host'],
    ['CONNECT', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n', 405, 'method-not-allowed'],
    [
      'a length and chunks at once',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed-request',
    ],
    ['too many headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ])('answers %s in the form of every problem', async (_, request, status, code) => {
    const settings = readSettings(variables());
    server = await listen(() => new Response('never'), settings);
    const answer = await raw(server.port, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(answer.toLowerCase()).toContain(`x-soundbite-release: ${settings.release}`);
    expect(answer).toContain(`"code":"${code}"`);
  });

  it.each([
    ['headers that do not end', 'GET / HTTP/1.1\r\nHost: localhost\r\n'],
    ['a body that does not come', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nabc'],
  ])('cuts off %s', async (_, request) => {
    const limits = { headersTimeout: 150, requestTimeout: 300, connectionsCheckingInterval: 50 };
    const read = async (incoming: Request) => new Response(await incoming.text());
    server = await listen(read, readSettings(variables()), limits);
    const answer = await raw(server.port, request);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"code":"request-too-slow"');
  });

  it('finishes what is in flight when it is closed, and takes nothing new', async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const listening = await listen(async () => {
      begun.resolve();
      await go.promise;
      return new Response('done');
    }, readSettings(variables()));
    const url = `http://127.0.0.1:${listening.port}/`;
    const answer = fetch(url);
    await begun.promise;
    const closed = listening.close();
    await expect(fetch(url)).rejects.toThrow();
    go.resolve();
    expect(await (await answer).text()).toBe('done');
    await closed;
  });
});
