import { randomUUID } from 'node:crypto';
import type { Status } from '@soundbite/client';
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
});
