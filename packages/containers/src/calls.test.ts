import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineCalls, spokenVersion } from './calls.ts';
import { unlessMissing } from './trouble.ts';

let root: string;
let server: Server | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'engine-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = undefined;
  await rm(root, { recursive: true, force: true });
});

/** An engine on a socket of its own that answers so. */
async function engine(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const socket = join(root, 'docker.sock');
  server = createServer((request, response) => {
    if (request.url === '/version') return response.end(JSON.stringify({ ApiVersion: '1.52', MinAPIVersion: '1.44' }));
    return answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return engineCalls(`unix://${socket}`);
}

it('speaks the newest that both know', () => {
  expect(spokenVersion('1.41', '1.12')).toBe('1.41');
  expect(spokenVersion('1.47', '1.24')).toBe('1.41');
  expect(spokenVersion('1.52', '1.44')).toBe('1.44');
  expect(spokenVersion('1.9', '1.5')).toBe('1.9');
});

it('asks in the version that the engine still speaks, with filters as JSON', async () => {
  let asked = '';
  const calls = await engine((request, response) => {
    asked = decodeURIComponent(request.url ?? '');
    response.end('[]');
  });
  expect(await calls.json('GET', '/containers/json', { query: { all: true, filters: { label: ['a=b'] } } })).toEqual(
    [],
  );
  expect(asked).toBe('/v1.44/containers/json?all=true&filters={"label":["a=b"]}');
});

describe('what it refuses has a code', () => {
  it.each([
    [500, 'driver failed: Bind for 127.0.0.1:8200 failed: port is already allocated', 'container-port-taken'],
    [409, 'Conflict. The container name "/x" is already in use by container "abc".', 'container-name-taken'],
    [500, 'mkdir /var/lib/docker/overlay2/x: no space left on device', 'engine-disk-full'],
    [404, 'No such image: sha256:0', 'image-missing'],
    [500, 'something else', 'engine-refused'],
  ])('%i %s', async (status, message, code) => {
    const calls = await engine((_, response) => {
      response.statusCode = status;
      response.end(JSON.stringify({ message }));
    });
    await expect(calls.json('POST', '/x')).rejects.toMatchObject({
      code,
      status,
      message: expect.stringContaining(message),
    });
  });

  it('and what is not there may be asked for', async () => {
    const calls = await engine((_, response) => {
      response.statusCode = 404;
      response.end('{"message":"No such container: x"}');
    });
    expect(await unlessMissing(calls.json('GET', '/containers/x/json'))).toBeNull();
  });
});

it('is down where nobody listens, where it goes away in its answer, and where it is silent; once it is back it answers', async () => {
  const nobody = engineCalls(`unix://${join(root, 'nobody.sock')}`);
  await expect(nobody.json('GET', '/info')).rejects.toMatchObject({ code: 'engine-down', source: 'system' });
  await expect(engineCalls('ssh://elsewhere').json('GET', '/info')).rejects.toMatchObject({ code: 'engine-down' });
  const calls = await engine((request, response) => {
    if (request.url?.endsWith('/cut')) return response.write('{', () => response.destroy());
    if (request.url?.endsWith('/info')) return response.end('{}');
  });
  await expect(calls.json('GET', '/cut')).rejects.toMatchObject({ code: 'engine-down' });
  await expect(calls.json('GET', '/silent', { silenceMs: 20 })).rejects.toMatchObject({ code: 'engine-down' });
  expect(await calls.json('GET', '/info')).toEqual({});
});
