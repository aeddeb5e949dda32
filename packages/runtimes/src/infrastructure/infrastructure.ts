import { CloudFormationClient, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  awsNames,
  type Cloud,
  clientOptions,
  type Digest,
  type Environment,
  type Fence,
  type Infrastructure,
  SoundBiteError,
  type StackState,
  stackParameters,
} from '@soundbite/model';
import { holdFence } from '../aws/fence.ts';
import { bootstrap, isBootstrapped } from './bootstrap.ts';
import { type ChildOptions, runDeploy } from './child.ts';
import { destroy } from './destroy.ts';
import { pace } from './pace.ts';
import { prepareAssembly } from './prepared.ts';
import { deployedTemplate, describeStack, isMoving, outputsOf, releaseOf, settledStack } from './stack.ts';
import { explainFailure, refuseWedged } from './trouble.ts';

export interface InfrastructureEvent {
  readonly type: 'infrastructure.progress';
  readonly environment: string;
  /** The CDK toolkit's message code, e.g. CDK_TOOLKIT_I5502 for a stack event. */
  readonly code: string | null;
  readonly text: string;
}

export interface InfrastructureOptions extends ChildOptions {
  readonly emit?: (event: InfrastructureEvent) => void;
}

/** CloudFormation's side of every environment: stacks from the assembly of a release, each deployed by a child process. */
export function infrastructure(options: InfrastructureOptions): Infrastructure {
  const progressOf = (environment: Environment) => (code: string | null, text: string) =>
    options.emit?.({ type: 'infrastructure.progress', environment: environment.name, code, text });

  async function state(environment: Environment, cloud: Cloud): Promise<StackState | null> {
    const name = awsNames(environment.name).stack;
    return withClient(cloud, async (client) => {
      const stack = await describeStack(client, name);
      if (!stack) return null;
      return {
        status: stack.StackStatus ?? 'UNKNOWN',
        template: await deployedTemplate(client, name),
        outputs: outputsOf(stack),
        release: releaseOf(stack),
      };
    });
  }

  async function deploy(environment: Environment, cloud: Cloud, assembly: string, release: Digest, fence: Fence) {
    const { stack: name, toolkitStack } = awsNames(environment.name);
    await underFence(environment, cloud, fence);
    return withClient(cloud, async (client) => {
      const before = await settledStack(client, name, pace(cloud));
      refuseWedged(name, before);
      const parameters = { [stackParameters.releaseDigest]: release, [stackParameters.cloudKind]: cloud.kind };
      const prepared = await prepareAssembly(assembly, name, before, environment.protected);
      if (before && (await prepared.isDeployed(() => deployedTemplate(client, name), before, parameters)))
        return outputsOf(before);

      const started = new Date();
      const access = await cloud.access('controller');
      try {
        const job = { access, toolkitStack, assembly, stack: name, parameters };
        await runDeploy({ ...job, everyMs: pace(cloud).everyMs }, options, progressOf(environment));
      } catch (error) {
        throw await explainFailure(client, name, started, error);
      }
      const after = await describeStack(client, name);
      if (!after || isMoving(after.StackStatus ?? ''))
        throw new SoundBiteError(
          'stack-gone',
          `stack ${name} is ${after?.StackStatus ?? 'gone'} right after its deploy`,
          {
            mend: `see who else acts on it: aws cloudformation describe-stack-events --stack-name ${name}`,
          },
        );
      if (environment.protected && !after.EnableTerminationProtection) await protect(client, name);
      return outputsOf(after);
    });
  }

  return {
    state,
    deploy,
    bootstrap,
    isBootstrapped,
    destroy,
  };
}

/** Only after the first success: a first create that fails must be able to go. */
const protect = (client: CloudFormationClient, name: string) =>
  client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: true }));

async function withClient<T>(cloud: Cloud, act: (client: CloudFormationClient) => Promise<T>): Promise<T> {
  const client = new CloudFormationClient(clientOptions(await cloud.access('controller')));
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
