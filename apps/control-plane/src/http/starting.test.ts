import { digestOf, type Environment } from '@soundbite/model';
import { expect, it } from 'vitest';
import { credentialsEndpoint } from '../world/credentials.ts';
import { whileStarting } from './starting.ts';

/** What the control plane answers before it is ready: to service processes, which need their credentials, and to everybody else. */

const environment = {
  name: 'staging',
  cloud: { kind: 'emulated', account: '000000000003', region: 'us-east-1' },
} as Environment;
const roles: unknown[] = [];
const credentials = credentialsEndpoint({
  secret: 'of the home',
  url: () => 'http://127.0.0.1:1',
  declaration: () => ({ environments: [environment], digest: digestOf('x') }),
  clouds: {
    of: async () =>
      ({
        access: async (identity: unknown) => {
          roles.push(identity);
          return { credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' } };
        },
      }) as never,
  },
  userSettings: {},
});

async function asked(path: string, token?: string, host = '127.0.0.1') {
  const headers = { host, ...(token === undefined ? {} : { authorization: token }) };
  const response = await whileStarting(credentials)(new Request(`http://127.0.0.1:1${path}`, { headers }));
  const body = (await response.json()) as { readonly error?: { readonly code: string } };
  return { status: response.status, code: body.error?.code, body };
}

it('whoever asks for anything is told that it is starting, and may try again', async () => {
  expect(await asked('/v1/status')).toMatchObject({ status: 503, code: 'control-plane-starting' });
  expect(await asked('/v1/status', undefined, 'evil.example')).toMatchObject({ status: 421, code: 'host-refused' });
});

it('a service process gets the credentials of its own role by its own token, and of no other', async () => {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = await credentials.env(environment, 'api');
  const own = '/credentials/staging?part=api';
  expect(await asked(own, token)).toMatchObject({
    status: 200,
    body: { AccessKeyId: 'a', SecretAccessKey: 'b', Token: 'c' },
  });
  expect(roles).toEqual([{ role: 'arn:aws:iam::000000000003:role/soundbite-staging-api' }]);
  const refused = { status: 401, code: 'credentials-refused' };
  expect(await asked(own)).toMatchObject(refused);
  expect(await asked(own, `${token}x`)).toMatchObject(refused);
  expect(await asked('/credentials/staging?part=worker', token)).toMatchObject(refused);
  expect(await asked('/credentials/production?part=api', token)).toMatchObject(refused);
  expect(await asked('/credentials/staging?part=root', token)).toMatchObject(refused);
  expect(roles).toHaveLength(1);
});
