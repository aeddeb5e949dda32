import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { processesOfBefore } from '@soundbite/model';
import { afterEach, describe, expect, it } from 'vitest';
import { invokeProcess, requestVersion } from './control.ts';
import type { Installed } from './held.ts';

const installed = { token: 'secret', release: 'sha256:a', processes: processesOfBefore } as Installed;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A version's process that answers so. */
async function process(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (path: string) => ({ method: 'GET', path, rehearsal: true });

describe('a request to a version’s process', () => {
  it('goes to that process and nowhere else, whatever its path: it has the control token with it', async () => {
    const seen: string[] = [];
    const elsewhere = await process((request, response) => response.end(seen.push(`elsewhere ${request.url}`)));
    const url = await process((request, response) => {
      seen.push(`${request.url} ${request.headers['x-soundbite-rehearsal']}`);
      response.end();
    });
    const { host } = new URL(elsewhere);
    for (const path of ['/a?b=1', `//${host}/stolen`, `/\\${host}/stolen`, `/@${host}/`])
      await requestVersion(url, installed, get(path));
    expect(seen.filter((one) => one.startsWith('elsewhere'))).toEqual([]);
    expect(seen[0]).toBe('/a?b=1 secret');
    expect(seen).toHaveLength(4);
  });

  it('tells the headers of the body that it gives', async () => {
    const url = await process((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-mine': '1' }).end(gzipSync('inflated')),
    );
    const { headers, body } = await requestVersion(url, installed, get('/'));
    expect(Buffer.from(body).toString()).toBe('inflated');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['x-mine']).toBe('1');
  });

  it('is answered by that release, which a service that keeps no contract need not say', async () => {
    const url = await process((_request, response) => response.end());
    const silent = { ...installed, processes: { components: [] } };
    expect(await requestVersion(url, silent, get('/'))).toMatchObject({ release: 'sha256:a' });
    expect(await requestVersion(url, installed, get('/'))).not.toHaveProperty('release');
  });

  it('sends bytes as they are', async () => {
    const url = await process(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.end(Buffer.concat(chunks));
    });
    const bytes = new Uint8Array([0xff, 0, 1]);
    expect(
      Buffer.from((await requestVersion(url, installed, { ...get('/'), method: 'POST', body: bytes })).body),
    ).toEqual(Buffer.from(bytes));
  });

  it('ends when the answer has no end', async () => {
    const url = await process((_request, response) => {
      const block = Buffer.alloc(1 << 20);
      const more = () => {
        while (!response.destroyed && response.write(block));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await expect(requestVersion(url, installed, get('/'))).rejects.toThrow('its answer has more than 33554432 bytes');
  });

  it('hands an event to the worker as a rehearsal, or as a migration and no rehearsal', async () => {
    const seen: unknown[] = [];
    const url = await process(({ url: path, headers: given }, response) => {
      seen.push([path, given.authorization, given['x-soundbite-rehearsal'], given['x-soundbite-migration']]);
      response.end('{"batchItemFailures":[]}');
    });
    expect(await invokeProcess(url, installed, {}, 5_000)).toEqual({ batchItemFailures: [] });
    await invokeProcess(url, installed, {}, 5_000, 'migration');
    expect(seen).toEqual([
      ['/invoke', 'Bearer secret', 'secret', undefined],
      ['/invoke', 'Bearer secret', undefined, 'secret'],
    ]);
  });
});
