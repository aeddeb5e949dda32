import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation';
import { deployStack } from '../test-stacks.ts';
import { type Check, eventually } from './check.ts';

const stack = 'foretold';
const bucket = (Tags: object[]) => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName: stack, Tags } });
const logs = (LogGroupName: string) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName } });
const queue = (QueueName: string, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName },
  ...more,
});
const permission = (attribute: string) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Renamed' }],
    PolicyDocument: { Statement: [{ 'Fn::GetAtt': ['Renamed', attribute] }] },
  },
});

export const changeSets: Check = {
  correction: 'change_sets',
  title:
    'a change set says of each resource whether it is replaced, removes one whose condition no longer holds, and gives none another type',
  failsWithout: /a tag replaces no bucket/,
  async holds(account) {
    await deployStack(account, stack, {
      Bucket: bucket([]),
      Logs: logs('before'),
      Renamed: queue('before'),
      Conditional: queue('conditional'),
      Policy: permission('Arn'),
    });
    const other = await made(account.config, { Resources: { Logs: queue('no-log-group') } });
    const found = changesOf(
      await made(account.config, {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          Bucket: bucket([{ Key: 'team', Value: 'a' }]),
          Logs: logs('after'),
          Renamed: queue('after'),
          Conditional: queue('conditional', { Condition: 'Never' }),
          Policy: permission('Arn'),
        },
      }),
    );
    assert.deepEqual(
      [found.Bucket?.Action, found.Bucket?.Replacement],
      ['Modify', 'False'],
      'a tag replaces no bucket',
    );
    assert.deepEqual([found.Logs?.Action, found.Logs?.Replacement], ['Modify', 'True'], 'a name replaces a log group');
    assert.equal(found.Renamed?.Replacement, 'True', 'a name replaces a queue');
    assert.equal(found.Conditional?.Action, 'Remove', 'a resource whose condition fails leaves');
    const [through] = found.Policy?.Details?.filter(({ CausingEntity }) => CausingEntity === 'Renamed') ?? [];
    assert.equal(through?.ChangeSource, 'ResourceReference', 'a reference carries a replacement on');
    assert.equal(through?.Evaluation, 'Static', 'and is certain of it');
    assert.equal(other.Status, 'FAILED', 'a resource keeps its type');
    assert.match(other.StatusReason ?? '', /Update of resource type is not permitted.*\[Logs\]$/);
  },
};

/** A change set to this template, when it is made or has failed. */
async function made(
  config: Readonly<Record<string, unknown>>,
  template: object,
): Promise<DescribeChangeSetCommandOutput> {
  const cloudformation = new CloudFormationClient(config);
  const names = { StackName: stack, ChangeSetName: `${stack}-${randomUUID()}` };
  await cloudformation.send(new CreateChangeSetCommand({ ...names, TemplateBody: JSON.stringify(template) }));
  return eventually('the change set', async () => {
    const seen = await cloudformation.send(new DescribeChangeSetCommand(names));
    return /_COMPLETE$|^FAILED$/.test(seen.Status ?? '') ? seen : undefined;
  });
}

/** What a change set says, by logical ids. */
function changesOf({ Changes = [] }: DescribeChangeSetCommandOutput): Readonly<Record<string, ResourceChange>> {
  const changes = Changes.flatMap(({ ResourceChange }) => ResourceChange ?? []);
  return Object.fromEntries(changes.map((change) => [change.LogicalResourceId, change]));
}
