import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { lookForDrift } from './settings.ts';
import { deployedTemplate, settledStack } from './stack.ts';

/** What CloudFormation does not bring to an end, by recorded answers: each action gives always the same. */

const answering = (answers: Readonly<Record<string, unknown>>) => {
  const asked: string[] = [];
  const send = async (command: object) => {
    const action = command.constructor.name.replace('Command', '');
    asked.push(action);
    return answers[action];
  };
  return { client: { send } as unknown as CloudFormationClient, asked };
};
const pace = { everyMs: 1, withinMs: 100, beginsWithinMs: 100 };
const stack = (StackStatus: Stack['StackStatus']): Stack => ({
  StackName: 'soundbite-staging',
  StackStatus,
  CreationTime: new Date(),
});

it('a stack on which an operation goes on for too long is busy, and it says how to look', async () => {
  const { client, asked } = answering({ DescribeStacks: { Stacks: [stack('UPDATE_IN_PROGRESS')] } });
  await expect(settledStack(client, 'soundbite-staging', pace)).rejects.toMatchObject({
    code: 'stack-busy',
    message: 'stack soundbite-staging is still busy after 0.1 s',
    hint: expect.stringContaining('describe-stacks --stack-name soundbite-staging'),
  });
  expect(asked.length).toBeGreaterThan(1);
});

it('a template that is not JSON is not ours', async () => {
  const { client } = answering({ GetTemplate: { TemplateBody: 'Resources: {}' } });
  const error = { code: 'template-unreadable', message: 'the template of stack soundbite-staging is not JSON' };
  await expect(deployedTemplate(client, 'soundbite-staging')).rejects.toMatchObject(error);
});

it('a drift detection that does not end says nothing of the stack', async () => {
  const { client, asked } = answering({
    DetectStackDrift: { StackDriftDetectionId: 'd-1' },
    DescribeStackDriftDetectionStatus: { DetectionStatus: 'DETECTION_IN_PROGRESS' },
  });
  await expect(lookForDrift(client, stack('UPDATE_COMPLETE') ?? null, pace)).rejects.toMatchObject({
    code: 'drift-unknown',
    message: expect.stringContaining('soundbite-staging'),
  });
  expect(new Set(asked)).toEqual(new Set(['DetectStackDrift', 'DescribeStackDriftDetectionStatus']));
});
