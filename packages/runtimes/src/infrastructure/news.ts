import {
  type CloudFormationClient,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { StackFailure } from '@soundbite/model';

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
 * What failed, in order of time. What was cancelled because something else failed is marked. Where no resource failed, the stack itself says
 * why it goes back.
 */
export function failuresIn(events: readonly StackEvent[]): StackFailure[] {
  const seen = events.map((event) => ({ event, failure: failureOf(event) }));
  const causes = seen.filter(({ failure }) => !failure.cancelled);
  const failed = causes.filter(({ failure }) => failure.status.endsWith('_FAILED'));
  const goesBack = causes.filter(({ failure }) => failure.reason && failure.status.endsWith('ROLLBACK_IN_PROGRESS'));
  const shown = new Set(failed.length > 0 ? failed : goesBack);
  return seen.filter((one) => one.failure.cancelled || shown.has(one)).map(({ failure }) => failure);
}

const failureOf = (event: StackEvent): StackFailure => ({
  stack: event.StackName ?? '',
  arn: event.StackId ?? '',
  id: event.LogicalResourceId ?? '',
  type: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  reason: event.ResourceStatusReason ?? null,
  at: (event.Timestamp ?? new Date(0)).toISOString(),
  cancelled: /cancelled/i.test(event.ResourceStatusReason ?? ''),
});

/** The causes alone, one text each. */
export const causesIn = (failures: readonly StackFailure[]): string[] =>
  failures.filter(({ cancelled }) => !cancelled).map(failureText);

/** `<logical id> (<type>): <reason>` */
export const failureText = ({ id, type, reason }: Pick<StackFailure, 'id' | 'type' | 'reason'>): string =>
  `${id} (${type}): ${reason ?? 'no reason given'}`;
