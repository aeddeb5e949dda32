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
  combinedTemplate,
  type Environment,
  type Holdings,
  holdingsIn,
  noHoldings,
  recordedHoldings,
  SoundBiteError,
  type StackTemplate,
  united,
} from '@soundbite/model';
import { isDenied } from '../aws/retry.ts';
import type { Recovery } from './bring.ts';
import { withCloudFormation } from './client.ts';
import { withEyes } from './eyes.ts';
import { asLooker } from './lookup-role.ts';
import { membersOf } from './members.ts';
import { causesIn, failuresIn, stackNews } from './news.ts';
import { pace } from './pace.ts';
import { missingOf } from './presence.ts';
import { possibleStacks } from './recorded-stacks.ts';
import { recoverStack } from './recover.ts';
import { deleteStack, describeStack, settledStack } from './stack.ts';
import { rememberedTemplates, type Templates } from './templates.ts';
import { refuseWedged } from './trouble.ts';

/**
 * Bootstraps an environment as administrator: one stack, under the environment's own qualifier, for what its stack shall hold and what it holds
 * now. Idempotent; says whether anything changed. Errors: `bootstrap-failed`, `stack-wedged`, `stack-busy`.
 */
export async function bootstrap(
  environment: Environment,
  cloud: Cloud,
  holdings: Holdings,
): Promise<{ readonly changed: boolean }> {
  return withCloudFormation(await cloud.access('administrator'), async (client) => {
    const StackName = awsNames(environment.name).toolkitStack;
    const template = bootstrapTemplate(environment, united(holdings, await heldNow(client, environment)));
    const recovered = await recoverStack(await recoveryOf(environment, cloud, client, template));
    const before = await settledStack(client, StackName, pace(cloud));
    refuseWedged(StackName, before);
    const deployed = isComplete(before) ? await rememberedTemplates().of(client, before) : null;
    if (recovered.length === 0 && isSameTemplate(deployed, template)) return { changed: false };
    const news = await stackNews(client, StackName);
    const input = {
      StackName,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      Tags: [{ Key: 'soundbite:environment', Value: environment.name }],
    };
    const stands = isComplete(before) ? before : null;
    // A first create that failed holds nothing.
    if (before && !stands) refuseWedged(StackName, await deleteStack(client, before, pace(cloud)));
    await client.send(stands ? new UpdateStackCommand(input) : new CreateStackCommand(input));
    const after = await settledStack(client, StackName, pace(cloud), { since: stands });
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(after?.StackStatus ?? '')) return { changed: true };
    const reasons = causesIn(failuresIn(await news()));
    throw new SoundBiteError(
      'bootstrap-failed',
      `stack ${StackName} is ${after?.StackStatus ?? 'gone'}: ${reasons.join('; ')}`,
      { hint: `fix what the message names, then: soundbite bootstrap ${environment.name}` },
    );
  });
}

/** What the environment's stacks hold as they were deployed last, also those that are declared no more: it must still be managed, whatever the next release holds. */
async function heldNow(client: CloudFormationClient, environment: Environment): Promise<Holdings> {
  const templates = rememberedTemplates();
  const there: StackTemplate[] = [];
  for (const name of await possibleStacks(client, environment)) {
    const stack = await describeStack(client, name);
    if (stack && stack.StackStatus !== 'REVIEW_IN_PROGRESS')
      there.push({ stack: name, template: await templates.of(client, stack) });
  }
  return there.length > 0 ? holdingsIn(combinedTemplate(there, environment.name)) : noHoldings;
}

/**
 * What the bootstrap lets the environment's stack hold. Null: the bootstrap stack is not as this version of SoundBite requires it, some of its resources do
 * not exist, or its roles cannot be assumed.
 */
export async function allowed(environment: Environment, cloud: Cloud, templates: Templates): Promise<Holdings | null> {
  const access = await asLooker(environment, cloud).catch((error: unknown) => {
    if (error instanceof SoundBiteError && error.code === 'cloud-credentials') return null;
    throw error;
  });
  if (!access) return null;
  const { toolkitStack } = awsNames(environment.name);
  const look = withCloudFormation(access, async (client) => {
    const stack = await describeStack(client, toolkitStack);
    const deployed = isComplete(stack) ? await templates.of(client, stack) : null;
    const holdings = recordedHoldings(deployed);
    if (!holdings || !isSameTemplate(deployed, bootstrapTemplate(environment, holdings))) return null;
    const members = await membersOf(client, toolkitStack);
    const missing = await withEyes(access, (eyes) => missingOf(eyes, deployed, members));
    return missing.length === 0 ? holdings : null;
  });
  return look.catch((error: unknown) => {
    // The role is gone while its session lives on (after `destroy`), somebody took rights from it, or an older SoundBite made it.
    if (isDenied(error)) return null;
    throw error;
  });
}

/** Access to repair the bootstrap stack: as administrator, since only they may. It has no fence: it creates the fence. */
async function recoveryOf(
  environment: Environment,
  cloud: Cloud,
  client: CloudFormationClient,
  template: object,
): Promise<Recovery> {
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
    template,
    skip: [],
    exports: new Map(),
    loosen: async () => {},
  };
}

const isSameTemplate = (deployed: unknown, template: object): boolean =>
  deployed !== null && canonicalJson(deployed) === canonicalJson(template);

const isComplete = (stack: Stack | null): stack is Stack =>
  /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(stack?.StackStatus ?? '');
