import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';

/** CloudWatch may show an event this much later than its time says, clocks apart included, in ms. */
export const lateMs = 30_000;
/** How long one look may take, in ms. */
const withinMs = 30_000;

/** A walk through a log; pages may be empty and yet not the last. Times in ms since 1970. */
export interface Scan {
  readonly startTime: number;
  readonly endTime?: number;
  /** Where it goes on. */
  readonly token?: string;
}

/** The events of at most so many pages of a walk (10,000 or 1 MB each), and where it goes on; null: it is at its end. A group to which nobody wrote has none. */
export async function scanLog(
  client: CloudWatchLogsClient,
  log: { readonly group: string; readonly pattern: string },
  { startTime, endTime, token }: Scan,
  pages: number,
): Promise<{ readonly events: readonly FilteredLogEvent[]; readonly token: string | null }> {
  const input = { logGroupName: log.group, filterPattern: log.pattern, startTime, endTime };
  const signal = { abortSignal: AbortSignal.timeout(withinMs) };
  const events: FilteredLogEvent[] = [];
  let left = pages;
  try {
    for await (const page of paginateFilterLogEvents({ client, startingToken: token }, input, signal)) {
      events.push(...(page.events ?? []));
      if (--left === 0 && page.nextToken !== undefined) return { events, token: page.nextToken };
    }
  } catch (error) {
    // A function that was never invoked has no group yet.
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
  }
  return { events, token: null };
}

/** The version of a function in whose log stream an event stands: Lambda names a stream `2026/01/31/[7]…`. */
export const versionOfStream = (logStreamName = ''): string | null => /\[(\d+)\]/.exec(logStreamName)?.[1] ?? null;
