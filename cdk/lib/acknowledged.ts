import { Validations } from 'aws-cdk-lib';
import type { EnvironmentStack } from './stack.ts';

/** A finding of cdk-nag (or of CDK's own validation) that we live with, at a construct, and why. */
export interface Acknowledged {
  /** Path below the stack; the stack itself when empty. */
  readonly at: string;
  readonly rule: string;
  readonly reason: string;
}

/** What we know of and keep, for every stack and for those with the service in them. */
export function acknowledgements({ declared, names }: EnvironmentStack): Acknowledged[] {
  const roles = ['Guardrails/ApiRole', 'Guardrails/WorkerRole'];
  const objects = roles.flatMap((at) =>
    ['audio', 'rehearsal'].map((prefix) => ({
      at,
      rule: `AwsSolutions-IAM5[Resource::<Bucket.Arn>/${prefix}/*]`,
      reason: 'An object is named by its content: its key is not known before, and only this prefix is open',
    })),
  );
  const always = [
    ...objects,
    {
      at: 'Data/Bucket',
      rule: 'AwsSolutions-S1',
      reason:
        'Only the service reads it, and by links of five minutes that it signs: its own request log says who asked',
    },
    {
      at: 'Data/WebhookSecret',
      rule: 'AwsSolutions-SMG4',
      reason: 'Whoever receives callbacks holds the same secret: a rotation is agreed with them, not scheduled',
    },
    {
      at: 'Data/DeadLetters',
      rule: 'Serverless-SQSRedrivePolicy',
      reason: 'It is the dead-letter queue itself',
    },
  ];
  if (declared.runtime !== 'aws') {
    return [
      ...always,
      {
        at: '',
        rule: 'CloudFormation-Validate::W2001',
        reason: 'Every stack takes the same two parameters, so that whoever deploys need not know what it holds',
      },
    ];
  }
  const polly = 'Polly has no resources that a policy could name';
  return [
    ...always,
    ...[
      ['Guardrails/ApiRole', names.apiFunction],
      ['Guardrails/WorkerRole', names.workerFunction],
    ].map(([at = '', name]) => ({
      at,
      rule: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/lambda/${name}:*]`,
      reason: 'Lambda names the streams of the one log group',
    })),
    { at: 'Guardrails/WorkerRole', rule: 'AwsSolutions-IAM5[Resource::*]', reason: polly },
    { at: 'Guardrails/WorkerRole', rule: 'Serverless-LambdaStarPermissions', reason: polly },
    {
      at: 'Compute/HttpRoute',
      rule: 'AwsSolutions-APIG4',
      reason:
        'The authorizer of a real cloud is declared; without one a real cloud is refused before anything is deployed',
    },
    ...['Compute/ApiFunction', 'Compute/WorkerFunction'].flatMap((at) => [
      {
        at,
        rule: 'Serverless-LambdaDLQ',
        reason: 'Neither is called asynchronously but for the sweep, which the next minute repeats',
      },
      {
        at,
        rule: 'Serverless-LambdaTracing',
        reason: 'Requests are followed by their id through structured logs, the same in every cloud and runtime',
      },
    ]),
    {
      at: 'Compute/WorkerMapping',
      rule: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'The queue has a dead-letter queue: a mapping of a queue takes no destination',
    },
    {
      at: 'Compute/SweepRule',
      rule: 'Serverless-EventBusDLQ',
      reason: 'A sweep that is lost is repeated a minute later',
    },
  ];
}

/** Tells the validations of each finding at the construct where it is found. */
export function acknowledge(stack: EnvironmentStack): void {
  for (const { at, rule, reason } of acknowledgements(stack)) {
    const path = at === '' ? [] : at.split('/');
    const construct = path.reduce((node, id) => node.findChild(id).node, stack.node);
    Validations.of(construct.scopes.at(-1) ?? stack).acknowledge({ id: rule, reason });
  }
}
