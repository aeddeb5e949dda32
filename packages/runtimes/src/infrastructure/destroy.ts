import { awsNames, type Cloud, type CloudAccess, type Environment, SoundBiteError } from '@soundbite/model';
import { withCloudFormation } from './client.ts';
import { membersOf } from './members.ts';
import { causesIn, failuresIn, stackNews } from './news.ts';
import { pace } from './pace.ts';
import { possibleStacks } from './recorded-stacks.ts';
import { removeKept } from './retained.ts';
import { deleteStack, protect, settledStack } from './stack.ts';

/**
 * Takes an environment away: its stacks with all data, those first that import from others, then the bootstrap. As administrator; may be run again at any point.
 * Errors: `destroy-failed` naming what stands in the way.
 */
export async function destroy(environment: Environment, cloud: Cloud): Promise<void> {
  const access = await cloud.access('administrator');
  const { toolkitStack } = awsNames(environment.name);
  const stacks = await withCloudFormation(access, (client) => possibleStacks(client, environment));
  for (const name of [...stacks.toReversed(), toolkitStack]) await removeStack(name, access, cloud);
}

async function removeStack(name: string, access: CloudAccess, cloud: Cloud): Promise<void> {
  await withCloudFormation(access, async (client) => {
    const news = await stackNews(client, name);
    const stack = await settledStack(client, name, pace(cloud));
    if (!stack) return;
    if (stack.EnableTerminationProtection) await protect(client, name, false);
    const members = await membersOf(client, name);
    // Before the stack, because only the stack knows what is its; and after it, for what was written in between.
    await removeKept(members, access);
    const left = await deleteStack(client, stack, pace(cloud));
    if (left) {
      const reasons = causesIn(failuresIn(await news()));
      throw new SoundBiteError('destroy-failed', `stack ${name} is ${left.StackStatus}: ${reasons.join('; ')}`, {
        hint: 'remove what the message names, then run the command again',
      });
    }
    await removeKept(members, access);
  });
}
