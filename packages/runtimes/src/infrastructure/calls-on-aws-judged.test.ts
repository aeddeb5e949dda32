import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Exchange } from './testing.ts';
import {
  changeSetExchange,
  changeSetOf,
  described,
  events,
  execute,
  fence,
  published,
  recordedStack,
  templateExchange,
} from './testing-stack.ts';

// CloudFormation's own word on what a change set replaces, as its documentation has it, and what is done for it: nothing, unless somebody named it.

vi.mock('./pace.ts', () => ({ pace: () => ({ everyMs: 1, withinMs: 2000, beginsWithinMs: 300 }) }));

const modified = (LogicalResourceId: string, ResourceType: string, Replacement: string, ...Details: object[]) => ({
  Action: 'Modify',
  LogicalResourceId,
  ResourceType,
  Replacement,
  Scope: ['Properties'],
  Details,
});
const detail = (Name: string, RequiresRecreation: string, more: object = {}) => ({
  Target: { Attribute: 'Properties', Name, RequiresRecreation },
  Evaluation: 'Static',
  ChangeSource: 'DirectModification',
  ...more,
});
const throughQueue = (attribute: string) =>
  modified(
    'Mapping',
    'AWS::Lambda::EventSourceMapping',
    'Conditional',
    detail('EventSourceArn', 'Always', {
      Evaluation: 'Dynamic',
      ChangeSource: 'ResourceAttribute',
      CausingEntity: `Queue.${attribute}`,
    }),
  );
const renamed = modified('Queue', 'AWS::SQS::Queue', 'True', detail('QueueName', 'Always'));
const bigger = modified('Queue', 'AWS::SQS::Queue', 'False', detail('VisibilityTimeout', 'Never'));

describe('a change set on a real account', () => {
  let at: Awaited<ReturnType<typeof recordedStack>>;
  beforeEach(async () => {
    at = await recordedStack();
  });
  afterEach(() => at.close());

  const before = [fence, described('UPDATE_COMPLETE'), published, changeSetExchange];
  const removed: Exchange = ['DeleteChangeSet', {}];
  const executed = [
    described('UPDATE_COMPLETE'),
    events('1 Queue CREATE_COMPLETE'),
    fence,
    execute,
    described('UPDATE_COMPLETE', { updated: 2 }),
    events('1 Queue CREATE_COMPLETE'),
  ];
  const over = (exchanges: readonly Exchange[], ...allowed: string[]) =>
    at.over([...before, ...exchanges], () => at.deploy(at.environment, allowed));

  it('is deleted and not executed where it replaces what nobody named', async () => {
    const { error } = await over([changeSetOf([renamed]), templateExchange, removed]);
    expect(error).toMatchObject({
      code: 'removal-unnamed',
      message: 'it would take away Queue (AWS::SQS::Queue is replaced when QueueName changes)',
      hint: 'if nothing that may come back needs it: --allow-removal "Queue"',
    });
    const [asked] = at.aws.inputOf('CreateChangeSet');
    expect(at.aws.inputOf('DeleteChangeSet')).toMatchObject([{ ChangeSetName: asked?.ChangeSetName }]);
  });

  it('is read to its last page', async () => {
    const { error } = await over([changeSetOf([bigger], 'more'), changeSetOf([renamed]), templateExchange, removed]);
    expect(error).toMatchObject({ code: 'removal-unnamed' });
    expect(at.aws.inputOf('DescribeChangeSet')).toMatchObject([{}, { NextToken: 'more' }]);
  });

  it('is executed where somebody named what it replaces', async () => {
    const { error } = await over([changeSetOf([renamed]), templateExchange, ...executed], 'Queue');
    expect(error).toBeNull();
  });

  it('is refused where CloudFormation cannot say', async () => {
    const { error } = await over([changeSetOf([bigger, throughQueue('QueueUrl')]), templateExchange, removed]);
    expect(error).toMatchObject({ code: 'removal-unnamed', message: expect.stringContaining('Mapping') });
    const untold = { Action: 'Modify', LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue' };
    const silent = await over([changeSetOf([untold]), removed]);
    expect(silent.error).toMatchObject({ code: 'removal-unnamed', message: expect.stringContaining('does not say') });
  });

  it('is executed where all stays: an ARN does not change while its resource stands', async () => {
    // No template is read for what is harmless by itself.
    expect((await over([changeSetOf([bigger]), ...executed])).error).toBeNull();
    const conditional = [changeSetOf([bigger, throughQueue('Arn')]), templateExchange, ...executed];
    expect((await over(conditional)).error).toBeNull();
  });
});
