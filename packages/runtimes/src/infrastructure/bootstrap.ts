import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  awsNames,
  type Cloud,
  type CloudAccess,
  canonicalJson,
  clientOptions,
  type Environment,
  SoundBiteError,
} from '@soundbite/model';
import { type ChildOptions, runJob } from './child.ts';
import { pace } from './pace.ts';
import { deployedTemplate, describeStack, failingEvents, settledStack } from './stack.ts';
import { bootstrapTemplate } from './stopgap.ts';
import { refuseWedged } from './trouble.ts';

/** Our half of the bootstrap: controller role, permission boundary, execution policy, fence table. CDK's half is the toolkit stack. */
export const controllerStack = (environment: string): string => `soundbite-controller-${environment}`;

/**
 * Bootstraps an environment as administrator: first our stack (its execution policy is handed to CDK's roles), then CDK's own,
 * under the environment's qualifier. Idempotent; says whether anything changed.
 */
export async function bootstrap(
  environment: Environment,
  cloud: Cloud,
  options: ChildOptions,
  progress: (code: string | null, text: string) => void,
): Promise<{ readonly changed: boolean }> {
  const names = awsNames(environment.name);
  const access = await cloud.access('administrator');
  const own = await applyControllerStack(environment, access, cloud);
  const toolkit = await runJob(
    {
      kind: 'bootstrap',
      access,
      toolkitStack: names.toolkitStack,
      qualifier: names.qualifier,
      executionPolicy: `arn:${partition(access.region)}:iam::${access.account}:policy/${names.executionPolicy}`,
      everyMs: pace(cloud).everyMs,
    },
    options,
    progress,
  );
  return { changed: own || toolkit };
}

/** True when both stacks are there and ours is the present one. An account that lets the controller in not yet is not bootstrapped. */
export async function isBootstrapped(environment: Environment, cloud: Cloud): Promise<boolean> {
  const client = new CloudFormationClient(clientOptions(await cloud.access('administrator')));
  try {
    const name = controllerStack(environment.name);
    const [own, toolkit] = await Promise.all([
      describeStack(client, name),
      describeStack(client, awsNames(environment.name).toolkitStack),
    ]);
    if (!isComplete(own?.StackStatus) || !isComplete(toolkit?.StackStatus)) return false;
    return canonicalJson(await deployedTemplate(client, name)) === canonicalJson(bootstrapTemplate(environment));
  } finally {
    client.destroy();
  }
}

async function applyControllerStack(environment: Environment, access: CloudAccess, cloud: Cloud): Promise<boolean> {
  const name = controllerStack(environment.name);
  const client = new CloudFormationClient(clientOptions(access));
  const input = {
    StackName: name,
    TemplateBody: JSON.stringify(bootstrapTemplate(environment)),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
    Tags: [{ Key: 'soundbite:environment', Value: environment.name }],
  };
  const started = new Date();
  try {
    const before = await settledStack(client, name, pace(cloud));
    refuseWedged(name, before);
    if (before && /^(ROLLBACK_COMPLETE|CREATE_FAILED|ROLLBACK_FAILED)$/.test(before.StackStatus ?? '')) {
      await client.send(new DeleteStackCommand({ StackName: name }));
      await settledStack(client, name, pace(cloud));
      await client.send(new CreateStackCommand(input));
    } else if (before) await client.send(new UpdateStackCommand(input));
    else await client.send(new CreateStackCommand(input));
    const after = await settledStack(client, name, pace(cloud));
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(after?.StackStatus ?? '')) return true;
    const reasons = await failingEvents(client, name, started);
    throw new SoundBiteError('bootstrap-failed', `stack ${name} is ${after?.StackStatus}: ${reasons.join('; ')}`, {
      mend: `mend what it names, then: soundbite bootstrap ${environment.name}`,
    });
  } catch (error) {
    if (error instanceof Error && /No updates are to be performed/.test(error.message)) return false;
    throw error;
  } finally {
    client.destroy();
  }
}

const isComplete = (status: string | undefined) => /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status ?? '');

/** The AWS partition of a region. */
const partition = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
