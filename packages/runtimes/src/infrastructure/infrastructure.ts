import { randomBytes } from 'node:crypto';
import type { CloudFormationClient, Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  awsNames,
  type Cloud,
  canonicalJson,
  changeSetName,
  clientOptions,
  type DeployerName,
  type Digest,
  deployedParameters,
  differingParameters,
  type Environment,
  type Fence,
  givenParameters,
  type Infrastructure,
  type SoughtMembers,
  type StackPresence,
  type StackState,
} from '@soundbite/model';
import { holdFence, passFence, readFence } from '../aws/fence.ts';
import { readAssembly, type StackAssembly } from './assembly.ts';
import { bootstrap, isBootstrapped } from './bootstrap.ts';
import type { Wanted } from './change-set.ts';
import { withCloudFormation } from './client.ts';
import { byChangeSet, type Deployer } from './deployer.ts';
import { destroy } from './destroy.ts';
import { withEyes } from './eyes.ts';
import { standing } from './leftovers.ts';
import { asLooker } from './lookup-role.ts';
import { membersOf } from './members.ts';
import { pace } from './pace.ts';
import { prepared } from './prepared.ts';
import { missingOf } from './presence.ts';
import { recoverStack } from './recover.ts';
import { type DriftLook, lookForDrift } from './settings.ts';
import { describeStack, outputsOf, parametersOf, protect, releaseOf, settledStack } from './stack.ts';
import { rememberedTemplates, type Templates } from './templates.ts';
import { byToolkit } from './toolkit/deployer.ts';
import { isWedged, isWhole, neverWas, refuseWedged } from './trouble.ts';

