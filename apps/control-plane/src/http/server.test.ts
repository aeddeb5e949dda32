import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ControlPlaneServer, listen } from './server.ts';

const limits = { headersTimeout: 700, requestTimeout: 1_000, connectionsCheckingInterval: 50 };
let server: ControlPlaneServer;

beforeEach(async () => {
  server = await listen(0, async (request) => new Response(await request.text()), limits);
});
afterEach(() => server.close());

/** Sends bytes as they are and gives all that comes back until the end. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      answer += piece;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

it('an answer may take longer than a request', async () => {
  server.serve(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2 * limits.requestTimeout));
    return new Response('done');
  });
  expect(await (await fetch(`http://127.0.0.1:${server.port}`, { method: 'POST', body: 'x' })).text()).toBe('done');
});

it.each([
  ['headers that do not end', 'GET / HTTP/1.1\r\nHost: localhost\r\n', 408, 'the request did not arrive in time'],
  [
    'a body that does not come',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nabc',
    408,
    'the request did not arrive in time',
  ],
  ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'this is not a readable HTTP request'],
  ['CONNECT', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n', 405, 'this is not a proxy'],
])('%s is answered in the form of every error, and the connection ends', async (_, request, status, message) => {
  const answer = await raw(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
    error: { code: 'usage', message: expect.stringContaining(message) },
  });
});

it('a port that something else took meanwhile is told as such: its host chooses another', async () => {
  await expect(listen(server.port, async () => new Response())).rejects.toMatchObject({
    code: 'no-free-port',
    message: `something else took 127.0.0.1:${server.port} meanwhile`,
  });
});
