import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  awsNames,
  bootstrapTemplate,
  type Cloud,
  type CloudAccess,
  canonicalJson,
  clientOptions,
  type Environment,
  SoundBiteError,
} from '@soundbite/model';
import { failuresIn, stackNews } from './news.ts';
import { pace } from './pace.ts';
import { deployedTemplate, describeStack, settledStack } from './stack.ts';
import { refuseWedged } from './trouble.ts';

/**
 * Bootstraps an environment as administrator: one stack, under the environment's own qualifier. Idempotent; says whether anything
 * changed. Errors: `bootstrap-failed`, `stack-wedged`, `stack-busy`.
 */
export async function bootstrap(environment: Environment, cloud: Cloud): Promise<{ readonly changed: boolean }> {
  return withClient(await cloud.access('administrator'), async (client) => {
    const StackName = awsNames(environment.name).toolkitStack;
    const before = await settledStack(client, StackName, pace(cloud));
    refuseWedged(StackName, before);
    if (await isPresent(client, environment, before)) return { changed: false };
    const news = await stackNews(client, StackName);
    const input = {
      StackName,
      TemplateBody: JSON.stringify(bootstrapTemplate(environment)),
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      Tags: [{ Key: 'soundbite:environment', Value: environment.name }],
    };
    if (isComplete(before)) await client.send(new UpdateStackCommand(input));
    else {
      // A first create that failed holds nothing.
      if (before) await client.send(new DeleteStackCommand({ StackName }));
      await settledStack(client, StackName, pace(cloud));
      await client.send(new CreateStackCommand(input));
    }
    const after = await settledStack(client, StackName, pace(cloud));
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(after?.StackStatus ?? '')) return { changed: true };
    const reasons = failuresIn(await news());
    throw new SoundBiteError(
      'bootstrap-failed',
      `stack ${StackName} is ${after?.StackStatus ?? 'gone'}: ${reasons.join('; ')}`,
      { mend: `mend what it names, then: soundbite bootstrap ${environment.name}` },
    );
  });
}

/** True when the bootstrap stack stands as this version of SoundBite wants it and its controller role can be assumed. */
export async function isBootstrapped(environment: Environment, cloud: Cloud): Promise<boolean> {
  const access = await cloud.access('controller').catch((error: unknown) => {
    if (error instanceof SoundBiteError && error.code === 'cloud-credentials') return null;
    throw error;
  });
  if (!access) return false;
  return withClient(access, async (client) =>
    isPresent(client, environment, await describeStack(client, awsNames(environment.name).toolkitStack)),
  );
}

async function isPresent(
  client: CloudFormationClient,
  environment: Environment,
  stack: Stack | null,
): Promise<boolean> {
  if (!isComplete(stack)) return false;
  const deployed = await deployedTemplate(client, awsNames(environment.name).toolkitStack);
  return canonicalJson(deployed) === canonicalJson(bootstrapTemplate(environment));
}

const isComplete = (stack: Stack | null) => /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack?.StackStatus ?? '');

async function withClient<T>(access: CloudAccess, act: (client: CloudFormationClient) => Promise<T>): Promise<T> {
  const client = new CloudFormationClient(clientOptions(access));
  try {
    return await act(client);
  } finally {
    client.destroy();
  }
}
