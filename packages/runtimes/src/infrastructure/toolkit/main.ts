/**
 * The AWS CDK toolkit in a process of its own, for one deploy: it keeps accounts, clients and variables by process, and its 100 MB leave with it.
 * The process that started it gives it its work, and it ends with that process.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import {
  BaseCredentials,
  type DeploymentMethod,
  type IIoHost,
  type StackActivity,
  StackParameters,
  StackSelectionStrategy,
  Toolkit,
} from '@aws-cdk/toolkit-lib';
import { type FromToolkit, type ToolkitJob, type ToToolkit, tellError } from './words.ts';

const tell = (word: FromToolkit) => process.send?.(word);

/** The next word of one kind. */
async function told<S extends ToToolkit['say']>(say: S): Promise<Extract<ToToolkit, { say: S }>> {
  for (;;) {
    const [word] = (await once(process, 'message')) as [ToToolkit];
    if (word.say === say) return word as Extract<ToToolkit, { say: S }>;
  }
}

const ioHost: IIoHost = {
  notify: async ({ code, data }) => {
    if (code === 'CDK_TOOLKIT_I5502') tell({ say: 'event', event: (data as StackActivity).event });
  },
  requestResponse: async (message) => message.defaultResponse,
};

const toolkitOf = ({ region, toolkitStack }: ToolkitJob) =>
  new Toolkit({
    toolkitStackName: toolkitStack,
    emojis: false,
    color: false,
    ioHost,
    sdkConfig: { baseCredentials: BaseCredentials.custom({ region, provider: credentials }) },
  });

async function credentials() {
  const given = told('credentials');
  tell({ say: 'credentials' });
  const { expiration, ...keys } = (await given).credentials;
  return { ...keys, ...(expiration === undefined ? {} : { expiration: new Date(expiration) }) };
}

/** The assembly, with the stack's protection as it stands in place of what the assembly says: a failed first create must be able to go. */
async function sourceOf(toolkit: Toolkit, { directory, stack, isProtected }: ToolkitJob) {
  const source = await toolkit.fromAssemblyDirectory(directory);
  return {
    async produce() {
      const read = await source.produce();
      const found = read.cloudAssembly.stacks.find(({ stackName }) => stackName === stack);
      if (found) Object.assign(found, { terminationProtection: isProtected });
      return read;
    },
  };
}

async function work(job: ToolkitJob): Promise<void> {
  const toolkit = toolkitOf(job);
  const source = await sourceOf(toolkit, job);
  const deploy = (deploymentMethod: DeploymentMethod) =>
    toolkit.deploy(source, {
      stacks: { strategy: StackSelectionStrategy.PATTERN_MUST_MATCH_SINGLE, patterns: [job.stack] },
      parameters: StackParameters.exactly(
        Object.fromEntries(Object.entries(job.parameters).map(([name, value]) => [`${job.stack}:${name}`, value])),
      ),
      stackEventPollingInterval: job.everyMs,
      deploymentMethod,
    });
  await deploy({ method: 'change-set', execute: false, changeSetName: job.attempt });
  const asked = told('execute');
  tell({ say: 'made' });
  await asked;
  await deploy({ method: 'execute-change-set', changeSetName: job.attempt });
  tell({ say: 'executed' });
}

// The process that should have removed its home is gone.
process.once('disconnect', () => {
  rmSync(process.env.CDK_HOME ?? '', { recursive: true, force: true });
  process.exit();
});
const { job } = await told('job');
await work(job).catch((error: unknown) => tell({ say: 'failed', error: tellError(error) }));
