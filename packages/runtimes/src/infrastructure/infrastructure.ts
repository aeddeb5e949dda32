import { randomBytes } from 'node:crypto';
import {
  CloudFormationClient,
  type Stack,
  type StackEvent,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  awsNames,
  type Cloud,
  canonicalJson,
  clientOptions,
  type Digest,
  type Environment,
  type Fence,
  type Identity,
  type Infrastructure,
  type StackState,
  stackParameters,
} from '@soundbite/model';
import { holdFence } from '../aws/fence.ts';
import { readAssembly } from './assembly.ts';
import { publishAssets } from './assets.ts';
import { bootstrap, isBootstrapped } from './bootstrap.ts';
import { applyChangeSet, type Wanted } from './change-set.ts';
import { destroy } from './destroy.ts';
import { stackNews } from './news.ts';
import { pace } from './pace.ts';
import { deployedTemplate, describeStack, outputsOf, parameterOf, releaseOf, settledStack } from './stack.ts';
import { failed, isWhole, refuseWedged, wayOutOf } from './trouble.ts';

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

/** CloudFormation's side of every environment: stacks from the assembly of a release, each brought up to date by one change set. */
export function infrastructure({ emit = () => {} }: InfrastructureOptions = {}): Infrastructure {
  async function state(environment: Environment, cloud: Cloud): Promise<StackState | null> {
    const name = awsNames(environment.name).stack;
    return withClient(cloud, 'controller', async (client) => {
      const stack = await describeStack(client, name);
      if (!stack) return null;
      return {
        status: stack.StackStatus ?? 'UNKNOWN',
        template: await deployedTemplate(client, name),
        outputs: outputsOf(stack),
        release: releaseOf(stack),
        wayOut: wayOutOf(name, stack),
      };
    });
  }

  async function deploy(environment: Environment, cloud: Cloud, directory: string, release: Digest, fence: Fence) {
    const { stack } = awsNames(environment.name);
    await underFence(environment, cloud, fence);
    const assembly = await readAssembly(directory, stack, await cloud.access('controller'));
    const parameters = { [stackParameters.releaseDigest]: release, [stackParameters.cloudKind]: cloud.kind };
    const wanted = { stack, attempt: attemptName(fence), assembly, parameters };
    return withClient(cloud, { role: assembly.deployRole }, async (client) => {
      const before = await settledStack(client, stack, pace(cloud));
      refuseWedged(stack, before);
      const stands = before && (await isDeployed(client, wanted, before));
      const after = stands ? before : await bring(client, environment, cloud, wanted, before);
      if (environment.protected && !after.EnableTerminationProtection) await protect(client, stack);
      return outputsOf(after);
    });
  }

  /** Publishes the assets and executes one change set. Errors: `infrastructure-failed` with what failed. */
  async function bring(
    client: CloudFormationClient,
    environment: Environment,
    cloud: Cloud,
    wanted: Wanted,
    before: Stack | null,
  ): Promise<Stack> {
    await publishAssets(cloud, wanted.assembly.assets);
    const news = await stackNews(client, wanted.stack);
    const events: StackEvent[] = [];
    const during = async () => {
      const fresh = await news();
      events.push(...fresh);
      for (const event of fresh) emit(told(environment, event));
    };
    const after = await applyChangeSet(client, wanted, before, pace(cloud), during);
    if (isWhole(after)) return after;
    throw failed(wanted.stack, after, events);
  }

  return { state, deploy, bootstrap, isBootstrapped, destroy };
}

/** A step that is repeated asks again under another name: what became of its first change set does not matter then. */
const attemptName = ({ generation }: Fence) => `soundbite-${generation}-${randomBytes(4).toString('hex')}`;

/** Whether the stack stands exactly as wanted: then there is nothing to do. */
async function isDeployed(
  client: CloudFormationClient,
  { stack, assembly, parameters }: Wanted,
  present: Stack,
): Promise<boolean> {
  if (!isWhole(present)) return false;
  if (Object.entries(parameters).some(([name, value]) => parameterOf(present, name) !== value)) return false;
  return canonicalJson(await deployedTemplate(client, stack)) === canonicalJson(assembly.template);
}

const told = (environment: Environment, event: StackEvent): InfrastructureEvent => ({
  type: 'infrastructure.progress',
  environment: environment.name,
  resource: event.LogicalResourceId ?? '',
  kind: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  reason: event.ResourceStatusReason ?? null,
});

/** Only after the first success: a first create that fails must be able to go. */
const protect = (client: CloudFormationClient, name: string) =>
  client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: true }));

async function withClient<T>(
  cloud: Cloud,
  identity: Identity,
  act: (client: CloudFormationClient) => Promise<T>,
): Promise<T> {
  const client = new CloudFormationClient(clientOptions(await cloud.access(identity)));
  try {
    return await act(client);
  } finally {
    client.destroy();
  }
}

/** A stack is everybody's: an older controller, or another one's, must not touch it. */
async function underFence(environment: Environment, cloud: Cloud, fence: Fence): Promise<void> {
  const dynamo = new DynamoDBClient({ ...clientOptions(await cloud.access('controller')), maxAttempts: 5 });
  try {
    await holdFence(dynamo, environment, fence);
  } finally {
    dynamo.destroy();
  }
}
