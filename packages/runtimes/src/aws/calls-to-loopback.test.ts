import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type CloudAccess, clientOptions } from '@soundbite/model';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sdkConfigFile, sdkVariables } from './testing-sdk-variables.ts';

type Options = ReturnType<typeof clientOptions>;

/** One harmless call of every client that speaks to accounts. */
const calls: Readonly<Record<string, (options: Options) => Promise<unknown>>> = {
  cloudformation: (options) => new CloudFormationClient(options).send(new ListStacksCommand({})),
  dynamodb: (options) => new DynamoDBClient(options).send(new ListTablesCommand({})),
  lambda: (options) => new LambdaClient(options).send(new ListFunctionsCommand({})),
  logs: (options) => new CloudWatchLogsClient(options).send(new DescribeLogGroupsCommand({})),
  s3: (options) => new S3Client(options).send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'body' })),
  secretsmanager: (options) => new SecretsManagerClient(options).send(new ListSecretsCommand({})),
  sqs: (options) => new SQSClient(options).send(new ListQueuesCommand({})),
};

let server: Server;
let access: CloudAccess;
const seen: string[] = [];

beforeAll(async () => {
  server = createServer((request, answer) => {
    seen.push(String(request.headers.authorization));
    request.resume().on('end', () => answer.writeHead(400).end());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  access = {
    kind: 'emulated',
    account: '000000000001',
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIAEMULATEDACCOUNT0', secretAccessKey: 'secret-of-the-emulated-account' },
  };
});
afterAll(() => void server.close());
afterEach(() => vi.unstubAllEnvs());

/** Who was asked for each call: the key and the region that signed it. */
async function signers(): Promise<Record<string, string>> {
  const signed: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) {
    seen.length = 0;
    const error = await call(clientOptions(access)).then(
      () => undefined,
      (refused: Error) => refused,
    );
    const credential = seen[0]?.match(/Credential=(\w+)\/\d+\/([\w-]+)\/([\w-]+)\//);
    signed[name] = credential ? credential.slice(1, 4).join(' ') : `it did not arrive: ${error?.message}`;
  }
  return signed;
}

const asMeant = Object.fromEntries(
  Object.keys(calls).map((name) => [name, `AKIAEMULATEDACCOUNT0 eu-central-1 ${name}`]),
);

describe('calls to an emulated account', () => {
  const hostile = Object.entries(sdkVariables).filter((entry): entry is [string, string] => entry[1] !== null);

  it.each(hostile)('arrive as meant whatever %s says (%s)', async (name, value) => {
    vi.stubEnv(name, value);
    expect(await signers()).toEqual(asMeant);
  });

  it('arrive as meant with all of these at once', async () => {
    for (const [name, value] of hostile) vi.stubEnv(name, value);
    expect(await signers()).toEqual(asMeant);
  });

  it('arrive as meant whatever ~/.aws/config says', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', sdkConfigFile);
    expect(await signers()).toEqual(asMeant);
  });
});

describe('the table of variables', () => {
  it('names every variable that the installed SDK reads', () => {
    const modules = resolve(import.meta.dirname, '../../../../node_modules');
    const files = ['@smithy', '@aws-sdk', '@aws'].flatMap((scope) => filesOf(join(modules, scope)));
    const read = new Set(files.flatMap((file) => variablesIn(readFileSync(file, 'utf8'))));
    expect([...read].filter((name) => !(name in sdkVariables)).sort()).toEqual([]);
    expect(read.size).toBeGreaterThan(30);
  });
});

/** The code of the SDK's packages but the clients', which hold no code that reads variables beyond what the core offers them. */
function filesOf(scope: string): string[] {
  let packages: string[] = [];
  try {
    packages = readdirSync(scope).filter((name) => !name.startsWith('client-') && name !== 'nested-clients');
  } catch {
    return [];
  }
  return packages.flatMap((name) => {
    const code = join(scope, name, 'dist-cjs');
    try {
      return readdirSync(code, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
        .map((entry) => join(entry.parentPath, entry.name));
    } catch {
      return [];
    }
  });
}

/** Names that are read from the environment: `env.AWS_X`, `env["AWS_X"]`, or a constant that holds such a name. */
function variablesIn(code: string): string[] {
  const direct = [...code.matchAll(/\benv(?:\.|\[")(AWS_[A-Z0-9_]+)/g)];
  const constants = [...code.matchAll(/\b(?:ENV_\w+|\w*ENV\w*|[A-Z_]+) = \[?"(AWS_[A-Z0-9_]+)"/g)];
  const selected = [...code.matchAll(/process\.env\["(AWS_[A-Z0-9_]+)"\]/g)];
  return [...direct, ...constants, ...selected].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
