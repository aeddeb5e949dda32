/** A control plane that does nothing but deploy one release; it sends a message at each event of the stack. Takes its task as JSON in its first argument. */
import type { CloudAccess, Digest, Environment, Fence } from '@soundbite/model';
import { infrastructure } from '../../../packages/runtimes/src/index.ts';
import { testCloud } from './test-cloud.ts';

interface Task {
  readonly administrator: CloudAccess;
  readonly environment: Environment;
  readonly directory: string;
  readonly release: Digest;
  readonly fence: Fence;
  readonly allowed: readonly string[];
}

const { administrator, environment, directory, release, fence, allowed } = JSON.parse(process.argv[2] ?? '') as Task;
const stacks = infrastructure({ emit: (event) => process.send?.(event) });
await stacks.deploy(environment, testCloud(administrator, environment), directory, release, fence, allowed);
process.disconnect();
