import { Aws, Tags } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  type IPrincipal,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Data } from './data.ts';
import { contract } from './names.ts';
import { Concern, type EnvironmentStack } from './stack.ts';

/** One role for each function, the same over all its versions: an alias may only weigh versions that share their role. */
export interface ServiceRoles {
  readonly api: Role;
  readonly worker: Role;
}

const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });

/** Transactions need exactly the actions of their parts. */
const items = [
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/**
 * The roles of API and worker. In a data-only stack the environment's controller assumes them for the processes that it
 * runs; otherwise Lambda does. What they may do is the same.
 */
export function serviceRoles(stack: EnvironmentStack, data: Data): ServiceRoles {
  const scope = new Concern(stack, 'Guardrails');
  const objects = [data.bucket.arnForObjects('audio/*'), data.bucket.arnForObjects('rehearsal/*')];
  const table = [data.table.tableArn, `${data.table.tableArn}/index/lists`];
  const { runtime, settings } = stack.declared;
  const trusted: IPrincipal =
    runtime === 'aws'
      ? new ServicePrincipal('lambda.amazonaws.com')
      : new ArnPrincipal(`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${stack.names.controllerRole}`);
  const role = (id: string, roleName: string, functionName: string, statements: PolicyStatement[]) =>
    new Role(scope, id, {
      roleName,
      assumedBy: trusted,
      permissionsBoundary: ManagedPolicy.fromManagedPolicyName(scope, `${id}Boundary`, stack.names.permissionsBoundary),
      inlinePolicies: {
        service: new PolicyDocument({
          statements: runtime === 'aws' ? [...statements, writeLogs(functionName)] : statements,
        }),
      },
    });

  const api = role('ApiRole', stack.names.apiRole, stack.names.apiFunction, [
    allow(items, ...table),
    allow(['s3:DeleteObject', 's3:GetObject'], ...objects),
    allow(['s3:ListBucket'], data.bucket.bucketArn),
    allow(['sqs:GetQueueAttributes', 'sqs:SendMessage'], data.queue.queueArn),
    allow(['sqs:GetQueueAttributes'], data.deadLetters.queueArn),
  ]);
  const worker = role('WorkerRole', stack.names.workerRole, stack.names.workerFunction, [
    allow(items, ...table),
    allow(['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], ...objects),
    allow(['s3:ListBucket'], data.bucket.bucketArn),
    allow(
      [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
      data.queue.queueArn,
    ),
    allow(['sqs:GetQueueAttributes'], data.deadLetters.queueArn),
    allow(['secretsmanager:GetSecretValue'], data.webhookSecretArn),
    // Polly has no resources to name.
    ...(settings.voiceEngine === 'polly' ? [allow(['polly:SynthesizeSpeech'], '*')] : []),
  ]);

  stack.output(contract.outputs.apiRoleArn, api.roleArn);
  stack.output(contract.outputs.workerRoleArn, worker.roleArn);
  return { api, worker };
}

function writeLogs(functionName: string): PolicyStatement {
  return allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/lambda/${functionName}:*`,
  );
}

/**
 * Tags on everything that takes them: which environment it belongs to, and which concern it is paid for.
 * The release is recorded as a parameter in the account, so that a deployment that changes nothing else still says so.
 */
export function tagsAndRecord(stack: EnvironmentStack): void {
  Tags.of(stack).add('soundbite:environment', stack.declared.name);
  for (const concern of stack.node.children) {
    if (concern instanceof Concern) Tags.of(concern).add('soundbite:concern', concern.node.id.toLowerCase());
  }
  new StringParameter(new Concern(stack, 'Record'), 'InfrastructureRelease', {
    parameterName: stack.names.infrastructureParameter,
    description: 'The release whose template was deployed last',
    stringValue: stack.release.valueAsString,
  });
}
