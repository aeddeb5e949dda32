import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './checks/check.ts';
import { freePort, python, startTestAccount, type TestAccount } from './test-account.ts';
import { createFunction, createRole, publishVersion, tellsItsVersion } from './test-functions.ts';

const launcher = fileURLToPath(new URL('../../emulator/launcher.py', import.meta.url));

describe('the launcher', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'soundbite-launcher-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const right = () => ({
    PATH: '/usr/bin:/bin',
    GATEWAY_PORT: '4999',
    MINISTACK_ACCOUNT_ID: '111122223333',
    STATE_ROOT: join(folder, 'state'),
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE00',
    AWS_SECRET_ACCESS_KEY: 'a secret of this test only',
  });

  async function refuses(env: Record<string, string>): Promise<string> {
    const child = spawn(python(), [launcher], { env: { ...right(), ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (piece: Buffer) => {
      text += piece;
    });
    const [code] = await once(child, 'exit');
    expect(code).toBe(2);
    return text;
  }

  it.each([
    ['BIND_HOST', '0.0.0.0', 'loopback only'],
    ['AUTH', 'false', 'IAM is always enforced'],
    ['MINISTACK_ACCOUNT_ID', '123', '12 digits'],
    ['AWS_ACCESS_KEY_ID', '111122223333', 'no account id'],
    ['STATE_ROOT', 'relative', 'an absolute path'],
    ['SOUNDBITE_WITHOUT', 'nonsense', 'names no correction: nonsense'],
  ])('refuses %s=%s in one line', async (name, value, words) => {
    const said = await refuses({ [name]: value });
    expect(said).toContain(words);
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  it('does not show a secret that it refuses', async () => {
    expect(await refuses({ AWS_SECRET_ACCESS_KEY: 'short-secret' })).not.toContain('short-secret');
  });

  it('refuses another version of MiniStack', async () => {
    const other = join(folder, 'other', 'ministack-1.5.34.dist-info');
    await mkdir(other, { recursive: true });
    await writeFile(join(other, 'METADATA'), 'Metadata-Version: 2.1\nName: ministack\nVersion: 1.5.34\n');
    expect(await refuses({ PYTHONPATH: join(folder, 'other') })).toContain('MiniStack is 1.5.34');
  });
});

describe('a launched account', () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await startTestAccount();
  });
  afterAll(() => account.dispose());

  it('listens on one socket, on loopback', async () => {
    expect(await listening(account.pid())).toEqual([`127.0.0.1:${account.port}`]);
  });

  it('refuses a second launcher on its state', async () => {
    const env = {
      ...process.env,
      GATEWAY_PORT: '4998',
      MINISTACK_ACCOUNT_ID: '111122223333',
      STATE_ROOT: account.stateRoot,
    };
    const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE00', AWS_SECRET_ACCESS_KEY: 'a secret of this test only' };
    const child = spawn(python(), [launcher], { env: { ...env, ...keys }, stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([2, null]);
  });

  it('writes no snapshot while nothing changes, and keeps two', async () => {
    await fetch(`${account.endpoint}/_soundbite/snapshot`, { method: 'POST' });
    const names = () => readdir(account.stateRoot).then((all) => all.filter((name) => /^\d+$/.test(name)).sort());
    const before = await names();
    expect(before.length).toBeLessThanOrEqual(2);
    for (let n = 0; n < 5; n += 1) await fetch(`${account.endpoint}/_ministack/health`);
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect(await names()).toEqual(before);
  });

  it('loses at most a second of a stream of writes when it is killed, three times', async () => {
    const dynamodb = new DynamoDBClient({ ...account.config, maxAttempts: 1 });
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'stream',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      }),
    );
    const write = (id: number) =>
      dynamodb.send(new PutItemCommand({ TableName: 'stream', Item: { id: { N: String(id) } } }));
    let id = 0;
    for (let round = 0; round < 3; round += 1) {
      const acknowledged: [number, number][] = [];
      const until = performance.now() + 2_500 + round * 300;
      while (performance.now() < until) {
        await write(id);
        acknowledged.push([id, performance.now()]);
        id += 1;
      }
      const killed = performance.now();
      await account.stop('SIGKILL');
      await account.start();
      const kept = new Set<number>();
      for await (const page of paginateScan({ client: dynamodb }, { TableName: 'stream' })) {
        for (const item of page.Items ?? []) kept.add(Number(item.id?.N));
      }
      const lost = acknowledged.filter(([one]) => !kept.has(one)).map(([, at]) => killed - at);
      // A second until the snapshot begins, and the time it takes to be written on a busy machine.
      expect(Math.max(0, ...lost)).toBeLessThan(2_000);
    }
  });

  it('hands a queue’s messages to its function at another port, too', async () => {
    const role = await createRole(account, 'moved', ['sqs:*']);
    await createFunction(account, 'moved', tellsItsVersion, { Role: role });
    const { QueueUrl } = await new SQSClient(account.config).send(new CreateQueueCommand({ QueueName: 'moved' }));
    const EventSourceArn = `arn:aws:sqs:${account.region}:${account.account}:moved`;
    await new LambdaClient(account.config).send(
      new CreateEventSourceMappingCommand({ FunctionName: 'moved', EventSourceArn }),
    );
    await account.stop();
    const port = await freePort();
    await account.start(port);
    const sqs = new SQSClient({ ...account.config, endpoint: `http://127.0.0.1:${port}` });
    // By its old address, too: functions know it from their configuration.
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
    const { QueueUrl: moved } = await sqs.send(new CreateQueueCommand({ QueueName: 'moved' }));
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toEqual([moved]);
    await eventually('the message taken', async () => {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: moved, AttributeNames: [...AttributeNames] }),
      );
      return AttributeNames.every((name) => Attributes?.[name] === '0') || undefined;
    });
    await account.stop();
    await account.start();
  });

  it('comes back as it was before a stack operation that a kill cut off', async () => {
    const cloudformation = new CloudFormationClient(account.config);
    const StackName = 'cut-off';
    const Resources = {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'cut-off' } },
      Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle', DependsOn: 'Queue' },
      Never: { Type: 'AWS::CloudFormation::WaitCondition', Properties: { Handle: { Ref: 'Handle' }, Timeout: '60' } },
    };
    await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
    const sqs = new SQSClient(account.config);
    await eventually('the queue of the stack', async () =>
      sqs.send(new GetQueueUrlCommand({ QueueName: 'cut-off' })).catch(() => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await account.stop('SIGKILL');
    await account.start();
    await expect(cloudformation.send(new DescribeStacksCommand({ StackName }))).rejects.toThrow(/does not exist/);
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'cut-off' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  it('fires a scheduled rule at an alias, also one that was due while the account was down', async () => {
    const source = `export const handler = async (event) => { console.log('SCHEDULED ' + JSON.stringify(event)); };`;
    await createFunction(account, 'scheduled', source);
    await publishVersion(account, 'scheduled');
    const lambda = new LambdaClient(account.config);
    await lambda.send(new CreateAliasCommand({ FunctionName: 'scheduled', Name: 'live', FunctionVersion: '1' }));
    const permission = { StatementId: 'clock', Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };
    await lambda.send(new AddPermissionCommand({ FunctionName: 'scheduled', Qualifier: 'live', ...permission }));
    const events = new EventBridgeClient(account.config);
    await events.send(new PutRuleCommand({ Name: 'sweep', ScheduleExpression: 'rate(1 minute)' }));
    const Arn = `arn:aws:lambda:${account.region}:${account.account}:function:scheduled:live`;
    await events.send(
      new PutTargetsCommand({ Rule: 'sweep', Targets: [{ Id: 'live', Arn, Input: '{"soundbite":"sweep"}' }] }),
    );
    await account.stop();
    await ageRule(account, 90);
    await account.start();
    const logs = new CloudWatchLogsClient(account.config);
    const line = await eventually(
      'the run of the function',
      async () => {
        const found = await logs
          .send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/scheduled', filterPattern: 'SCHEDULED' }))
          .catch(() => undefined);
        return found?.events?.[0]?.message;
      },
      25_000,
    );
    expect(line).toContain('{"soundbite":"sweep"}');
  });
});

/** Makes the saved rule older, so that the test need not wait for its minute. */
async function ageRule(account: TestAccount, seconds: number): Promise<void> {
  const file = join(account.stateRoot, await readlink(join(account.stateRoot, 'current')), 'eventbridge.json');
  const saved = await readFile(file, 'utf8');
  const aged = saved.replace(
    /("CreationTime": )(\d+)/g,
    (_, name: string, time: string) => `${name}${Number(time) - seconds}`,
  );
  expect(aged).not.toBe(saved);
  await writeFile(file, aged);
}

/** The TCP sockets on which a process listens, as `address:port`. */
async function listening(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  const found: string[] = [];
  for (const table of ['tcp', 'tcp6']) {
    for (const row of (await readFile(`/proc/${pid}/net/${table}`, 'utf8')).trim().split('\n').slice(1)) {
      const fields = row.trim().split(/\s+/);
      const [address = '', port = ''] = fields[1]?.split(':') ?? [];
      if (fields[3] !== '0A' || !links.includes(`socket:[${fields[9]}]`)) continue;
      const bytes = (address.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16));
      found.push(`${bytes.join('.')}:${Number.parseInt(port, 16)}`);
    }
  }
  return found;
}
