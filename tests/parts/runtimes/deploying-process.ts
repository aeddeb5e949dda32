/**
 * A control plane that does nothing but deploy one release, or repair its stacks first; it sends a message at each event of a stack, and kills itself at one, if its task says so. Takes its task
 * as JSON in its first argument.
 */
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
  /** The stack that has come to its end when it dies. */
  readonly diesAfter?: string;
  /** It repairs first. */
  readonly repairs?: boolean;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
const { administrator, environment, directory, release, fence, allowed, diesAfter, repairs = false } = task;
const stacks = infrastructure({
  emit: (event) => {
    if (event.resource === `${diesAfter}/${diesAfter}` && /^(CREATE|UPDATE)_COMPLETE$/.test(event.status))
      process.kill(process.pid, 'SIGKILL');
    process.send?.(event);
  },
});
const cloud = testCloud(administrator, environment);
if (repairs) await stacks.recover(environment, cloud, directory, release, fence);
await stacks.deploy(environment, cloud, directory, release, fence, allowed);
process.disconnect();
