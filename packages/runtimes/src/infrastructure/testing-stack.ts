import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsNames, type Cloud, type Environment } from '@soundbite/model';
import { expect, vi } from 'vitest';
import { type InfrastructureEvent, infrastructure } from './infrastructure.ts';
import { awsRefusal, type Exchange, recordedAws } from './testing.ts';
import { assemblyOf, writeAssembly } from './testing-assembly.ts';

/** The vocabulary of recorded conversations about the stack of `staging`: what is asked, and how a real account answers. */

export const { stack, qualifier } = awsNames('staging');
export const release = `sha256:${'b'.repeat(64)}` as const;
export const older = `sha256:${'a'.repeat(64)}` as const;
export const stackId = `arn:aws:cloudformation:eu-central-1:123456789012:stack/${stack}/1`;
export const changeSetId = `arn:aws:cloudformation:eu-central-1:123456789012:changeSet/${qualifier}-7-00000000/1`;
export const { template } = assemblyOf('staging');

export const fence: Exchange = ['UpdateItem', {}];
export const noStack: Exchange = [
  'DescribeStacks',
  awsRefusal('ValidationError', `Stack with id ${stack} does not exist`),
];

/** `updated`: the second of its last update. `of`: the release that its parameters name; null: it has no parameters. */
export const described = (
  StackStatus: string,
  {
    updated = 1,
    of = older,
    isProtected = false,
    why = '',
  }: { updated?: number; of?: string | null; isProtected?: boolean; why?: string } = {},
): Exchange => [
  'DescribeStacks',
  {
    Stacks: [
      {
        StackName: stack,
        StackId: stackId,
        StackStatus,
        StackStatusReason: why,
        LastUpdatedTime: `2026-01-01T00:00:0${updated}.000Z`,
        EnableTerminationProtection: isProtected,
        Outputs: [{ OutputKey: 'QueueUrl', OutputValue: 'https://sqs/q' }],
        Parameters:
          of === null
            ? []
            : [
                { ParameterKey: 'ReleaseDigest', ParameterValue: of },
                { ParameterKey: 'CloudKind', ParameterValue: 'real' },
              ],
      },
    ],
  },
];
export const review = described('REVIEW_IN_PROGRESS', { updated: 0 });
export const templateExchange: Exchange = ['GetTemplate', { TemplateBody: JSON.stringify(template) }];
export const published: Exchange = [
  'HEAD template.json',
  { headers: { 'content-length': String(JSON.stringify(template).length) } },
];

export const changeSetExchange: Exchange = ['CreateChangeSet', { Id: changeSetId, StackId: stackId }];
export const changeSet = (Status: string, StatusReason = ''): Exchange => [
  'DescribeChangeSet',
  { ChangeSetId: changeSetId, StackId: stackId, Status, StatusReason },
];
export const made = [
  changeSetExchange,
  ...['CREATE_PENDING', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE'].map((one) => changeSet(one)),
];
/** A change set that is made, with what it says of resources; `next`: the token of its next page. */
export const changeSetOf = (changes: readonly object[], next?: string): Exchange => [
  'DescribeChangeSet',
  {
    ChangeSetId: changeSetId,
    StackId: stackId,
    Status: 'CREATE_COMPLETE',
    Changes: changes.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })),
    ...(next ? { NextToken: next } : {}),
  },
];
export const execute: Exchange = ['ExecuteChangeSet', {}];

/** Events, newest first: `<id> <logical id> <status>[ <reason>]`. */
export const events = (...lines: readonly string[]): Exchange => [
  'DescribeStackEvents',
  {
    StackEvents: lines.map((line) => {
      const [EventId, LogicalResourceId, ResourceStatus, ...reason] = line.split(' ');
      const ResourceType = LogicalResourceId === stack ? 'AWS::CloudFormation::Stack' : 'AWS::SQS::Queue';
      return { EventId, LogicalResourceId, ResourceType, ResourceStatus, ResourceStatusReason: reason.join(' ') };
    }),
  },
];

/** A control plane in front of recorded conversations, with the assembly of `staging` in `directory`. */
export async function recordedStack() {
  const aws = await recordedAws();
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-calls-'));
  await writeAssembly(directory, 'staging', assemblyOf('staging'));
  const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'secret' };
  const access = { kind: 'real' as const, account: '123456789012', region: 'eu-central-1', credentials };
  const cloud: Cloud = { kind: 'real', access: async () => access, checkpoint: async () => {} };
  const told: InfrastructureEvent[] = [];
  const stacks = infrastructure({ emit: (event) => told.push(event) });
  const controller = 'arn:aws:iam::123456789012:role/controller';
  const real = { kind: 'real' as const, account: access.account, region: access.region, role: controller };
  const environment = { name: 'staging', protected: false, cloud: real } as Environment;
  const outcome = async <T>(act: Promise<T>) =>
    act.then(
      (value) => ({ value, error: null }),
      (error: unknown) => ({ value: null, error: error as Error }),
    );
  /** Acts over a recorded conversation, of which every call must come in its order, and no other. */
  const over = async <T>(exchanges: readonly Exchange[], act: () => Promise<T>) => {
    aws.expect(exchanges);
    const result = await outcome(act());
    expect(aws.calls, result.error?.message ?? '').toEqual(exchanges.map(([call]) => call));
    return result;
  };
  const deploy = (of = environment, allowed: readonly string[] = []) =>
    stacks.deploy(of, cloud, directory, release, { owner: 'db', generation: 7 }, allowed);
  return {
    aws,
    cloud,
    directory,
    environment,
    stacks,
    told,
    over,
    deploy,
    deployed: (exchanges: readonly Exchange[], of = environment) => over(exchanges, () => deploy(of)),
    close: async () => {
      vi.unstubAllEnvs();
      aws.close();
      await rm(directory, { recursive: true });
    },
  };
}
