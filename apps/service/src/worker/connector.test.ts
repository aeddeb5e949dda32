import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { guardedLookup, type Post, postGuarded } from './connector.ts';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function post(url: string, over: Partial<Post> = {}): Promise<void> {
  return postGuarded({ url, body: '{"a":1}', headers: { 'x-a': 'b' }, policy: 'loopback', timeoutMs: 2_000, ...over });
}

describe('a guarded post', () => {
  it('brings body and headers', async () => {
    const seen: string[] = [];
    const url = await serve(async (request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-a']}`, String(await request.toArray()));
      response.writeHead(204).end();
    });
    await post(`${url}/hook?x=1`);
    expect(seen).toEqual(['POST /hook?x=1 b', '{"a":1}']);
  });

  it('follows a redirect with the body, and not more than three', async () => {
    const bodies: string[] = [];
    const target = await serve(async (request, response) => {
      bodies.push(String(await request.toArray()));
      response.writeHead(200).end();
    });
    const first = await serve((_, response) => response.writeHead(307, { location: `${target}/there` }).end());
    await post(first);
    expect(bodies).toEqual(['{"a":1}']);
    const circle = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(post(circle)).rejects.toThrow('redirected more than 3 times');
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://0xa9fea9fe/',
    'file:///etc/passwd',
    'http://[::ffff:169.254.169.254]/',
  ])('does not follow a redirect to %s', async (location) => {
    const url = await serve((_, response) => response.writeHead(307, { location }).end());
    await expect(post(url)).rejects.toMatchObject({ name: 'ForbiddenAddressError' });
  });

  it('does not connect to a literal address or a name of this machine where only public ones are allowed', async () => {
    let reached = false;
    const url = await serve((_, response) => {
      reached = true;
      response.end();
    });
    for (const address of [url, url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '2130706433')]) {
      await expect(post(address, { policy: 'public' })).rejects.toMatchObject({ name: 'ForbiddenAddressError' });
    }
    expect(reached).toBe(false);
  });

  it('gives up on a receiver that says no, or nothing', async () => {
    const no = await serve((_, response) => response.writeHead(500).end());
    await expect(post(no)).rejects.toThrow('answered 500');
    const silent = await serve(() => {});
    await expect(post(silent, { timeoutMs: 100 })).rejects.toThrow('took more than 100 ms');
    servers.at(-1)?.closeAllConnections();
  });
});

describe('the lookup of a guarded connection', () => {
  it('refuses a name that leads to this machine, at the moment of connecting', async () => {
    const error = await new Promise((resolve) => guardedLookup('public')('localhost', {}, (e) => resolve(e)));
    expect(error).toMatchObject({ name: 'ForbiddenAddressError' });
    const address = await new Promise((resolve) =>
      guardedLookup('loopback')('localhost', { family: 4 }, (e, found) => resolve(e ?? found)),
    );
    expect(address).toBe('127.0.0.1');
  });
});
