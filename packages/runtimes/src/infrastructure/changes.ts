import { randomBytes } from 'node:crypto';
import type { CloudFormationClient, Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import {
  adoptHint,
  type Cloud,
  canonicalJson,
  changeSetName,
  combinedId,
  combinedOutputs,
  type DeployerName,
  type Digest,
  deployedParameters,
  differingParameters,
  type Environment,
  type Fence,
  givenParameters,
  keptParameters,
  ownId,
  SoundBiteError,
  type StackOutputs,
  shortDigest,
  stacksOf,
} from '@soundbite/model';
import { acceptNamed } from './acceptance.ts';
import { readStackAssembly, type StackAssembly, stacksIn } from './assembly.ts';
import type { Bringing } from './bring.ts';
import type { WantedStack } from './change-set.ts';
import { withCloudFormation } from './client.ts';
import { byChangeSet, type Deployer } from './deployer.ts';
import { type Exports, exportsOf } from './exports.ts';
import { underFence } from './fence.ts';
import { asLooker } from './lookup-role.ts';
import { loosenImports } from './loosen.ts';
import { pace } from './pace.ts';
import { recoverStack } from './recover.ts';
import { outputsOf, parametersOf, protect, releaseOf, settledStack } from './stack.ts';
import { importedNow, standingStacks } from './state.ts';
import type { Templates } from './templates.ts';
import { byToolkit } from './toolkit/deployer.ts';
import { isWhole, neverWas, refuseWedged } from './trouble.ts';

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

/** See `Infrastructure.deploy`. One stack after the other, as the release lists them: each may import from those before. */
export async function deployStacks(templates: Templates, change: StackChange): Promise<StackOutputs> {
  const stacks = await openChanges(change);
  const outputs: { readonly stack: string; readonly of: StackOutputs }[] = [];
  for (const one of stacks) outputs.push({ stack: one.stack, of: await deployStack(templates, change, one) });
  return combinedOutputs(outputs);
}

export async function deployStack(
  templates: Templates,
  { environment, cloud, directory, allowed }: StackChange,
  { stack, stacks, assembly, bringing }: OpenedStack,
  isAdopting = false,
): Promise<StackOutputs> {
  const deployer = deployers[environment.cloud.deployer ?? 'change-sets'];
  return withCloudFormation(await cloud.access({ role: assembly.deployRole }), async (client) => {
    const present = await settledStack(client, stack, bringing.pace);
    refuseWedged(stack, present);
    if (!isAdopting) refuseForeign(environment, stack, present);
    const told = (id: string) => combinedId(stacks, stack, id);
    const accept = acceptNamed(templates, client, {
      ...{ after: assembly.template, allowed, told },
      imported: () => importedNow(templates, client, environment),
    });
    const wanted = withKept(bringing.wanted, present);
    const deployment = {
      ...bringing,
      wanted,
      accept,
      client,
      cloud,
      directory,
      assembly,
      environment: environment.name,
    };
    const stands = present && (await isDeployed(templates, client, wanted, present));
    const after = stands ? present : await deployer(deployment, present);
    // Only after the first success: a first create that fails must be able to go.
    if (environment.protected && !after.EnableTerminationProtection) await protect(client, stack, true);
    return outputsOf(after);
  });
}

/** What was live when a stack was adopted stays on record in it. */
const withKept = <Wanted extends OpenChange['wanted']>(wanted: Wanted, present: Stack | null): Wanted => {
  const kept = present ? keptParameters(wanted.assembly.template, parametersOf(present)) : {};
  return { ...wanted, parameters: { ...kept, ...wanted.parameters } };
};

/** What somebody else deployed has users: they would get the release before it passed its gates. */
function refuseForeign(environment: Environment, name: string, present: Stack | null): void {
  if (!present || neverWas(present) || releaseOf(present) !== null) return;
  throw new SoundBiteError('stack-foreign', `the stack ${name} stands, and SoundBite did not deploy it`, {
    hint: adoptHint(environment.name),
  });
}

/** Of ids as people know them, those of one stack, as it calls them. */
const ofStack = (ids: readonly string[], stack: string, stacks: readonly string[]): string[] =>
  stacks.length === 1 ? [...ids] : ids.map(ownId).flatMap((own) => (own.stack === stack ? [own.id] : []));

/** See `Infrastructure.recover`. */
export async function recoverEnvironment(
  change: Omit<StackChange, 'allowed'>,
  skip: readonly string[],
): Promise<string[]> {
  const { environment, cloud } = change;
  const looker = await asLooker(environment, cloud);
  const done: string[] = [];
  const opened = await openChanges(change);
  // The only stack imports from none.
  const exporting =
    opened.length > 1 ? await withCloudFormation(looker, (one) => standingStacks(one, environment)) : [];
  const exports = exportsOf(exporting);
  for (const one of opened) {
    const { stack, stacks, assembly, bringing } = one;
    const deployer = await cloud.access({ role: assembly.deployRole });
    const { template } = assembly;
    const others = opened.filter((other) => other !== one);
    const loosen = (names: ReadonlySet<string>) => loosenAll(cloud, others, names, exports);
    const told = await withCloudFormation(deployer, (client) =>
      recoverStack({
        ...{ ...bringing, client, deployer, looker, template, exports, loosen },
        skip: ofStack(skip, stack, stacks),
      }),
    );
    done.push(...told.map((sentence) => (stacks.length > 1 ? `${stack}: ${sentence}` : sentence)));
  }
  return done;
}

async function loosenAll(
  cloud: Cloud,
  stacks: readonly OpenedStack[],
  names: ReadonlySet<string>,
  exports: Exports,
): Promise<void> {
  if (names.size === 0) return;
  for (const { assembly, bringing } of stacks) {
    const deployer = await cloud.access({ role: assembly.deployRole });
    await withCloudFormation(deployer, (client) => loosenImports({ ...bringing, client }, names, exports));
  }
}

/** One stack of an assembly, and all that are in it. */
export interface OpenedStack {
  readonly stack: string;
  readonly stacks: readonly string[];
  readonly assembly: StackAssembly;
  readonly bringing: OpenChange;
}

/** Takes the fence and reads the assembly: what both ways to change stacks begin with. Error: `stack-undeclared`. */
export async function openChanges(change: Omit<StackChange, 'allowed'>): Promise<OpenedStack[]> {
  const { environment, cloud, directory, release, fence, tell } = change;
  const hold = () => underFence(environment, cloud, fence);
  await hold();
  const stacks = await stacksIn(directory);
  refuseUndeclared(stacks, environment, release);
  const access = await cloud.access('controller');
  const parameters = givenParameters(release, cloud.kind);
  return Promise.all(
    stacks.map(async (stack) => {
      const assembly = await readStackAssembly(directory, stack, access);
      const wanted = { stack, attempt: attemptName(environment, fence), assembly, parameters };
      const told = (event: StackEvent) =>
        tell({ ...event, LogicalResourceId: combinedId(stacks, stack, event.LogicalResourceId ?? '') });
      return { stack, stacks, assembly, bringing: { wanted, pace: pace(cloud), hold, tell: told } };
    }),
  );
}

/** What looks at an environment later looks at the stacks that are declared for it. */
function refuseUndeclared(stacks: readonly string[], environment: Environment, release: Digest): void {
  const declared = stacksOf(environment);
  const other = stacks.find((stack) => !declared.includes(stack));
  if (other === undefined) return;
  throw new SoundBiteError(
    'stack-undeclared',
    `${shortDigest(release)} has the stack ${other} for ${environment.name}, which is declared with ${declared.join(', ')}`,
    { hint: 'cut a release of what service.yaml says now, or put its stacks back as they were' },
  );
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
