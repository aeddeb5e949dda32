import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { processesOfBefore, serviceEnv } from '@soundbite/model';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

/** The user of this machine works with AWS; a process of the service does not act as that person. */
const home = mkdtempSync(join(tmpdir(), 'soundbite-user-'));
let server: Server;
let endpoint: string;

beforeAll(async () => {
  mkdirSync(join(home, '.aws'));
  const ofUser = '[default]\naws_access_key_id = AKIAUSER\naws_secret_access_key = users\n';
  for (const file of ['credentials', 'config']) writeFileSync(join(home, '.aws', file), ofUser);
  server = createServer((_request, answer) =>
    answer.end(
      JSON.stringify({
        AccessKeyId: 'AKIAROLE',
        SecretAccessKey: 'roles',
        Token: 'token',
        Expiration: new Date(Date.now() + 3600_000).toISOString(),
      }),
    ),
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/role`;
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());

/** The key that the SDK finds in a process with that environment. */
async function keyFoundWith(env: Readonly<Record<string, string>>): Promise<string> {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('AWS_'))) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ HOME: home, ...env })) vi.stubEnv(name, value);
  return (await fromNodeProviderChain()()).accessKeyId;
}

it('a process of the service finds the credentials of its role, and not those of ~/.aws', async () => {
  const ofRole = { AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token' };
  const env = serviceEnv({
    environment: 'dev-aws',
    release: 'sha256:0',
    settings: {},
    outputs: {},
    processes: processesOfBefore,
    access: { region: 'us-east-1' },
  });
  expect(await keyFoundWith({ ...env, ...ofRole })).toBe('AKIAROLE');
  // Without what serviceEnv says the user would come first.
  expect(await keyFoundWith(ofRole)).toBe('AKIAUSER');
});
