import { randomUUID } from 'node:crypto';
import type { Plan, Status } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionDocument } from '../support/environments.ts';
import { type ServiceStage, serviceStage } from '../support/service-stage.ts';

describe('a Python function that takes messages of a queue, alone', () => {
  let stage: ServiceStage;
  beforeAll(async () => {
    stage = await serviceStage('ledger');
  });
  afterAll(() => stage?.remove());
  const aws = <T>(...args: string[]) => stage.aws<T>('test', ...args);
  const physical = async (id: string) => {
    const { StackResources } = await aws<{
      StackResources: { LogicalResourceId: string; PhysicalResourceId: string }[];
    }>('cloudformation', 'describe-stack-resources', '--stack-name', 'soundbite-test');
    return StackResources.find(({ LogicalResourceId }) => LogicalResourceId.startsWith(id))?.PhysicalResourceId ?? '';
  };

  it('books what is sent to it as soon as its first release is live, and has no address', async () => {
    const { environments } = await stage.soundbite<Status>(0, 'up');
    expect(environments).toMatchObject([{ name: 'test', state: 'healthy', url: null }]);
    const [queue, table, id] = [await physical('Incoming'), await physical('Entries'), randomUUID()];
    const body = JSON.stringify({ id, cents: 250 });
    await aws('sqs', 'send-message', '--queue-url', queue, '--message-body', body);
    const key = JSON.stringify({ id: { S: id } });
    const entry = () => aws<{ Item?: unknown }>('dynamodb', 'get-item', '--table-name', table, '--key', key);
    await expect
      .poll(async () => (await entry()).Item, { timeout: 30_000, interval: 500 })
      .toEqual({
        id: { S: id },
        cents: { N: '250' },
      });
  });

  it('is stopped by its own smoke before a bad release takes a message', async () => {
    const before = await stage.environment('test');
    await stage.service.change('src/book.py', 'int(message["cents"])', 'int(message["cents"]) * 100');
    await stage.cut();
    const promotion = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringMatching(/smoke: books: .*25000/) });
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: before?.release });
  });

  it('keeps its version in a release that changes the stack alone, which is live all the same, and gone back from', async () => {
    const before = (await stage.environment('test'))?.release;
    await stage.service.change('src/book.py', 'int(message["cents"]) * 100', 'int(message["cents"])');
    await stage.service.change(
      'infra/app.mjs',
      "new Queue(stack, 'Incoming')",
      "new Queue(stack, 'Incoming', { maxMessageSizeBytes: 65_536 })",
    );
    const { Functions } = await aws<{ Functions: { FunctionName: string }[] }>('lambda', 'list-functions');
    const name = Functions.find(({ FunctionName }) => FunctionName.includes('Book'))?.FunctionName ?? '';
    const listed = () =>
      aws<{ Versions: { Version: string }[] }>('lambda', 'list-versions-by-function', '--function-name', name);
    const versions = async () => (await listed()).Versions.map(({ Version }) => Version);
    const there = await versions();
    const release = await stage.cut();
    expect(await stage.soundbite<PromotionDocument>(0, 'promote', 'test')).toMatchObject({
      state: 'succeeded',
      release,
    });
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release });
    expect(there).toEqual(expect.arrayContaining(await versions()));
    const back = await stage.soundbite<PromotionDocument>(0, 'rollback', 'test');
    expect(back).toMatchObject({ state: 'succeeded', release: before, previous: release });
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: before });
    expect(there).toEqual(expect.arrayContaining(await versions()));
  });

  it('is stopped before traffic by its compatibility program, when it does not book what is on its way to the version before', async () => {
    const before = await stage.environment('test');
    const { change } = stage.service;
    await change(
      'src/book.py',
      '"cents": int(message["cents"])}',
      '"cents": int(message["cents"]), "currency": message["currency"]}',
    );
    // Its smoke knows the new messages only.
    await change(
      'smoke/main.mjs',
      "record('good', { id: 'a', cents: 250 })",
      "record('good', { id: 'a', cents: 250, currency: 'EUR' })",
    );
    await change('service.yaml', 'infra, src, smoke]', 'infra, src, smoke, compatibility]');
    await change(
      'service.yaml',
      'smoke:\n',
      `compatibility: ${program}\n\nsmoke:\n`.replace('<directory>', 'compatibility'),
    );
    await stage.cut();
    const { steps, ...promotion } = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    const reason =
      /^compatibility: books-messages-of-before: the live version answers .*"cents": ?100.*, the new one .*"old"/;
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
    expect(steps.map(({ name, state }) => `${name} ${state}`).slice(4)).toEqual([
      'smoke succeeded',
      'compatibility failed',
      'rollback succeeded',
    ]);
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: before?.release });
  });

  it('migrates its entries before it has traffic, by its own function and permissions; without them it is stopped', async () => {
    const before = await stage.environment('test');
    const { change } = stage.service;
    await change('src/book.py', 'message["currency"]', 'message.get("currency", "EUR")');
    await change('src/book.py', '    failures = []\n', migrating);
    await change('src/book.py', 'def entry_of(message):', `${migrate}def entry_of(message):`);
    await change('service.yaml', 'compatibility]', 'compatibility, migration]');
    await change('service.yaml', 'smoke:\n', `migration: ${program}\n\nsmoke:\n`.replace('<directory>', 'migration'));
    await stage.cut();
    const denied = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(denied).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^migration: program: .*dynamodb:Scan/s),
    });
    expect(denied.steps.map(({ name }) => name)).not.toContain('smoke');
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: before?.release });

    await change('infra/app.mjs', 'grantWriteData', 'grantReadWriteData');
    const release = await stage.cut();
    const { steps } = await stage.soundbite<Plan>(0, 'plan', 'test');
    expect(steps.map(({ name }) => name).slice(3, 7)).toEqual(['publish', 'migration', 'smoke', 'compatibility']);
    expect(await stage.soundbite<PromotionDocument>(0, 'promote', 'test')).toMatchObject({
      state: 'succeeded',
      release,
    });
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release });
    const { Items } = await aws<{ Items: { currency?: { S: string } }[] }>(
      'dynamodb',
      'scan',
      '--table-name',
      await physical('Entries'),
    );
    expect(Items.map(({ currency }) => currency?.S)).toEqual(Items.map(() => 'EUR'));
    expect(Items.length).toBeGreaterThan(0);

    for (const named of [[], ['--to', before?.release ?? '']]) {
      const refused = await stage.soundbite<unknown>(1, 'rollback', 'test', ...named);
      expect(refused).toMatchObject({
        error: {
          code: 'rollback-below-floor',
          message: expect.stringMatching(/has migrated the data of test/),
          hint: expect.stringContaining('--override --reason'),
        },
      });
    }
    expect(await stage.environment('test')).toMatchObject({
      ...{ state: 'healthy', release },
      wayBack: { floor: release, refused: { code: 'rollback-below-floor' } },
    });
  });
});

const program = '{ directory: <directory>, command: [node, main.mjs], seconds: 30 }';

const migrating = `    custom = getattr(context.client_context, "custom", None) or {}
    if custom.get("x-soundbite-migration") == "true":
        return migrate(event)
    failures = []
`;

const migrate = `def migrate(event):
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    start = {"ExclusiveStartKey": event["from"]} if event.get("from") else {}
    page = table.scan(Limit=1, **start)
    lacking = [item["id"] for item in page["Items"] if "currency" not in item]
    for key in lacking:
        table.update_item(
            Key={"id": key}, UpdateExpression="SET currency = :eur", ExpressionAttributeValues={":eur": "EUR"}
        )
    return {"changed": len(lacking), "next": page.get("LastEvaluatedKey")}


`;
