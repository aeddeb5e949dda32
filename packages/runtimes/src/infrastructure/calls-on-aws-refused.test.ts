import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsRefusal } from './testing.ts';
import {
  changeSet,
  changeSetExchange,
  changeSetId,
  described,
  events,
  execute,
  fence,
  made,
  noStack,
  published,
  recordedStack,
  stack,
  stackId,
} from './testing-stack.ts';

// What a real account says no to, in its own words, and whose fault that is.

vi.mock('./pace.ts', () => ({ pace: () => ({ everyMs: 1, withinMs: 2000, beginsWithinMs: 50 }) }));

describe('a stack that a real account does not deploy', () => {
  let at: Awaited<ReturnType<typeof recordedStack>>;
  beforeEach(async () => {
    at = await recordedStack();
  });
  afterEach(() => at.close());

  /** Up to the execution of a change set on a stack with one event. */
  const executed = [
    fence,
    described('UPDATE_COMPLETE'),
    published,
    ...made,
    described('UPDATE_COMPLETE'),
    events('1 Queue CREATE_FAILED of another time'),
    fence,
    execute,
  ];

  it.each([
    'Template format error: Unresolved resource dependencies [Queu] in the Resources block of the template',
    'Parameters: [CloudKind] must have values',
    'Template error: resource Queue does not support attribute type Nothing in Fn::GetAtt',
  ])('has a template that is refused, at once or when the change set is made: %s', async (message) => {
    const refused = { code: 'infrastructure-failed', source: 'user', message: expect.stringContaining(message) };
    const before = [fence, described('UPDATE_COMPLETE'), published];
    const atOnce = await at.deployed([...before, ['CreateChangeSet', awsRefusal('ValidationError', message)]]);
    expect(atOnce.error).toMatchObject(refused);
    const later = await at.deployed([...before, changeSetExchange, changeSet('FAILED', message)]);
    expect(later.error).toMatchObject(refused);
  });

  it.each([
    `Stack:${stackId} is in UPDATE_IN_PROGRESS state and can not be updated.`,
    `Stack [${stack}] already exists and cannot be created with the changes`,
    `Stack [${stack}] does not exist`,
    'Role arn:aws:iam::123456789012:role/cdk is invalid or cannot be assumed',
    'S3 error: Access Denied',
    'TemplateURL must reference a valid S3 object to which you have access.',
    'Unable to fetch parameters [/cdk-bootstrap/x/version] from parameter store for this account.',
  ])('is not at fault itself where the account refuses: %s', async (message) => {
    const refused = { code: 'change-set-refused', source: 'system', message: expect.stringContaining(message) };
    const before = [fence, described('UPDATE_COMPLETE'), published];
    const atOnce = await at.deployed([...before, ['CreateChangeSet', awsRefusal('ValidationError', message)]]);
    expect(atOnce.error).toMatchObject(refused);
    const later = await at.deployed([...before, changeSetExchange, changeSet('FAILED', message)]);
    expect(later.error).toMatchObject(refused);
  });

  it('has what early validation found, which the change set itself does not say', async () => {
    const summary =
      'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.';
    const found = {
      EventType: 'VALIDATION_ERROR',
      LogicalResourceId: 'Queue',
      ResourceType: 'AWS::SQS::Queue',
      ValidationName: 'NAME_CONFLICT_VALIDATION',
      ValidationStatusReason: `Resource of type 'AWS::SQS::Queue' with identifier 'jobs' already exists.`,
      ValidationPath: '/Resources/Queue',
    };
    const before = [fence, noStack, published, changeSetExchange, changeSet('FAILED', summary)];
    const named = await at.deployed([...before, ['DescribeEvents', { OperationEvents: [found] }]]);
    expect(named.error).toMatchObject({
      code: 'infrastructure-failed',
      source: 'user',
      message: `CloudFormation rejected the template: Queue (AWS::SQS::Queue): ${found.ValidationStatusReason}`,
      evidence: { failures: [{ id: 'Queue', status: 'VALIDATION_ERROR', reason: found.ValidationStatusReason }] },
    });
    expect(at.aws.inputOf('DescribeEvents')).toEqual([
      expect.objectContaining({ ChangeSetName: changeSetId, 'Filters.FailedEvents': 'true' }),
    ]);
    const unnamed = await at.deployed([...before, ['DescribeEvents', { OperationEvents: [] }]]);
    expect(unnamed.error?.message).toContain('AWS::EarlyValidation::ResourceExistenceCheck');
  });

  it('is not put over a stack that somebody else deployed, whose users would get it before its gates', async () => {
    const { error } = await at.deployed([fence, described('UPDATE_COMPLETE', { of: null })]);
    expect(error).toMatchObject({
      code: 'stack-foreign',
      message: `the stack ${stack} stands, and SoundBite did not deploy it`,
    });
  });

  it('has a change set that somebody else deleted', async () => {
    const { error } = await at.deployed([fence, noStack, published, changeSetExchange, changeSet('DELETE_COMPLETE')]);
    expect(error).toMatchObject({ code: 'change-set-refused', source: 'system' });
  });

  it('rolls back: the cause is named, and not what was cancelled by it or failed at another time', async () => {
    const { error } = await at.deployed([
      ...executed,
      described('UPDATE_ROLLBACK_IN_PROGRESS', { updated: 2 }),
      events(
        '4 Table UPDATE_FAILED Resource update cancelled',
        '3 Queue UPDATE_FAILED a queue with this name was deleted just now',
        `2 ${stack} UPDATE_IN_PROGRESS User Initiated`,
        '1 Queue CREATE_FAILED of another time',
      ),
      described('UPDATE_ROLLBACK_COMPLETE', { updated: 2 }),
      events(`5 ${stack} UPDATE_ROLLBACK_COMPLETE`, '4 Table UPDATE_FAILED Resource update cancelled'),
    ]);
    expect(error).toMatchObject({
      code: 'infrastructure-failed',
      source: 'user',
      message: `stack ${stack} is UPDATE_ROLLBACK_COMPLETE: Queue (AWS::SQS::Queue): a queue with this name was deleted just now`,
    });
  });

  it('rolls back though no resource of it failed', async () => {
    const { error } = await at.deployed([
      ...executed,
      described('UPDATE_ROLLBACK_COMPLETE', { updated: 2 }),
      events(
        `4 ${stack} UPDATE_ROLLBACK_COMPLETE`,
        `3 ${stack} UPDATE_ROLLBACK_IN_PROGRESS Export Queue cannot be deleted as it is in use by other`,
        `2 ${stack} UPDATE_IN_PROGRESS User Initiated`,
        '1 Queue CREATE_FAILED of another time',
      ),
    ]);
    expect(error?.message).toContain('Export Queue cannot be deleted as it is in use by other');
  });

  it('is not made while what a first create left cannot be removed', async () => {
    const { error } = await at.deployed([
      fence,
      described('ROLLBACK_FAILED'),
      published,
      fence,
      ['DeleteStack', {}],
      described('DELETE_FAILED'),
    ]);
    expect(error).toMatchObject({ code: 'stack-wedged', source: 'user' });
  });

  it.each(['UPDATE_ROLLBACK_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED'])('waits for a person: %s', async (status) => {
    const { error } = await at.deployed([fence, described(status)]);
    expect(error).toMatchObject({ code: 'stack-wedged', source: 'user' });
  });

  it('is not taken for done when its operation has not begun', async () => {
    at.aws.expect(executed);
    at.aws.afterwards({
      DescribeStacks: described('UPDATE_COMPLETE')[1],
      DescribeStackEvents: events('1 Queue CREATE_FAILED of another time')[1],
    });
    await expect(at.deploy()).rejects.toMatchObject({ code: 'stack-idle', source: 'system' });
  });

  it('is left alone when a newer generation took over while it was waited for', async () => {
    const { error } = await at.deployed([
      ...executed.slice(0, -2),
      ['UpdateItem', awsRefusal('ConditionalCheckFailedException', 'no')],
      ['GetItem', { Item: { owner: { S: 'db' }, generation: { N: '8' } } }],
    ]);
    expect(error).toMatchObject({ code: 'generation-old' });
  });
});
