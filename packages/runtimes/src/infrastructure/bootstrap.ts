import { randomBytes } from 'node:crypto';
import {
  type CloudFormationClient,
  CreateStackCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  awsNames,
  bootstrapTemplate,
  type Cloud,
  canonicalJson,
  changeSetName,
  type Environment,
  SoundBiteError,
} from '@soundbite/model';
import { isDenied } from '../aws/retry.ts';
import type { Recovery } from './bring.ts';
import { withCloudFormation } from './client.ts';
import { withEyes } from './eyes.ts';
import { asLooker } from './lookup-role.ts';
import { membersOf } from './members.ts';
import { failuresIn, stackNews } from './news.ts';
import { pace } from './pace.ts';
import { missingOf } from './presence.ts';
import { recoverStack } from './recover.ts';
import { deleteStack, describeStack, settledStack } from './stack.ts';
import { rememberedTemplates, type Templates } from './templates.ts';
import { refuseWedged } from './trouble.ts';

/**
 * Bootstraps an environment as administrator: one stack, under the environment's own qualifier. Idempotent; says whether anything
 * changed. Errors: `bootstrap-failed`, `stack-wedged`, `stack-busy`.
 */
export async function bootstrap(environment: Environment, cloud: Cloud): Promise<{ readonly changed: boolean }> {
  return withCloudFormation(await cloud.access('administrator'), async (client) => {
    const StackName = awsNames(environment.name).toolkitStack;
    const recovered = await recoverStack(await recoveryOf(environment, cloud, client));
    const before = await settledStack(client, StackName, pace(cloud));
    refuseWedged(StackName, before);
    if (recovered.length === 0 && (await isPresent(client, environment, before))) return { changed: false };
    const news = await stackNews(client, StackName);
    const input = {
      StackName,
      TemplateBody: JSON.stringify(bootstrapTemplate(environment)),
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      Tags: [{ Key: 'soundbite:environment', Value: environment.name }],
    };
    const stands = isComplete(before) ? before : null;
    // A first create that failed holds nothing.
    if (before && !stands) refuseWedged(StackName, await deleteStack(client, before, pace(cloud)));
    await client.send(stands ? new UpdateStackCommand(input) : new CreateStackCommand(input));
    const after = await settledStack(client, StackName, pace(cloud), { since: stands });
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(after?.StackStatus ?? '')) return { changed: true };
    const reasons = failuresIn(await news());
    throw new SoundBiteError(
      'bootstrap-failed',
      `stack ${StackName} is ${after?.StackStatus ?? 'gone'}: ${reasons.join('; ')}`,
      { hint: `fix what the message names, then: soundbite bootstrap ${environment.name}` },
    );
  });
}

/** True if the bootstrap stack is as this version of SoundBite requires it, all its resources exist, and its roles can be assumed. */
export async function isBootstrapped(environment: Environment, cloud: Cloud, templates: Templates): Promise<boolean> {
  const access = await asLooker(environment, cloud).catch((error: unknown) => {
    if (error instanceof SoundBiteError && error.code === 'cloud-credentials') return null;
    throw error;
  });
  if (!access) return false;
  const { toolkitStack } = awsNames(environment.name);
  const look = withCloudFormation(access, async (client) => {
    if (!(await isPresent(client, environment, await describeStack(client, toolkitStack), templates))) return false;
    const members = await membersOf(client, toolkitStack);
    const missing = await withEyes(access, (eyes) => missingOf(eyes, bootstrapTemplate(environment), members));
    return missing.length === 0;
  });
  return look.catch((error: unknown) => {
    // The role is gone while its session lives on (after `destroy`), somebody took rights from it, or an older SoundBite made it.
    if (isDenied(error)) return false;
    throw error;
  });
}

/** Access to repair the bootstrap stack: as administrator, since only they may. It has no fence: it creates the fence. */
async function recoveryOf(environment: Environment, cloud: Cloud, client: CloudFormationClient): Promise<Recovery> {
  const administrator = await cloud.access('administrator');
  return {
    client,
    wanted: {
      stack: awsNames(environment.name).toolkitStack,
      attempt: changeSetName(environment.name, `bootstrap-${randomBytes(4).toString('hex')}`),
      parameters: {},
    },
    pace: pace(cloud),
    hold: async () => {},
    tell: () => {},
    deployer: administrator,
    looker: administrator,
    template: bootstrapTemplate(environment),
    skip: [],
  };
}

async function isPresent(
  client: CloudFormationClient,
  environment: Environment,
  stack: Stack | null,
  templates = rememberedTemplates(),
): Promise<boolean> {
  if (!stack || !isComplete(stack)) return false;
  const deployed = await templates.of(client, stack);
  return canonicalJson(deployed) === canonicalJson(bootstrapTemplate(environment));
}

const isComplete = (stack: Stack | null) =>
  /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(stack?.StackStatus ?? '');
