import { randomBytes } from 'node:crypto';
import type { CloudFormationClient, Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import {
  awsNames,
  type Cloud,
  canonicalJson,
  changeSetName,
  type DeployerName,
  type Digest,
  deployedParameters,
  differingParameters,
  type Environment,
  type Fence,
  givenParameters,
  type StackOutputs,
} from '@soundbite/model';
import { acceptNamed } from './acceptance.ts';
import { readStackAssembly, type StackAssembly } from './assembly.ts';
import type { Bringing } from './bring.ts';
import type { WantedStack } from './change-set.ts';
import { withCloudFormation } from './client.ts';
import { byChangeSet, type Deployer } from './deployer.ts';
import { underFence } from './fence.ts';
import { asLooker } from './lookup-role.ts';
import { pace } from './pace.ts';
import { recoverStack } from './recover.ts';
import { outputsOf, parametersOf, protect, settledStack } from './stack.ts';
import type { Templates } from './templates.ts';
import { byToolkit } from './toolkit/deployer.ts';
import { isWhole, refuseWedged } from './trouble.ts';

/** A change of an environment's stack: to what, and under whose fence. */
export interface StackChange {
  readonly environment: Environment;
  readonly cloud: Cloud;
  /** The assembly, in a scratch copy of its release. */
  readonly directory: string;
  readonly release: Digest;
  readonly fence: Fence;
  /** What may be taken away, by the ids that `Removal` has. */
  readonly allowed: readonly string[];
  /** Told what CloudFormation says of its resources. */
  readonly tell: (event: StackEvent) => void;
}

/** By the names that a cloud's declaration gives them; docs/decisions/0034 tells why each. */
const deployers: Readonly<Record<DeployerName, Deployer>> = { 'change-sets': byChangeSet, toolkit: byToolkit };

/** See `Infrastructure.deploy`. */
export async function deployStack(templates: Templates, change: StackChange): Promise<StackOutputs> {
  const { environment, cloud, directory } = change;
  const { assembly, bringing } = await openChange(change);
  const deployer = deployers[environment.cloud.deployer ?? 'change-sets'];
  return withCloudFormation(await cloud.access({ role: assembly.deployRole }), async (client) => {
    const present = await settledStack(client, bringing.wanted.stack, bringing.pace);
    refuseWedged(bringing.wanted.stack, present);
    const accept = acceptNamed(templates, client, assembly.template, change.allowed);
    const deployment = { ...bringing, accept, client, cloud, directory, assembly, environment: environment.name };
    const stands = present && (await isDeployed(templates, client, bringing.wanted, present));
    const after = stands ? present : await deployer(deployment, present);
    // Only after the first success: a first create that fails must be able to go.
    if (environment.protected && !after.EnableTerminationProtection) await protect(client, bringing.wanted.stack, true);
    return outputsOf(after);
  });
}

/** See `Infrastructure.recover`. */
export async function recoverEnvironment(
  change: Omit<StackChange, 'allowed'>,
  skip: readonly string[],
): Promise<string[]> {
  const { environment, cloud } = change;
  const { assembly, bringing } = await openChange(change);
  const deployer = await cloud.access({ role: assembly.deployRole });
  const looker = await asLooker(environment, cloud);
  const { template } = assembly;
  return withCloudFormation(deployer, (client) =>
    recoverStack({ ...bringing, client, deployer, looker, template, skip }),
  );
}

/** Takes the fence and reads the assembly: what both ways to change a stack begin with. */
async function openChange(
  change: Omit<StackChange, 'allowed'>,
): Promise<{ assembly: StackAssembly; bringing: OpenChange }> {
  const { environment, cloud, directory, release, fence, tell } = change;
  const { stack } = awsNames(environment.name);
  const hold = () => underFence(environment, cloud, fence);
  await hold();
  const assembly = await readStackAssembly(directory, stack, await cloud.access('controller'));
  const parameters = givenParameters(release, cloud.kind);
  const wanted = { stack, attempt: attemptName(environment, fence), assembly, parameters };
  return { assembly, bringing: { wanted, pace: pace(cloud), hold, tell } };
}

/** A stack's change but for the client that makes it. */
interface OpenChange extends Omit<Bringing, 'client' | 'wanted'> {
  readonly wanted: WantedStack & { readonly assembly: StackAssembly };
}

/** A step that is repeated asks again under another name: what became of its first change set does not matter then. */
const attemptName = (environment: Environment, { generation }: Fence) =>
  changeSetName(environment.name, `${generation}-${randomBytes(4).toString('hex')}`);

/** Whether the stack is exactly as wanted: then there is nothing to do. */
async function isDeployed(
  templates: Templates,
  client: CloudFormationClient,
  { assembly, parameters }: WantedStack & { readonly assembly: StackAssembly },
  present: Stack,
): Promise<boolean> {
  if (!isWhole(present)) return false;
  const wanted = deployedParameters(assembly.template, parameters);
  if (differingParameters(parametersOf(present), wanted).length > 0) return false;
  return canonicalJson(await templates.of(client, present)) === canonicalJson(assembly.template);
}
