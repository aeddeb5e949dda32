import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { accountAccess } from './account-access.ts';
import { status } from './status.ts';
import { realAccount, worldOn } from './testing.ts';

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 401, headers: { 'www-authenticate': 'Bearer' } }));
});
afterEach(() => vi.unstubAllGlobals());

it('a house that is published at another address than 127.0.0.1 says that one; what is elsewhere keeps its own', async () => {
  const world = worldOn(realAccount({}));
  const shown = async (shownAddress: string | undefined, url: string) => {
    const runtime = { ...world.runtime('aws'), address: async () => ({ url, wantsToken: false }) };
    const told = await status({ ...world, runtime: () => runtime, config: { ...world.config, shownAddress } });
    return [told.controlPlane.url, told.environments[0]?.url];
  };
  const [near, far] = ['http://127.0.0.1:8104', 'https://a1.execute-api.eu-central-1.amazonaws.com'];
  expect(await shown(undefined, near)).toEqual(['http://127.0.0.1:8100', near]);
  expect(await shown('127.0.0.2', near)).toEqual(['http://127.0.0.2:8100', 'http://127.0.0.2:8104']);
  expect(await shown('127.0.0.2', far)).toEqual(['http://127.0.0.2:8100', far]);
});

it.each([
  [{ shownEndpoint: 'http://127.0.0.2:8113' }, 'http://127.0.0.2:8113'],
  [{}, 'http://127.0.0.1:8113'],
])('and says where people reach the emulated account of an environment: %j', async (shown, told) => {
  const world = worldOn(realAccount({}));
  const access = async () => ({
    ...{ kind: 'emulated' as const, account: '000000000003', region: 'us-east-1', endpoint: 'http://127.0.0.1:8113' },
    ...{ ...shown, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' } },
  });
  const clouds = { of: async () => ({ ...(await world.clouds.of({} as never)), access }) };
  const [{ name = '' } = {}] = world.declaration().environments;
  expect((await accountAccess({ ...world, clouds }, name)).endpoint).toBe(told);
});
