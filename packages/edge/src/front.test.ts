import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { environmentIn, nameFront, portFront } from './front.ts';

const open: Server[] = [];
const listening = async (server: Server): Promise<number> => {
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const edge = () =>
  createServer(async (asked, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    answer.writeHead(201, { 'x-two': ['a', 'b'] });
    answer.end(`${asked.method} ${asked.url} of ${asked.headers.host}: ${Buffer.concat(chunks)}`);
  });

async function asks(port: number, host: string) {
  const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/x?y', agent: false, headers: { host } });
  sent.end('body');
  const [answer] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, text: Buffer.concat(chunks).toString(), raw: answer.rawHeaders as string[] };
}

it('reads an environment from a name of this machine alone', () => {
  expect(environmentIn('dev-aws.localhost:8000')).toBe('dev-aws');
  expect(environmentIn('Staging.localhost')).toBe('staging');
  for (const host of ['localhost:8000', '127.0.0.1', 'staging.example.org', 'a.b.localhost', undefined])
    expect(environmentIn(host)).toBeNull();
});

it('leads by name to the port that the edge wrote down, with all of the request and of the answer', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'front-'));
  const routes = join(directory, 'routes.json');
  const port = await listening(nameFront(routes));
  expect(await asks(port, 'staging.localhost')).toMatchObject({
    status: 421,
    text: expect.stringContaining('none yet'),
  });
  const kept = [{ route: { environment: 'staging' }, port: await listening(edge()) }];
  await writeFile(routes, JSON.stringify(kept));
  const answer = await asks(port, 'staging.localhost:8000');
  expect(answer).toMatchObject({ status: 201, text: 'POST /x?y of staging.localhost:8000: body' });
  expect(answer.raw.filter((one) => one === 'x-two')).toHaveLength(2);
  expect(await asks(port, 'production.localhost')).toMatchObject({
    status: 421,
    text: expect.stringContaining('http://staging.localhost'),
  });
  await rm(directory, { recursive: true });
});

it('leads a port to the same one on loopback, and closes where nobody is', async () => {
  const port = await listening(portFront(await listening(edge())));
  expect(await asks(port, '127.0.0.1:8101')).toMatchObject({ status: 201 });
  const nowhere = await listening(portFront(1));
  await expect(asks(nowhere, '127.0.0.1')).rejects.toThrow();
});
