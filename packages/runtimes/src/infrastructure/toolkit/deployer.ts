import type { Stack } from '@aws-sdk/client-cloudformation';
import { awsNames, type ChangeSetEntry } from '@soundbite/model';
import { assertAccepted } from '../acceptance.ts';
import { withoutFailedCreate } from '../bring.ts';
import { madeChangeSet } from '../change-set.ts';
import type { Deployer, Deployment } from '../deployer.ts';
import { stackNews } from '../news.ts';
import { describeStack, isAsItWas, settledStack } from '../stack.ts';
import { failed, isWhole } from '../trouble.ts';
import { type ToolkitSession, withToolkit } from './session.ts';
import { notDone, notMade } from './trouble.ts';

/**
 * By the AWS CDK toolkit: it publishes the files, makes the change set and executes it, under the roles that the assembly names. What it leaves to
 * others is done here: the fence right before the change, the stack's own word on how it ended, and whose fault that was.
 */
export const byToolkit: Deployer = async (deployment, present) => {
  const stands = await withoutFailedCreate(deployment, present);
  await assertRoles(deployment);
  const { wanted, cloud, directory, pace, tell, environment } = deployment;
  const job = {
    directory,
    stack: wanted.stack,
    toolkitStack: awsNames(environment).toolkitStack,
    region: (await cloud.access('controller')).region,
    attempt: wanted.attempt,
    parameters: wanted.parameters,
    isProtected: stands?.EnableTerminationProtection ?? false,
    everyMs: pace.everyMs,
  };
  return withToolkit(cloud, job, tell, async (session) => {
    const entries = await made(deployment, session);
    if (stands && !entries) return stands;
    await assertAccepted(deployment, entries ?? [], stands);
    return execute(deployment, session);
  });
};

/** The toolkit continues with its current credentials if it cannot assume a role. Errors: `cloud-credentials`. */
async function assertRoles({ cloud, assembly }: Deployment): Promise<void> {
  for (const role of new Set([assembly.deployRole, ...assembly.assets.map((asset) => asset.role)]))
    await cloud.access({ role });
}

/** What the change set would do; null if there is nothing to change. A change set that CloudFormation refused says more of it than the toolkit. */
async function made({ client, wanted, pace }: Deployment, session: ToolkitSession): Promise<ChangeSetEntry[] | null> {
  const trouble = await session.made().then(
    () => null,
    (error: Error) => error,
  );
  const entries = await madeChangeSet(client, wanted, pace).catch((error: unknown) => {
    if (trouble && isNotThere(error)) return trouble;
    throw error;
  });
  if (entries instanceof Error) throw notMade(entries);
  return entries;
}

const isNotThere = (error: unknown) =>
  error instanceof Error &&
  /ChangeSetNotFound|ValidationError/.test(error.name) &&
  /not exist|not found/i.test(error.message);

/** The stack's own state decides: the toolkit may have looked before the operation began, and uses this machine's clock. */
async function execute({ client, wanted, pace, hold }: Deployment, session: ToolkitSession): Promise<Stack> {
  const before = await describeStack(client, wanted.stack);
  const news = await stackNews(client, wanted.stack);
  await hold();
  const trouble = await session.execute().then(
    () => null,
    (error: Error) => error,
  );
  if (trouble && isAsItWas(await describeStack(client, wanted.stack), before)) throw notDone(trouble);
  const after = await settledStack(client, wanted.stack, pace, { since: before });
  if (isWhole(after)) return after;
  throw failed(wanted.stack, after, await news());
}
