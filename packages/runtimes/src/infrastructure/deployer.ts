import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '@soundbite/model';
import type { StackAssembly } from './assembly.ts';
import { publishAssets } from './assets.ts';
import { type Bringing, bringStack } from './bring.ts';

/** A deploy with its fence held, on a stack that is at rest and accepts a deploy. */
export interface Deployment extends Bringing {
  /** The environment's name. */
  readonly environment: string;
  readonly cloud: Cloud;
  /** The assembly, in a scratch copy of its release: a deployer may write into it. */
  readonly directory: string;
  /** The same, read. */
  readonly assembly: StackAssembly;
}

/**
 * Puts the files of an assembly where CloudFormation looks for them and brings the stack, as it is `present`, to what the assembly wants; the stack
 * as it then stands. It holds the fence again right before each change of the stack. Errors: those of `bringStack`, and `asset-unpublished`.
 */
export type Deployer = (deployment: Deployment, present: Stack | null) => Promise<Stack>;

/** By change sets of our own (docs/decisions/0018). */
export const byChangeSet: Deployer = async (deployment, present) => {
  await publishAssets(deployment.cloud, deployment.assembly.assets);
  return bringStack(deployment, present);
};
