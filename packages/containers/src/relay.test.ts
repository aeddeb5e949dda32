import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isPeer, relayServer } from './relay.ts';

const open: Server[] = [];
const listening = async (server: Server): Promise<number> => {
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const token = 'a-token';
let port: number;
const asked: string[] = [];
beforeEach(async () => {
  asked.length = 0;
  const account = await listening(
    createServer((socket) => socket.on('data', (said) => socket.end(`account: ${said}`))),
  );
  const plane = createHttp((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end('credentials');
  });
  const credentials = await listening(plane);
  const order = {
    environment: 'staging',
    subnet: '172.18.0.0/16',
    gateway: null,
    inside: false,
    token,
    targets: { account, credentials },
  };
  port = await listening(relayServer(order));
});

/** All that is answered to this text until the end. */
async function told(text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(text);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}
const get = (path: string) =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: of-the-role\r\nconnection: close\r\n\r\n`;

it('passes what has the token on to the account, also what came with the first line', async () => {
  expect(await told(`${token} account\nhello`)).toBe('account: hello');
});

it('lets nobody in without the token, nor to what it does not lead to', async () => {
  for (const text of ['hello\n', 'another account\nhello', `${token} database\nhello`, 'x'.repeat(300)])
    expect(await told(text)).toBe('');
});

it('gives of the control plane the credentials of its environment alone', async () => {
  expect(await told(`${token} credentials\n${get('/credentials/staging?part=arn')}`)).toContain('credentials');
  for (const path of [
    '/credentials/production?part=arn',
    '/status',
    '/credentials/staging/../../status',
    '/credentials/stagingx',
  ])
    expect(await told(`${token} credentials\n${get(path)}`)).toMatch(/^HTTP\/1.1 404/);
  expect(await told(`${token} credentials\n${get('/credentials/staging').replace('GET', 'DELETE')}`)).toMatch(/404/);
  expect(asked).toEqual(['GET /credentials/staging?part=arn of-the-role']);
});

it('knows its containers by their addresses: those of another network reach this gateway, too', () => {
  const of = (address: string) => isPeer(address, { subnet: '172.18.0.0/16' });
  expect(['172.18.0.2', '::ffff:172.18.255.1', '127.0.0.1'].map(of)).toEqual([true, true, true]);
  expect(['172.19.0.2', '::ffff:172.17.0.2', '10.0.0.1', '::1', '', 'fe80::1'].map(of)).toEqual(Array(6).fill(false));
});
