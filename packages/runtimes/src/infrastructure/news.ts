import {
  type CloudFormationClient,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

/**
 * Tells, whenever it is asked, what happened to a stack since it was asked last (at first: since `stackNews` was called), oldest first.
 * It goes by the events' ids: the clocks of this machine and of AWS need not agree.
 */
export async function stackNews(client: CloudFormationClient, name: string): Promise<() => Promise<StackEvent[]>> {
  let last: string | undefined;
  const read = async (): Promise<StackEvent[]> => {
    const found: StackEvent[] = [];
    for await (const event of eventsOf(client, name)) {
      if (event.EventId === last) break;
      found.push(event);
      // At first only the newest is wanted.
      if (last === undefined) break;
    }
    last = found[0]?.EventId ?? last ?? 'none';
    return found.reverse();
  };
  await read();
  return read;
}

/** All events of a stack, newest first; none of a stack that is not there. */
async function* eventsOf(client: CloudFormationClient, name: string): AsyncGenerator<StackEvent> {
  try {
    for await (const page of paginateDescribeStackEvents({ client }, { StackName: name }))
      yield* page.StackEvents ?? [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationError' || !/does not exist/.test(error.message))
      throw error;
  }
}

/**
 * What failed, the cause first: `<logical id> (<type>): <reason>`. What was cancelled because something else failed is not a cause. Where
 * no resource failed, the stack itself says why it goes back.
 */
export function failuresIn(events: readonly StackEvent[]): string[] {
  const causes = events.filter(({ ResourceStatusReason = '' }) => !/cancelled/i.test(ResourceStatusReason));
  const failed = causes.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
  const goesBack = causes.filter(
    ({ ResourceStatus, ResourceStatusReason }) =>
      ResourceStatusReason && ResourceStatus?.endsWith('ROLLBACK_IN_PROGRESS'),
  );
  return (failed.length > 0 ? failed : goesBack).map(
    (event) => `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason ?? 'no reason given'}`,
  );
}