/** Something happened to a resource of an environment's stack. */
export interface InfrastructureEvent {
  readonly type: 'infrastructure.progress';
  readonly environment: string;
  /** Logical id. */
  readonly resource: string;
  /** CloudFormation's type, e.g. AWS::Lambda::Function. */
  readonly kind: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface InfrastructureOptions {
  readonly emit?: (event: InfrastructureEvent) => void;
}

/** By the names that a cloud's declaration gives them; docs/decisions/0034 tells why each. */
const deployers: Readonly<Record<DeployerName, Deployer>> = { 'change-sets': byChangeSet, toolkit: byToolkit };

/**
 * CloudFormation's side of every environment: stacks from the assembly of a release, each brought up to date by one change set, which the deployer
 * that its cloud declares makes and executes. All else is the same for every deployer.
 */
export function infrastructure({ emit = () => {} }: InfrastructureOptions = {}): Infrastructure {
  const templates = rememberedTemplates();

  async function state(environment: Environment, cloud: Cloud): Promise<StackState | null> {
    const name = awsNames(environment.name).stack;
    return withCloudFormation(await cloud.access('controller'), async (client) => {
      const stack = await describeStack(client, name);
      if (!stack || neverWas(stack)) return null;
      return {
        status: stack.StackStatus ?? 'UNKNOWN',
        template: await templates.of(client, stack),
        parameters: parametersOf(stack),
        outputs: outputsOf(stack),
        release: releaseOf(stack),
        wayOut: isWedged(stack) ? `soundbite repair ${environment.name}` : null,
      };
    });
  }

  async function presence(environment: Environment, cloud: Cloud, sought: SoughtMembers = {}): Promise<StackPresence> {
    const { stack: name } = awsNames(environment.name);
    const { types, settings, template } = sought;
    const looker = await asLooker(environment, cloud);
    return withCloudFormation(looker, (client) =>
      withEyes(looker, async (eyes) => {
        const stack = await describeStack(client, name);
        if (!stack || neverWas(stack))
          return { missing: [], changed: [], leftovers: template ? await standing(eyes, template, looker) : [] };
        const [members, deployed] = await Promise.all([membersOf(client, name), templates.of(client, stack)]);
        const { altered, found } = settings ? await lookForDrift(client, stack, pace(cloud)) : nothingLookedAt;
        const missing = await missingOf(eyes, deployed, members, { types, found });
        return { missing, changed: altered.map(({ found: _values, ...member }) => member), leftovers: [] };
      }),
    );
  }

  /** What both ways to change a stack work with. */
  async function work(environment: Environment, cloud: Cloud, directory: string, release: Digest, fence: Fence) {
    const { stack } = awsNames(environment.name);
    const hold = () => underFence(environment, cloud, fence);
    await hold();
    const assembly = await readAssembly(directory, stack, await cloud.access('controller'));
    const parameters = givenParameters(release, cloud.kind);
    const wanted = { stack, attempt: attemptName(environment, fence), assembly, parameters };
    const tell = (event: StackEvent) => emit(told(environment, event));
    return { stack, hold, assembly, wanted, tell };
  }

  async function recover(
    environment: Environment,
    cloud: Cloud,
    directory: string,
    release: Digest,
    fence: Fence,
    skip: readonly string[] = [],
  ) {
    const { hold, assembly, wanted, tell } = await work(environment, cloud, directory, release, fence);
    const deployer = await cloud.access({ role: assembly.deployRole });
    const looker = await asLooker(environment, cloud);
    return withCloudFormation(deployer, (client) =>
      recoverStack({
        client,
        wanted,
        pace: pace(cloud),
        hold,
        tell,
        deployer,
        looker,
        template: assembly.template,
        skip,
      }),
    );
  }

  async function deploy(environment: Environment, cloud: Cloud, directory: string, release: Digest, fence: Fence) {
    const { stack, hold, assembly, wanted, tell } = await work(environment, cloud, directory, release, fence);
    const deployer = deployers[environment.cloud.deployer ?? 'change-sets'];
    const bring = (client: CloudFormationClient, present: Stack | null) =>
      deployer(
        { client, wanted, pace: pace(cloud), hold, tell, cloud, directory, assembly, environment: environment.name },
        present,
      );
    return withCloudFormation(await cloud.access({ role: assembly.deployRole }), async (client) => {
      const present = await settledStack(client, stack, pace(cloud));
      refuseWedged(stack, present);
      const stands = present && (await isDeployed(templates, client, wanted, present));
      const after = stands ? present : await bring(client, present);
      // Only after the first success: a first create that fails must be able to go.
      if (environment.protected && !after.EnableTerminationProtection) await protect(client, stack, true);
      return outputsOf(after);
    });
  }

  return {
    state,
    presence,
    recover,
    deploy,
    bootstrap,
    isBootstrapped: prepared((environment, cloud) => isBootstrapped(environment, cloud, templates)),
    destroy,
    holder: (environment, cloud) => withDynamo(cloud, (dynamo) => readFence(dynamo, environment)),
    pass: (environment, cloud, seen, next) => withDynamo(cloud, (dynamo) => passFence(dynamo, environment, seen, next)),
  };
}

const nothingLookedAt: DriftLook = { altered: [], found: new Set() };

/** A step that is repeated asks again under another name: what became of its first change set does not matter then. */
const attemptName = (environment: Environment, { generation }: Fence) =>
  changeSetName(environment.name, `${generation}-${randomBytes(4).toString('hex')}`);

/** Whether the stack stands exactly as wanted: then there is nothing to do. */
async function isDeployed(
  templates: Templates,
  client: CloudFormationClient,
  { assembly, parameters }: Wanted & { readonly assembly: StackAssembly },
  present: Stack,
): Promise<boolean> {
  if (!isWhole(present)) return false;
  const wanted = deployedParameters(assembly.template, parameters);
  if (differingParameters(parametersOf(present), wanted).length > 0) return false;
  return canonicalJson(await templates.of(client, present)) === canonicalJson(assembly.template);
}

const told = (environment: Environment, event: StackEvent): InfrastructureEvent => ({
  type: 'infrastructure.progress',
  environment: environment.name,
  resource: event.LogicalResourceId ?? '',
  kind: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  reason: event.ResourceStatusReason ?? null,
});

/** A stack is everybody's: an older controller, or another one's, must not touch it. */
const underFence = (environment: Environment, cloud: Cloud, fence: Fence): Promise<void> =>
  withDynamo(cloud, (dynamo) => holdFence(dynamo, environment, fence));

async function withDynamo<T>(cloud: Cloud, act: (dynamo: DynamoDBClient) => Promise<T>): Promise<T> {
  const dynamo = new DynamoDBClient({ ...clientOptions(await cloud.access('controller')), maxAttempts: 5 });
  try {
    return await act(dynamo);
  } finally {
    dynamo.destroy();
  }
}
